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


LISTMONK = """\
uuid,email,name,attributes,status,created_at,updated_at
u-1,ann@inbox.example,Ann,"{""city"": ""Bonn""}",enabled,2024-01-01,2024-01-01
u-2,bob@inbox.example,Bob,{},disabled,2024-01-01,2024-01-01
u-3,cem@inbox.example,Cem,{},blocklisted,2024-01-01,2024-01-01
"""
MAILCHIMP = """\
Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,UNSUB_TIME
ann@inbox.example,Ann,Ott,2,2024-01-01 00:00:00,
bob@inbox.example,Bob,,2,2024-01-01 00:00:00,2024-05-01 00:00:00
"""
MAILMAN = "ann@inbox.example\nBob Ott <bob@inbox.example>\nnot an address\n"


def test_a_list_of_listmonk_s(installation):
    (installation.directory / "list.csv").write_text(LISTMONK)
    assert installation("subscribers", "import", "list.csv").status == 0
    states = {address: row["state"] for address, row in people(installation).items()}
    assert states == {
        "ann@inbox.example": "active",
        "bob@inbox.example": "left",
        "cem@inbox.example": "suppressed",
    }


def test_a_list_of_mailchimp_s(installation):
    (installation.directory / "list.csv").write_text(MAILCHIMP)
    assert installation("subscribers", "import", "list.csv").status == 0
    rows = people(installation)
    assert rows["ann@inbox.example"]["name"] == "Ann Ott"
    assert rows["bob@inbox.example"]["state"] == "left"


def test_a_roster_of_mailman_s(installation):
    (installation.directory / "list.txt").write_text(MAILMAN)
    said = installation("subscribers", "import", "list.txt")
    assert said.status == 1
    assert "line 3" in said.err
    rows = people(installation)
    assert rows.keys() == {"ann@inbox.example", "bob@inbox.example"}
    assert rows["bob@inbox.example"]["name"] == "Bob Ott"


def test_no_file_brings_back_who_left_or_was_deleted(installation):
    (installation.directory / "gone.csv").write_text("email,state\nann@inbox.example,left\n")
    (installation.directory / "list.csv").write_text(
        "email\nann@inbox.example\nbob@inbox.example\n"
    )
    (installation.directory / "s.toml").write_text('[[subscriber]]\nemail = "ann@inbox.example"\n')
    installation("subscribers", "import", "gone.csv")
    installation("subscribers", "add", "bob@inbox.example")
    assert installation("subscribers", "erase", "bob@inbox.example").status == 0
    said = installation("subscribers", "import", "list.csv")
    assert (said.status, said.out) == (1, "0 added, 0 changed, 2 refused\n")
    assert "ann@inbox.example left" in said.err
    assert installation("subscribers", "sync", "s.toml").status == 0
    assert installation("subscribers", "add", "bob@inbox.example").status == 1
    assert {a: row["state"] for a, row in people(installation).items()} == {
        "ann@inbox.example": "left"
    }
    installation("subscribers", "remove", "ann@inbox.example")
    assert installation("subscribers", "import", "list.csv").out.endswith("2 refused\n")


def test_the_dossier_is_shown(installation):
    installation("subscribers", "add", "ann@inbox.example")
    said = installation("subscribers", "show", "ann@inbox.example")
    assert "operator" in said.out
    record = installation("subscribers", "show", "ann@inbox.example", "--json").records[0]
    assert [(deed["act"], deed["how"]) for deed in record["consent"]] == [("add", "operator")]


def test_what_is_exported_as_csv_can_be_imported(installation):
    installation("subscribers", "add", "ann@inbox.example", "--topic", "a; b", "--papers", "3")
    before = people(installation)
    text = installation("subscribers", "export", "--csv").out
    installation("subscribers", "remove", "ann@inbox.example")
    (installation.directory / "again.csv").write_text(text)
    assert installation("subscribers", "import", "again.csv").status == 0
    assert people(installation) == before


def test_everyone_is_exported_as_records_too(installation):
    installation("subscribers", "add", "ann@inbox.example", "--topic", "robots")
    exported = installation("subscribers", "export", "--json")
    assert {row["email"]: row for row in exported.records} == people(installation)
    assert installation("subscribers", "export", "--json", "--csv").status == 2
