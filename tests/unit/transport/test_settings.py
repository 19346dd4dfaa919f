"""How the relay is reached: defaults, and settings that cannot be meant so."""

import pytest

from digest.errors import BadSetting
from digest.mail.domain import is_loopback
from digest.transport.settings import Security, SmtpSettings


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_the_security(security, port):
    assert SmtpSettings(security=security).port == port
    assert SmtpSettings(security=security, port=2525).port == 2525


def test_the_defaults_are_those_of_the_interface():
    settings = SmtpSettings()
    assert (settings.host, settings.port, settings.sessions) == ("localhost", 587, 16)
    assert settings.security is Security.STARTTLS


def test_the_password_is_never_printed():
    settings = SmtpSettings(username="u", password="hunter2")
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"security": "ssl"}, "smtp.security"),
        ({"port": 70_000}, "smtp.port"),
        ({"port": -1}, "smtp.port"),
        ({"sessions": 0}, "smtp.sessions"),
        ({"host": ""}, "smtp.host"),
        ({"host": "a\r\nb"}, "smtp.host"),
        ({"username": "u"}, "smtp.password"),
        (
            {"host": "10.0.0.1", "security": "none", "username": "u", "password": "p"},
            "smtp.security",
        ),
    ],
)
def test_what_cannot_be_meant_is_named(wrong, where):
    with pytest.raises(BadSetting) as caught:
        SmtpSettings(**wrong)
    assert caught.value.where == where


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.8.9.1", "::1", "[::1]"]
)
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["localhost.evil.example", "10.0.0.1", "127.0.0.1.evil", "::2", ""]
)
def test_not_loopback(host):
    assert not is_loopback(host)
