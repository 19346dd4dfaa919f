"""One day collected six times: the votes are a series, and `digest papers` draws it."""

import json

from digest.sources.sample import DAY, sample

HOURS = (3, 7, 11, 15, 19, 23)


def test_a_day_collected_six_times_keeps_every_count(installation):
    entries = json.loads(sample())
    final = {f"arxiv:{e['paper']['id']}": e["paper"]["upvotes"] for e in entries}
    for number, hour in enumerate(HOURS, 1):
        lapsed = json.loads(sample())
        for entry in lapsed:
            entry["paper"]["upvotes"] = entry["paper"]["upvotes"] * number // 6
        file = installation.directory / f"{DAY:%Y%m%d}T{hour:02}0000Z.json"
        file.write_text(json.dumps(lapsed))
        said = installation("collect", "--day", str(DAY), "--from", file.name, "--json")
        assert said.status == 0, said.err
        assert said.records[0]["new"] == (34 if number == 1 else 0)
    rows = installation("papers", "--day", str(DAY), "--json").records
    assert {row["id"]: row["upvotes"] for row in rows} == final
    for row in rows:
        told = [each["upvotes"] for each in row["series"]]
        assert told == [final[row["id"]] * number // 6 for number in range(1, 7)]
        assert [each["at"][11:13] for each in row["series"]] == [f"{hour:02}" for hour in HOURS]
        assert len(row["votes"]) == 6
    assert rows[0]["votes"][0] == "▁"
    assert rows[0]["votes"][-1] == "█"


def test_garbage_without_a_day_says_what_is_missing(installation):
    (installation.directory / "garbage.bin").write_bytes(b"\x00nothing")
    said = installation("collect", "--from", "garbage.bin", "--json")
    assert said.status == 2
    assert "garbage.bin: neither content nor name tells a day; say it: --day" in said.last
    said = installation("collect", "--day", "2026-06-30", "--from", "garbage.bin", "--json")
    assert said.status == 1
    [row] = said.records
    assert (row["source"], row["day"], row["verdict"]) == ("huggingface", "2026-06-30", "changed")


def test_sources_that_are_not_set_up_are_asked_only_by_name(installation):
    said = installation("collect", "--day", str(DAY), "--dry-run")
    assert "would ask huggingface" in said.out
    said = installation(
        "collect", "--day", str(DAY), "--dry-run", DIGEST__SOURCES__ARXIV__CATEGORIES="cs.LG; cs.CL"
    )
    assert "would ask arxiv, huggingface" in said.out
