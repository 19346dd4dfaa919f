"""TLS means TLS: whatever is wrong with it, nothing is sent and no credential is on the wire."""

import base64
import ssl

import pytest
from certificates import ca_file, server_context
from sending import CONTENT, messages, send
from smtp_server import DROP, ScriptedServer
from wiretap import Wiretap

from digest.clock import SystemClock
from digest.errors import BadSetting, TransportError
from digest.model import WHOLE
from digest.transport.course import course
from digest.transport.loop import deliver_all
from digest.transport.settings import RelaySettings, Security, SmtpSettings

USER, PASSWORD = "digest", "correct horse battery"
CREDENTIALS = {"username": USER, "password": PASSWORD}
SECRETS = [
    PASSWORD.encode(),
    base64.b64encode(PASSWORD.encode()),
    base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()),
]
HOW = pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])


def secure_server(security: Security, context: ssl.SSLContext, **options) -> ScriptedServer:
    """A server that wants TLS and a password."""
    implicit = security is Security.TLS
    return ScriptedServer(tls=context, implicit_tls=implicit, auth={USER: PASSWORD}, **options)


def secure_send(server, security, tmp_path, **settings):
    """Sends two mails with password over TLS."""
    options = CREDENTIALS | {"host": "localhost", "ca_file": ca_file(tmp_path)} | settings
    return send(server, messages("ab"), security=security, **options)


def nothing_said(server: ScriptedServer) -> bool:
    """No mail, no AUTH, and no secret in any byte that came."""
    everything = b"".join(map(bytes, server.bytes_in.values()))
    verbs = {heard.verb for heard in server.heard}
    return (
        not server.received
        and not verbs & {"AUTH", "MAIL"}
        and not any(secret in everything for secret in SECRETS)
    )


@HOW
def test_mail_goes_encrypted_and_authenticated(security, tmp_path):
    with secure_server(security, server_context()) as server:
        sent = secure_send(server, security, tmp_path)
    assert sent.states == {"a": "accepted", "b": "accepted"}
    assert server.accepted["a@x.example"] == [CONTENT]
    assert all(h.encrypted for h in server.heard if h.verb not in {"EHLO", "STARTTLS"})
    assert server.connections == 1


@HOW
def test_large_mail_goes_over_tls(security, tmp_path):
    big = b"Subject: x\r\n\r\n" + b"a line of a large mail\r\n" * 100_000
    with secure_server(security, server_context()) as server:
        options = CREDENTIALS | {"host": "localhost", "ca_file": ca_file(tmp_path)}
        all_mails = [
            m.__class__(m.address, m.day, m.message_id, "", m.forward_path, big)
            for m in messages("abc")
        ]
        sent = send(server, all_mails, sessions=2, security=security, **options)
    assert set(sent.states.values()) == {"accepted"}
    assert server.accepted["c@x.example"] == [big]


@HOW
@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({"expired": True}, "expired"),
        ({"host": "other.example"}, "localhost"),
        ({"ca": "stranger"}, "certificate of localhost"),
    ],
    ids=["expired", "wrong name", "self-signed"],
)
def test_a_certificate_that_is_wrong_is_refused(security, context, words, tmp_path):
    with (
        secure_server(security, server_context(**context)) as server,
        pytest.raises(TransportError, match=words) as caught,
    ):
        secure_send(server, security, tmp_path)
    assert "cannot be trusted" in str(caught.value)
    assert "nothing was sent" in str(caught.value)
    assert nothing_said(server)


@HOW
def test_an_older_version_than_1_2_is_refused(security, tmp_path):
    context = server_context(newest=ssl.TLSVersion.TLSv1_1)
    with (
        secure_server(security, context) as server,
        pytest.raises(TransportError, match=r"no TLS with localhost|cannot be trusted"),
    ):
        secure_send(server, security, tmp_path)
    assert nothing_said(server)


def test_a_stripped_starttls_is_refused(tmp_path):
    with (
        secure_server(Security.STARTTLS, server_context(), starttls=False) as server,
        pytest.raises(TransportError, match="offers no STARTTLS"),
    ):
        secure_send(server, Security.STARTTLS, tmp_path)
    assert nothing_said(server)


@pytest.mark.parametrize("answer", ["454 4.7.0 TLS not available", "502 what", DROP])
def test_a_refused_starttls_is_refused(answer, tmp_path):
    with secure_server(Security.STARTTLS, server_context()) as server:
        server.on("STARTTLS", answer)
        with pytest.raises(TransportError, match="localhost:"):
            secure_send(server, Security.STARTTLS, tmp_path)
    assert nothing_said(server)


def test_a_server_that_speaks_clear_on_the_tls_port_is_refused(tmp_path):
    with (
        ScriptedServer(auth={USER: PASSWORD}) as server,
        pytest.raises(TransportError, match="no TLS with localhost"),
    ):
        secure_send(server, Security.TLS, tmp_path)
    assert nothing_said(server)


def test_what_was_slipped_in_before_tls_is_not_believed(tmp_path):
    """RFC 3207 §4.2, §6: words after 220 in clear, as a man in the middle would write them."""
    with secure_server(Security.STARTTLS, server_context()) as server:
        server.on("STARTTLS", b"220 ready\r\n250-evil\r\n250 AUTH LOGIN\r\n")
        sent = secure_send(server, Security.STARTTLS, tmp_path)
    assert sent.states == {"a": "accepted", "b": "accepted"}


