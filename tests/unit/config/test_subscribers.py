"""Subscriber files, TOML and CSV: read, refused in full, written, and read again."""

import io
from datetime import time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.subscribers_csv import join, read_csv, read_rows, split, write_csv
from digest.config.subscribers_file import parse_subscribers, read_subscribers, write_toml
from digest.errors import BadSetting, BadSettings, BadTopic
from digest.model import Quiet, Rhythm, Subscriber, SubscriberState, Topic

TOML = """\
[[subscriber]]
email = "Ann@EXAMPLE.org"

[[subscriber]]
email = "bob@bücher.example"
name = "Bob  B."
topics = ["diffusion models", "cat:cs.LG", "author:Ada Lovelace", '"chain of thought"']
mute = ["survey"]
authors = ["Ada Lovelace"]
liked = ["2406.01234v2", "https://arxiv.org/abs/cs/0112017", "doi:10.1000/182"]
papers = 5
timezone = "Asia/Kolkata"
send_at = 07:30:00
rhythm = "weekly"
locale = "pt-BR"
state = "paused"
"""
BOB = Subscriber(
    "bob@xn--bcher-kva.example",
    name="Bob B.",
    topics=tuple(
        map(
            Topic.parse,
            ["diffusion models", "cat:cs.LG", "author:Ada Lovelace", '"chain of thought"'],
        )
    ),
    mute=("survey",),
    authors=("Ada Lovelace",),
    liked=("arxiv:2406.01234", "arxiv:cs/0112017", "doi:10.1000/182"),
    papers=5,
    timezone="Asia/Kolkata",
    send_at=time(7, 30),
    rhythm=Rhythm.WEEKLY,
    locale="pt-BR",
    state=SubscriberState.PAUSED,
)
CSV = """\
email,name,topics,mute,timezone,send_at,rhythm,papers,locale,state,authors,liked
Ann@EXAMPLE.org,,,,,,,,,,,

bob@bücher.example,Bob  B.,"diffusion models; cat:cs.LG;\
author:Ada Lovelace; ""chain of thought""\",survey,Asia/Kolkata,7:30,weekly,5,pt-BR,paused,\
Ada Lovelace,2406.01234v2; cs/0112017;doi:10.1000/182
"""


def refused(text):
    with pytest.raises(BadSetting) as caught:
        parse_subscribers(text, "s.toml")
    return str(caught.value).splitlines()


def test_all_keys_of_toml(tmp_path):
    (tmp_path / "s.toml").write_text(TOML)
    assert read_subscribers(tmp_path / "s.toml") == [Subscriber("ann@example.org"), BOB]


def test_all_columns_of_csv(tmp_path):
    (tmp_path / "s.csv").write_text("\ufeff" + CSV)
    assert read_subscribers(tmp_path / "s.csv") == [Subscriber("ann@example.org"), BOB]


