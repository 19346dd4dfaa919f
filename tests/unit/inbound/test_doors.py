"""The doors: a Maildir, LMTP and SMTP on loopback; what cannot be taken in stays where it was."""

import smtplib
import threading
from contextlib import contextmanager

import pytest
from desks import ANN, DOMAIN, InboundWorld
from imap_server import ImapServer

from digest.errors import BadSetting, Busy, TransportError, Unknown
from digest.inbound import lmtp
from digest.inbound.imap import take_all as take_imap
from digest.inbound.maildir import take_all
from digest.inbound.settings import ImapSecurity, ImapSettings
from digest.inbound.taking import Fate, Taking
from digest.model import SubscriberState


@pytest.fixture
def world():
    return InboundWorld()


def taking(world, told=None):
    return Taking(
        lambda: world.desk, lambda: len(world.post()), print if told is None else told.append
    )


def maildir(path):
    for name in ("new", "cur", "tmp"):
        (path / name).mkdir(parents=True)
    return path


def names(path):
    return sorted(file.name for file in path.iterdir())


def test_what_is_new_is_taken_in_and_moved(world, tmp_path):
    box = maildir(tmp_path / "box")
    (box / "new" / "1.a").write_bytes(world.mail("subscribe RL"))
    (box / "new" / "2.b").write_bytes(b"\xff\x00 no mail at all")
    assert take_all(box, taking(world)) == (2, 0)
    assert (names(box / "new"), names(box / "cur")) == ([], ["1.a:2,S", "2.b:2,S"])
    assert world.readers.get(ANN).state is SubscriberState.PENDING


def test_a_crash_before_the_move_does_nothing_twice(world, tmp_path):
    box = maildir(tmp_path / "box")
    octets = world.mail("subscribe RL")
    (box / "new" / "1").write_bytes(octets)
    take_all(box, taking(world))
    (box / "new" / "1").write_bytes(octets)
    told = []
    assert take_all(box, taking(world, told)) == (1, 0)
    assert told == ["taken in before"]


def test_what_is_not_taken_in_stays_new_and_keeps_nothing_else_back(world, tmp_path):
    box = maildir(tmp_path / "box")
    for name in ("1", "2", "3"):
        (box / "new" / name).write_bytes(world.mail(f"help {name}"))

    class Moody:
        calls = 0

        def take(self, octets, sender, recipients):
            self.calls += 1
            if self.calls == 1:
                raise Busy("the database is held")
            if self.calls == 2:
                raise RuntimeError("a fault of ours")
            return world.desk.take(octets, sender, recipients)

    moody = Moody()
    assert take_all(box, Taking(lambda: moody, lambda: 0)) == (1, 2)
    assert len(names(box / "new")) == 2


@pytest.mark.parametrize(
    "octets", [b"", b"\n", b"no mail", b"From: x\n", b"Subject: subscribe\n\n"]
)
def test_whatever_comes_is_taken_in(world, octets):
    assert taking(world).take(octets) is Fate.TAKEN
    assert world.post() == []


def test_a_directory_that_is_no_maildir_is_named(world, tmp_path):
    with pytest.raises(Unknown, match="no directory new/"):
        take_all(tmp_path, taking(world))


def test_an_answer_that_nobody_takes_waits(world):
    world.trouble = TransportError("out of reach")
    take = Taking(lambda: world.desk, world.correspondence.post)
    assert take.take(world.mail("help")) is Fate.TAKEN
    take.post()
    world.trouble = None
    assert len(world.post()) == 1


@contextmanager
def served(world):
    """The LMTP door on a free port."""
    port, ready, over = [], threading.Event(), threading.Event()

    def tell(number):
        port.append(number)
        ready.set()

    door = lmtp.Door(taking(world), {DOMAIN}.__contains__)
    thread = threading.Thread(target=lmtp.serve, args=("127.0.0.1", 0, door, over.is_set, tell))
    thread.start()
    try:
        assert ready.wait(10)
        yield port[0]
    finally:
        over.set()
        thread.join(10)


def test_lmtp_takes_a_mail_in_before_it_says_so(world):
    with served(world) as port, smtplib.LMTP("127.0.0.1", port) as client:
        refused = client.sendmail(ANN, [f"digest@{DOMAIN}"], world.mail("subscribe RL"))
        assert refused == {}
        assert world.readers.get(ANN).state is SubscriberState.PENDING


