"""The lab's parts that need no server."""

from datetime import date

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from digest.errors import Misuse
from digest.render.lint import Document
from digest.web.lab.bench import HELD, Bench
from digest.web.lab.differences import CONTEXT, differences
from digest.web.lab.guard import Guard, Tickets
from digest.web.lab.panes import PANES, shown
from digest.web.lab.services import Services, Wanted
from digest.web.lab.view import Looking, Meter, header_lines
from digest.web.lab.watch import fingerprint


async def status(guard: Guard, host: str) -> int:
    """The status that a request for a host gets."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"",
        "headers": [(b"host", host.encode())],
    }  # fmt: skip
    await guard(scope, receive, send)
    return sent[0]["status"]


@pytest.mark.parametrize(
    ("bound", "host", "answered"),
    [
        ("127.0.0.1", "127.0.0.1:8026", True),
        ("127.0.0.1", "localhost", True),
        ("127.0.0.1", "LOCALHOST:1", True),
        ("127.0.0.1", "lab.example", False),
        ("127.0.0.1", "192.168.1.4", False),
        ("::1", "[::1]:8026", True),
        ("lab.example", "lab.example:80", True),
        ("0.0.0.0", "192.168.1.4:80", True),
        ("0.0.0.0", "evil.example", False),
    ],
)
@pytest.mark.anyio
async def test_which_names_are_answered(bound, host, answered):
    async def page(scope, receive, send):
        await PlainTextResponse("here")(scope, receive, send)

    assert await status(Guard(page, bound), host) == (200 if answered else 421)


@pytest.fixture
def anyio_backend():
    return "asyncio"


def test_a_ticket_is_each_process_s_own():
    one, other = Tickets(), Tickets()
    assert one.holds({"ticket": one.ticket}, {})
    assert not other.holds({"ticket": one.ticket}, {})
    assert not one.holds({"ticket": one.ticket}, {"sec-fetch-site": "same-site"})
    assert not one.holds({"ticket": 7}, {})


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(example="rich-day"),
        Wanted(address="a+b@c.example", day=date(2026, 8, 20)),
        Wanted(example="rich-day", locale="zh_Hans"),
        Wanted(topics=("cat:cs.LG", '"exact & odd"'), day=date(2026, 8, 20)),
    ],
)
def test_an_address_gives_back_what_was_wanted(wanted):
    scope = {"type": "http", "query_string": wanted.query.encode(), "headers": []}
    assert Wanted.read(Request(scope).query_params) == wanted


def test_a_day_that_is_none_is_misuse():
    with pytest.raises(Misuse, match="is not a day"):
        Wanted.read({"day": "2026-13-01", "for": "a@b.example"})


def test_an_unknown_view_becomes_the_overview():
    assert Looking.read({"view": "../x", "width": "9", "against": "?"}) == Looking()
    assert Looking.read({"view": "text", "width": "320", "against": "day"}) == Looking(
        "text", 320, "day"
    )


def test_differences_are_told_with_a_little_around():
    old = "\n".join("abcdefghijklmnopqrst")
    lines = differences(old, old.replace("d", "D").replace("q", "Q"))
    assert "".join(line.sign for line in lines) == "  -+  …  -+  "
    assert lines[0].text == "b"
    assert len(lines) == 2 * (2 * CONTEXT + 2) + 1
    assert differences(old, old) == []


@pytest.mark.parametrize(
    ("value", "state"), [(0, "good"), (85, "good"), (86, "near"), (100, "near"), (101, "over")]
)
def test_a_meter_says_when_it_is_near(value, state):
    assert Meter("x", value, 120, 100, "octets").state == state


def test_a_meter_never_leaves_its_track():
    assert Meter("x", 500, 100, 90, "octets").share == 1000


def test_links_are_inert_in_every_pane():
    page = '<html><head></head><body><a href="https://a.example">x</a></body></html>'
    for one in PANES:
        assert '<base target="_blank">' in shown(one, page)
        assert '<base target="_blank">' in shown(one, "no head at all")


def mail(words: str, at: str = "Thu, 20 Aug 2026 23:59:00 +0000") -> bytes:
    return f"Date: {at}\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n<p>{words}</p>\r\n".encode()


class Said:
    """Services whose mail is what was said last."""

    def __init__(self, folder):
        self.content = mail("one")
        self.services = Services(
            examples=["e"],
            days=lambda: [date(2026, 8, 20), date(2026, 8, 18)],
            readers=list,
            message=lambda wanted: self,
            test_copy=lambda wanted, address: self,
            hand_over=lambda message: "",
            folders=[folder],
        )


def test_the_bench_remembers_the_version_before_but_not_for_its_date(tmp_path):
    said, wanted = Said(tmp_path), Wanted(example="e")
    bench = Bench(said.services)
    bench.anew(wanted)
    said.content = mail("one", at="Fri, 21 Aug 2026 23:59:00 +0000")
    assert bench.anew(wanted).before is None
    said.content = mail("two")
    assert "one" in bench.anew(wanted).before.html
    bench.keep(wanted)
    assert "two" in bench.versions(wanted).kept.html


def test_the_bench_prints_anew_only_when_a_template_changed(tmp_path):
    said, wanted = Said(tmp_path), Wanted(example="e")
    bench = Bench(said.services)
    bench.anew(wanted)
    said.content = mail("two")
    assert "one" in bench.versions(wanted).newest.html
    (tmp_path / "x.html").write_text("edited")
    assert "two" in bench.versions(wanted).newest.html


def test_the_bench_forgets_what_is_long_ago(tmp_path):
    bench = Bench(Said(tmp_path).services)
    first = Wanted(example="0")
    bench.keep(first)
    for number in range(1, HELD + 1):
        bench.anew(Wanted(example=f"{number}"))
    assert bench.versions(first).kept is None


def test_the_day_before_is_the_collected_one(tmp_path):
    bench = Bench(Said(tmp_path).services)
    mine = Wanted(address="a@b.example", day=date(2026, 8, 20))
    assert bench.day_before(mine) == mine.on(date(2026, 8, 18))
    assert bench.day_before(mine.on(date(2026, 8, 18))) is None
    assert bench.day_before(Wanted(example="e")) is None


def test_a_fingerprint_tells_an_edit_and_a_removal(tmp_path):
    file = tmp_path / "inner" / "a.html"
    file.parent.mkdir()
    file.write_text("a")
    before = fingerprint([tmp_path])
    assert fingerprint([tmp_path]) == before
    file.write_text("ab")
    edited = fingerprint([tmp_path])
    file.unlink()
    assert len({before, edited, fingerprint([tmp_path])}) == 3


def test_header_lines_keep_their_folds():
    document = Document.of_mail("x", b"List-Unsubscribe: <https://a>,\r\n <mailto:b>\r\n\r\n")
    assert header_lines(document) == [("List-Unsubscribe", "<https://a>,\n <mailto:b>")]