def test_all_that_is_wrong_with_a_file_is_said_at_once():
    assert refused(
        """\
[[subscribers]]
a = 1
[[subscriber]]
email = "a@b@c"
topcis = ["x"]
timezone = "Berlin"
send_at = "7"
papers = "3"
rhythm = "dayly"
topics = [
  "ok", "  "]
liked = ["2406.01234", "foo"]
[[subscriber]]
email = "Ann@EXAMPLE.org"
[[subscriber]]
email = "ann@example.org"
timezone = "europe/berlin"
[[subscriber]]
name = "x\\ny"
locale = "English"
timezone = "New York"
"""
    ) == [
        "s.toml, line 1, subscribers: is unknown (did you mean 'subscriber'?)",
        "s.toml, line 5, subscriber 1, topcis: is no key of a subscriber (did you mean 'topics'?)",
        "s.toml, line 4, subscriber 1, email: the address 'a@b@c' cannot be used: the part after"
        " the @-sign contains invalid characters: '@'; write it as name@example.org",
        "s.toml, line 6, subscriber 1, timezone: 'Berlin' is not an IANA time zone"
        " (did you mean 'Europe/Berlin'?)",
        "s.toml, line 7, subscriber 1, send_at: '7' is not a time of day"
        ' (write it as in "07:30")',
        "s.toml, line 8, subscriber 1, papers: '3' is not a whole number (write it without quotes)",
        "s.toml, line 9, subscriber 1, rhythm: 'dayly' is not one of daily, weekdays, weekly"
        " (did you mean 'daily'?)",
        "s.toml, line 10, subscriber 1, topics: the topic '  ' says nothing: write words, as in"
        " 'diffusion models'",
        "s.toml, line 12, subscriber 1, liked: 'foo' is not the id of a paper"
        " (write it as arxiv:2406.01234 or doi:10.1000/182)",
        "s.toml, line 17, subscriber 3, timezone: 'europe/berlin' is not an IANA time zone"
        " (did you mean 'Europe/Berlin'?)",
        "s.toml, line 16, subscriber 3, email: 'ann@example.org' stands there already:"
        " line 14, subscriber 2, email (one address has one entry: put their topics together)",
        "s.toml, line 19, subscriber 4, name: 'x\\ny' is not a name of one line and at most 200"
        " characters",
        "s.toml, line 20, subscriber 4, locale: 'English' is not a language"
        " (write it as en or pt-BR (BCP 47))",
        "s.toml, line 21, subscriber 4, timezone: 'New York' is not an IANA time zone"
        " (did you mean 'America/New_York'?)",
        's.toml, line 18, subscriber 4, email: is missing (write email = "ann@example.org")',
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[subscriber]\nemail = 'a@example.org'", "line 1, subscriber: stands alone"),
        ("subscriber = [1]", "line 1, subscriber 1: 1 is no subscriber (write [[subscriber]]"),
        ("[[subscriber]]\nemail = 5", "line 2, subscriber 1, email: 5 is not a text"),
        ("[[subscriber]]\nsend_at = 07:30", 'stand in quotes, as in send_at = "07:30"'),
        ("[[subscriber]]\nemail='a@example.org'\npapers = 0", "0 is not between 1 and 100"),
        ("[[subscriber]]\nemail='a@example.org'\npapers = true", "True is not a whole number"),
        ("[[subscriber]]\nemail='a@example.org'\nstate='gone'", "'gone' is not one of pending"),
        ("[[subscriber]]\nemail='a@example.org'\nauthors=['?']", "says nothing"),
        ("[[subscriber]]\nemail='a@example.org'\nmute=['']", "'' is not a word or phrase"),
        ("[[subscriber]]\nemail='a@example.org'\nname='\\u0007'", "says nothing"),
    ],
)
def test_what_is_wrong_and_where(text, wanted):
    if "\\u0007" in text:
        text, wanted = text.replace("'\\u0007'", '"\\u0007"'), "a text without control characters"
    (line,) = refused(text)
    assert wanted.replace("stand in quotes", "stands in quotes") in line


def test_two_entries_of_one_address_are_one_too_many_however_it_is_written():
    text = "".join(
        f"[[subscriber]]\nemail = '{a}'\n" for a in ("a@bücher.de", "A@xn--bcher-kva.de")
    )
    (line,) = refused(text)
    assert "line 4, subscriber 2, email" in line
    assert "stands there already: line 2, subscriber 1" in line


def test_no_more_than_twenty_problems_are_shown():
    lines = refused("[[subscriber]]\nemail = 'x'\n" * 50)
    assert len(lines) == 21
    assert lines[-1] == "… and 30 more"


def test_an_empty_file_has_no_subscribers():
    assert parse_subscribers("# nobody yet\n", "s.toml") == []


def test_every_zone_is_accepted_and_rows_go_on_after_an_error():
    zones = sorted(available_timezones())
    lines = ["email,timezone\n", *(f"a{n}@example.org,{zone}\n" for n, zone in enumerate(zones))]
    lines.insert(3, "nobody,\n")
    found = list(read_rows(lines, "s.csv"))
    assert [row.timezone for row in found if isinstance(row, Subscriber)] == zones
    (error,) = [row for row in found if isinstance(row, BadSetting)]
    assert str(error).startswith("s.csv, line 4, email: the address 'nobody' cannot be used")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "s.csv: is empty"),
        ("name,topics\n", "s.csv, line 1: has no column 'email'"),
        ("\n\nemail,topcis\n", "s.csv, line 3: 'topcis' is no column (did you mean 'topics'?)"),
        ("email;name\n", "columns are separated by commas"),
        ("email,name,email\n", "names a column twice"),
        ('"email\n', "s.csv, line 1: is no CSV"),
    ],
)
def test_a_header_that_cannot_be_used(text, wanted):
    with pytest.raises(BadSetting) as caught:
        list(read_rows(io.StringIO(text), "s.csv"))
    assert wanted in str(caught.value)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("a@example.org,x,y", "line 2: has 3 cells for 2 columns"),
        (",x", "line 2, email: is missing"),
        ('a@example.org,"x"y', "line 2: is no CSV"),
        ("a@example.org,x\udcff", "line 2, topics: 'x\\udcff' is not UTF-8"),
        ("a@example.org,?; ok", "line 2, topics: the topic '?' says nothing"),
        ("a@example.org," + "x" * 200_000, "line 2: is no CSV: field larger than field limit"),
        ("a@example.org," + "x" * 5_000, "is longer than 4000 characters"),
    ],
)
def test_a_row_that_cannot_be_used_stops_no_other(row, wanted):
    lines = ["email,topics\n", row + "\n", "b@example.org,ok\n", "B@example.org,\n"]
    error, good, twice = read_rows(lines, "s.csv")
    assert wanted in str(error)
    assert str(error).isprintable()
    assert good == Subscriber("b@example.org", topics=(Topic.parse("ok"),))
    assert "line 4, email: 'b@example.org' stands there already: line 3" in str(twice)


