"""Readers as data: added one by one, or a whole file at a time."""

LIST = """\
email,name,topics,timezone,send_at,rhythm,papers
ann@inbox.example,Ann,diffusion models; cat:cs.LG,Europe/Berlin,07:30,weekdays,5
bob@inbox,,robots,,,,
cem@inbox.example,,"robots, many of them",Mars/Crater,,,
dea@inbox.example,,robots,,,,
ann@inbox.example,,robots,,,,
"""


def people(installation):
    return {row["email"]: row for row in installation("subscribers", "list", "--json").records}


def test_a_list_is_taken_in_and_refused_rows_are_named(installation):
    (installation.directory / "list.csv").write_text(LIST)
    said = installation("subscribers", "import", "list.csv")
    assert said.status == 1
    assert said.out == "2 added, 0 changed, 3 refused\n"
    lines = said.err.splitlines()
    assert [line.split(",")[1] for line in lines] == [" line 3", " line 4", " line 6"]
    assert "'bob@inbox'" in lines[0]
    assert "Mars/Crater" in lines[1]
    assert "line 2" in lines[2]
    assert people(installation)["ann@inbox.example"] == {
        "email": "ann@inbox.example",
        "name": "Ann",
        "topics": ["diffusion models", "cat:cs.LG"],
        "timezone": "Europe/Berlin",
        "send_at": "07:30",
        "rhythm": "weekdays",
        "papers": 5,
        "state": "active",
    }


def test_importing_again_adds_nobody_and_removes_nobody(installation):
    (installation.directory / "list.csv").write_text("email\nann@inbox.example\n")
    installation("subscribers", "add", "bob@inbox.example")
    assert installation("subscribers", "import", "list.csv").out.startswith("1 added, 0 changed")
    again = installation("subscribers", "import", "list.csv")
    assert (again.status, again.out) == (0, "0 added, 0 changed, 0 refused\n")
    assert people(installation).keys() == {"ann@inbox.example", "bob@inbox.example"}


def test_a_header_that_cannot_be_used_changes_nothing(installation):
    (installation.directory / "list.csv").write_text("email;topics\nann@inbox.example;x\n")
    said = installation("subscribers", "import", "list.csv")
    assert said.status == 2
    assert "commas" in said.last
    assert people(installation) == {}


def test_an_import_can_be_tried_without_changing_anything(installation):
    (installation.directory / "list.csv").write_text("email\nann@inbox.example\n")
    said = installation("subscribers", "import", "list.csv", "--dry-run")
    assert said.out == "1 would be added, 0 would be changed, 0 would be refused\n"
    assert people(installation) == {}


def test_adding_whom_we_know_changes_what_is_said_and_keeps_the_rest(installation):
    add = ("subscribers", "add", "ann@inbox.example")
    installation(*add, "--topic", "robots", "--papers", "3", "--send-at", "07:30")
    installation(*add, "--name", "Ann", "--timezone", "Europe/Berlin")
    known = people(installation)["ann@inbox.example"]
    assert (known["name"], known["topics"], known["papers"]) == ("Ann", ["robots"], 3)
    assert (known["timezone"], known["send_at"]) == ("Europe/Berlin", "07:30")


def test_adding_is_as_strict_as_a_file(installation):
    add = ("subscribers", "add", "ann@inbox.example")
    for words in (
        ("--name", "x\r\nBcc: eve@x.example"),
        ("--name", "n" * 201),
        ("--papers", "0"),
        ("--rhythm", "hourly"),
        ("--timezone", "Europe/Berlim"),
        ("--send-at", "7 o'clock"),
        ("--topic", ""),
    ):
        said = installation(*add, *words)
        assert said.status == 2, words
        assert said.err.startswith(f"digest: digest subscribers add, {words[0][2:5]}"[:33]), (
            said.err
        )
        assert len(said.err.splitlines()) == 1
    assert people(installation) == {}