def test_extensions_are_asked_for_again_under_tls(tmp_path):
    with secure_server(Security.STARTTLS, server_context()) as server:
        secure_send(server, Security.STARTTLS, tmp_path)
    assert [h.encrypted for h in server.heard if h.verb == "EHLO"] == [False, True]


@HOW
def test_a_wrong_password_is_told_without_the_password(security, tmp_path):
    with (
        secure_server(security, server_context()) as server,
        pytest.raises(TransportError, match=r"does not accept smtp\.username") as caught,
    ):
        secure_send(server, security, tmp_path, password="hunter2-wrong")
    assert "535 wrong" in str(caught.value) or "535 5.7.8 wrong" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert server.received == []


def test_a_server_that_repeats_the_password_does_not_get_it_into_our_words(tmp_path):
    echo = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    with secure_server(Security.TLS, server_context()) as server:
        server.on("AUTH", f"535 5.7.8 not {echo} nor {PASSWORD}")
        with pytest.raises(TransportError) as caught:
            secure_send(server, Security.TLS, tmp_path)
    assert not any(secret.decode() in str(caught.value) for secret in SECRETS)
    assert caught.value.__cause__ is None


def test_no_way_to_log_in_is_said(tmp_path):
    with (
        ScriptedServer(tls=server_context(), implicit_tls=True) as server,
        pytest.raises(TransportError, match="no way to log in"),
    ):
        secure_send(server, Security.TLS, tmp_path)
    assert nothing_said(server)


def test_a_password_never_goes_in_clear_to_another_machine():
    with pytest.raises(BadSetting, match="in clear"):
        SmtpSettings(host="mail.example.org", security=Security.NONE, **CREDENTIALS)


def test_on_loopback_a_password_may_go_in_clear():
    with ScriptedServer(auth={USER: PASSWORD}) as server:
        sent = send(server, messages("a"), **CREDENTIALS)
    assert sent.states == {"a": "accepted"}


# On the wire itself, byte by byte


def in_clear(wire: Wiretap) -> list[bytes]:
    """Secrets, and words of a mail, that an eavesdropper could read."""
    words = [*SECRETS, b"AUTH", b"MAIL FROM", b"RCPT TO", b"x.example", CONTENT]
    return [word for word in words if word in wire.said]


@HOW
def test_an_eavesdropper_reads_nothing_of_mail_or_password(security, tmp_path):
    with secure_server(security, server_context()) as server, Wiretap(server.port) as wire:
        sent = secure_send(server, security, tmp_path, port=wire.port)
    assert sent.states == {"a": "accepted", "b": "accepted"}
    assert len(wire.said) > 500
    assert in_clear(wire) == []


@HOW
@pytest.mark.parametrize(
    "context",
    [
        {"expired": True},
        {"host": "other.example"},
        {"ca": "stranger"},
        {"newest": ssl.TLSVersion.TLSv1_1},
    ],
    ids=["expired", "wrong name", "self-signed", "downgraded"],
)
def test_what_is_refused_has_told_an_eavesdropper_nothing(security, context, tmp_path):
    with (
        secure_server(security, server_context(**context)) as server,
        Wiretap(server.port) as wire,
    ):
        with pytest.raises(TransportError):
            secure_send(server, security, tmp_path, port=wire.port)
        assert wire.said
        assert in_clear(wire) == []
    assert nothing_said(server)


def test_a_man_in_the_middle_who_strips_starttls_gets_nothing(tmp_path):
    def strip(data):
        return data.replace(b"250-STARTTLS\r\n", b"").replace(b"STARTTLS", b"XXXXXXXX")

    with (
        secure_server(Security.STARTTLS, server_context()) as server,
        Wiretap(server.port, strip) as wire,
    ):
        with pytest.raises(TransportError, match="offers no STARTTLS"):
            secure_send(server, Security.STARTTLS, tmp_path, port=wire.port)
        assert wire.said.startswith(b"EHLO ")
        assert wire.said.count(b"\r\n") <= 2  # EHLO, and at most a parting word
        assert in_clear(wire) == []


def test_a_connection_that_is_opened_again_is_as_safe_as_the_first(tmp_path):
    with (
        secure_server(Security.STARTTLS, server_context()) as server,
        Wiretap(server.port) as wire,
    ):
        server.on_rcpt("a@x.example", "421 4.3.2 closing")
        sent = secure_send(server, Security.STARTTLS, tmp_path, port=wire.port, per_connection=1)
        assert sent.states == {"a": "deferred", "b": "accepted"}
        assert wire.said.count(b"STARTTLS") == server.connections == 2
        assert in_clear(wire) == []


def test_of_several_relays_the_one_that_cannot_be_trusted_gets_nothing(tmp_path):
    outcomes = []
    with (
        secure_server(Security.TLS, server_context(ca="stranger")) as false,
        secure_server(Security.TLS, server_context()) as true,
    ):
        entries = [
            RelaySettings("localhost", each.port, None, USER, PASSWORD) for each in (false, true)
        ]
        settings = SmtpSettings(
            security=Security.TLS, ca_file=ca_file(tmp_path), sessions=2, relay=tuple(entries)
        )
        deliver_all(
            course(settings, "news.example", WHOLE, SystemClock()),
            messages("abcdefgh"),
            lambda _: None,
            outcomes.append,
        )
    assert {outcome.state for outcome in outcomes} == {"accepted"}
    assert true.count == 8
    assert nothing_said(false)