def test_lmtp_answers_for_each_recipient(world):
    """RFC 2033 §4.2."""
    with served(world) as port, smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo_or_helo_if_needed()
        client.docmd("MAIL", f"FROM:<{ANN}>")
        for local in ("digest", "help"):
            client.docmd("RCPT", f"TO:<{local}@{DOMAIN}>")
        client.docmd("DATA")
        client.send(world.mail("help").replace(b"\n", b"\r\n") + b"\r\n.\r\n")
        assert [client.getreply()[0] for _ in range(2)] == [250, 250]
        assert client.noop()[0] == 250


def test_smtp_goes_through_the_same_door(world):
    with served(world) as port, smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail(ANN, [f"digest@{DOMAIN}"], world.mail("subscribe RL"))
    assert world.readers.get(ANN).state is SubscriberState.PENDING


def test_postmaster_is_always_taken(world):
    """RFC 5321 §4.5.1: even without a domain."""
    with served(world) as port, smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail(ANN, ["postmaster"], world.mail("hello", "is anybody there?"))


def test_it_is_no_open_relay(world):
    with served(world) as port, smtplib.SMTP("127.0.0.1", port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.sendmail(ANN, ["victim@elsewhere.example"], world.mail("help"))
        assert refused.value.recipients["victim@elsewhere.example"][0] == 550


def test_the_envelope_counts_not_the_header(world):
    """A bounce's header may name anybody; RCPT has the tag, and the null path is MAIL's."""
    world.join(ANN)
    tagged = world.commands_address()
    with served(world) as port, smtplib.LMTP("127.0.0.1", port) as client:
        client.sendmail(ANN, [tagged], world.mail("papers 3", to="undisclosed@elsewhere.example"))
    assert world.readers.get(ANN).papers == 3


def test_trouble_of_ours_is_answered_451(world):
    class Held:
        def take(self, *_):
            raise Busy("the database is held")

    door_world = world
    door_world.desk = Held()
    with served(door_world) as port, smtplib.LMTP("127.0.0.1", port) as client:
        with pytest.raises(smtplib.SMTPDataError) as error:
            client.sendmail(ANN, [f"digest@{DOMAIN}"], world.mail("help"))
        assert error.value.smtp_code == 451


def imap(server, **more):
    return ImapSettings("127.0.0.1", server.port, ImapSecurity.NONE, "digest", **more)


def test_imap_takes_in_what_is_unseen_and_marks_it(world):
    with ImapServer([world.mail("subscribe RL"), b"no mail at all"]) as server:
        settings = imap(server, password="secret")
        assert take_imap(settings, taking(world)) == (2, 0)
        assert server.seen == {1, 2}
        assert take_imap(settings, taking(world)) == (0, 0)
    assert world.readers.get(ANN).state is SubscriberState.PENDING


def test_imap_leaves_unseen_what_was_not_taken_in(world):
    class Held:
        def take(self, *_):
            raise Busy("the database is held")

    with ImapServer([world.mail("subscribe RL")]) as server:
        settings = imap(server, password="secret")
        assert take_imap(settings, Taking(Held, lambda: 0)) == (0, 1)
        assert server.seen == set()
        assert any("PEEK" in command for command in server.heard)
        assert take_imap(settings, taking(world)) == (1, 0)


def test_the_imap_password_may_stand_in_a_file_and_is_never_told(world, tmp_path):
    file = tmp_path / "password"
    file.write_text("secret\n")
    with ImapServer([]) as server:
        assert take_imap(imap(server, password_file=str(file)), taking(world)) == (0, 0)
        file.write_text("another one")
        with pytest.raises(TransportError) as error:
            take_imap(imap(server, password_file=str(file)), taking(world))
    assert "another one" not in str(error.value)
    with pytest.raises(BadSetting, match="password_file"):
        take_imap(imap(server, password_file=str(tmp_path / "nothing")), taking(world))


def test_no_password_goes_in_clear_to_another_machine(world):
    settings = ImapSettings("mail.example.org", 143, ImapSecurity.NONE, "digest", password="x")
    with pytest.raises(BadSetting, match="in clear"):
        take_imap(settings, taking(world))


def test_an_imap_server_out_of_reach_is_told_without_the_password(world):
    settings = ImapSettings(
        "127.0.0.1", 1, ImapSecurity.NONE, "digest", password="a secret of ours"
    )
    with pytest.raises(TransportError, match=r"127\.0\.0\.1 \(IMAP\)") as error:
        take_imap(settings, taking(world))
    assert "secret" not in str(error.value)