def test_a_row_with_several_faults_tells_them_all():
    (error,) = read_rows(["email,papers,rhythm\n", "x,many,never\n"], "s.csv")
    assert isinstance(error, BadSettings)
    assert len(error.problems) == 3


def test_lines_are_counted_through_cells_of_several_lines():
    rows = list(read_rows(io.StringIO('email,topics\na@example.org,"x\ny"\nb,\n'), "s.csv"))
    assert rows[0].topics == (Topic.parse("x y"),)
    assert "line 4, email" in str(rows[1])


def test_csv_is_streamed():
    def lines():
        yield "email\n"
        for n in range(10**12):
            yield f"a{n}@example.org\n"

    rows = read_rows(lines(), "endless.csv")
    assert [next(rows).address for _ in range(3)] == [f"a{n}@example.org" for n in range(3)]


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    for name in ("absent.csv", "absent.toml"):
        with pytest.raises(BadSetting, match="cannot be read: No such file"):
            read_subscribers(tmp_path / name)
    (tmp_path / "latin.csv").write_bytes(b"email,name\na@example.org,J\xf6rg\n")
    (row,) = read_csv(tmp_path / "latin.csv")
    assert "is not UTF-8 (save it as UTF-8)" in str(row)


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30
).map(lambda text: " ".join(text.split()))
letters = texts.filter(lambda text: any(c.isalnum() for c in text))


def parsed(written):
    try:
        return Topic.parse(written)
    except BadTopic:
        return None


topics = st.one_of(
    letters, *(letters.map(form.format) for form in ('"{}"', "cat:{}", "author:{}"))
).map(parsed).filter(bool)  # fmt: skip
local_parts = st.from_regex(r"[a-z0-9]{1,10}(\.[a-z0-9]{1,5})?(\+[a-z0-9]{1,5})?", fullmatch=True)


@st.composite
def readers(draw):
    author = letters.map(lambda name: parsed(f"author:{name}")).filter(bool).map(lambda t: t.text)
    return Subscriber(
        draw(local_parts) + "@example.org",
        name=draw(st.just("") | texts),
        topics=tuple(draw(st.lists(topics, max_size=4))),
        mute=tuple(draw(st.lists(texts.filter(bool), max_size=3))),
        authors=tuple(draw(st.lists(author, max_size=3))),
        liked=tuple(draw(st.lists(st.sampled_from(["arxiv:2406.01234", "doi:10.1/a;b\\"])))),
        papers=draw(st.integers(1, 100)),
        timezone=draw(st.sampled_from(sorted(available_timezones()))),
        send_at=draw(st.none() | st.times().map(lambda t: t.replace(microsecond=0))),
        rhythm=draw(st.sampled_from(Rhythm)),
        locale=draw(st.sampled_from(["en", "de-AT", "zh_Hant_TW"])),
        state=draw(st.sampled_from(SubscriberState)),
        quiet=draw(st.none() | st.sampled_from(Quiet)),
        fill=draw(st.none() | st.booleans()),
        serendipity=draw(st.none() | st.booleans()),
        again=draw(st.none() | st.booleans()),
    )


many = st.lists(readers(), max_size=4, unique_by=lambda reader: reader.address)


@given(many)
def test_what_is_exported_as_toml_reads_back_the_same(subscribers):
    assert parse_subscribers(write_toml(subscribers), "s.toml") == subscribers


@given(many)
def test_what_is_exported_as_csv_reads_back_the_same(subscribers):
    file = io.StringIO(newline="")
    write_csv(subscribers, file)
    file.seek(0)
    assert list(read_rows(file, "s.csv")) == subscribers


@given(st.lists(texts.filter(bool)))
def test_items_of_a_cell_are_kept_apart(items):
    assert split(join(items)) == items


@given(st.text() | st.text(st.sampled_from("[]{}=.,\"'\\#\n absubcriemltopz@;")))
def test_garbage_is_refused_or_understood_and_nothing_else(text):
    for read in (
        lambda: parse_subscribers(text, "s.toml"),
        lambda: parse_subscribers("[[subscriber]]\n" + text, "s.toml"),
        lambda: list(read_rows(io.StringIO(text), "s.csv")),
        lambda: list(read_rows(io.StringIO("email,topics,name\n" + text), "s.csv")),
    ):
        try:
            rows = read()
        except BadSetting as error:
            rows = [error]
        for row in rows:
            said = str(row).split("\n") if isinstance(row, BadSetting) else []
            assert all(line.isprintable() for line in said)
