"""Where settings come from, in which order, and what errors say."""

import os
import pickle
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import Settings, load
from digest.config.environment import variable
from digest.config.places import Outbox, OutboxKind, StoreUrl
from digest.config.schema import keys
from digest.errors import BadSetting, BadSettings, Misuse
from digest.model import Secret

PASSWORD = "hunter2-hunter2-hunter2"


@pytest.fixture
def write(tmp_path):
    """Writes a digest.toml into the working directory."""

    def to(text, name="digest.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return to


def refused(config, environ, cwd, overrides=None):
    with pytest.raises(BadSetting) as caught:
        load(config, environ, overrides or {}, cwd)
    return str(caught.value)


def test_no_file_at_all_gives_the_defaults_beside_the_working_directory(tmp_path):
    settings = load(None, {}, {}, tmp_path)
    assert settings == Settings(home=tmp_path / "var")
    assert settings.store.sqlite == tmp_path / "var/digest.db"
    assert settings.outbox == Outbox(OutboxKind.MAILDIR, tmp_path / "var/outbox")
    assert settings.file is None


def test_flags_go_before_the_environment_and_that_before_the_file(tmp_path, write):
    write("home = 'a'\n[smtp]\nport = 1\nsessions = 1\nhost = 'file'\n")
    environ = {"DIGEST__SMTP__PORT": "2", "DIGEST__SMTP__SESSIONS": "2"}
    smtp = load(None, environ, {"smtp.port": 3, "smtp.host": None}, tmp_path).smtp
    assert (smtp.port, smtp.sessions, smtp.host) == (3, 2, "file")


def test_the_file_is_the_one_named_then_digest_config_then_the_one_here(tmp_path, write):
    write("[smtp]\nhost = 'here'\n")
    there, named = write("[smtp]\nhost = 'there'\n", "b.toml"), "c.toml"
    write("[smtp]\nhost = 'named'\n", named)
    environ = {"DIGEST_CONFIG": str(there)}
    assert load(named, environ, {}, tmp_path).smtp.host == "named"
    assert load(None, environ, {}, tmp_path).smtp.host == "there"
    assert load(None, {}, {}, tmp_path).smtp.host == "here"
    assert load(None, environ, {}, tmp_path).file == there


@pytest.mark.parametrize("environ", [{"DIGEST_CONFIG": "absent.toml"}, {}])
def test_a_file_that_is_named_must_be_there(tmp_path, environ):
    said = refused(None if environ else "absent.toml", environ, tmp_path)
    assert said == f"{tmp_path}/absent.toml: cannot be read: No such file or directory"


def test_relative_paths_start_from_the_file_or_else_from_the_working_directory(tmp_path, write):
    (tmp_path / "etc").mkdir()
    path = write("outbox = 'maildir:mail'\n", "etc/digest.toml")
    settings = load(path, {}, {}, tmp_path)
    assert settings.home == tmp_path / "etc/var"
    assert settings.outbox.path == tmp_path / "etc/mail"
    assert settings.store.sqlite == tmp_path / "etc/var/digest.db"
    settings = load(path, {"DIGEST__STORE": "sqlite:///x.db"}, {"home": "h"}, tmp_path)
    assert settings.home == tmp_path / "h"
    assert settings.store.sqlite == tmp_path / "x.db"
    assert load(None, {"HOME": "/home/ann", "DIGEST_HOME": "~/d"}, {}, tmp_path).home == Path(
        "/home/ann/d"
    )


def test_all_that_is_wrong_is_said_at_once_with_its_place_and_what_was_meant(tmp_path, write):
    write(
        "hoem = 'x'\n[smtp]\nhost = 'x'\nport = '587'\nsessions = 0\npassword = 123\n"
        "security = 'ssl'\n[stmp]\na = 1\n[web]\n\"bind\\n\" = 2\n[delivery]\nin_doubt = 'held'\n"
        "retry_after = -1\n"
    )
    environ = {"DIGEST__SMTP__PROT": "1", "DIGEST__SMTP__TIMEOUT": "soon"}
    file = tmp_path / "digest.toml"
    assert refused(None, environ, tmp_path, {"outbox": "smpt"}).splitlines() == [
        "environment, DIGEST__SMTP__PROT: sets nothing (did you mean 'DIGEST__SMTP__PORT'?)",
        f"{file}, line 1, hoem: is no setting (did you mean 'home'?)",
        f"{file}, line 8, stmp: is no setting (did you mean 'smtp'?)",
        f"{file}, line 11, web.'bind\\n': is no setting (did you mean 'web.bind'?)",
        "command line, outbox: 'smpt' is not an outbox: write maildir:PATH, smtp or console",
        f"{file}, line 4, smtp.port: '587' is not a whole number (write it without quotes)",
        f"{file}, line 7, smtp.security: 'ssl' is not one of starttls, tls, none",
        f"{file}, line 6, smtp.password: what stands there is not a text (write it in quotes)",
        "environment, DIGEST__SMTP__TIMEOUT: 'soon' is not a number",
        f"{file}, line 14, delivery.retry_after: -1 is not between 0 and 31622400",
        f"{file}, line 13, delivery.in_doubt: 'held' is not one of hold, resend"
        " (did you mean 'hold'?)",
    ]


def test_errors_are_misuse_and_survive_pickling(tmp_path, write):
    write("a = 1\nb = 2\n")
    with pytest.raises(BadSettings) as caught:
        load(None, {}, {}, tmp_path)
    assert isinstance(caught.value, Misuse)
    assert caught.value.exit_status == 2
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("smtp = 1", "line 1, smtp: is a section, not a value (write [smtp] and its keys below)"),
        ("home = [", "line 1, its end: is no TOML: invalid value"),
        ("a = 1\nhome = x", "line 2, column 8: is no TOML: invalid value"),
        ("[smtp]\nhost = 'a'\nhost = 'b'\n", "line 3, column 11: is no TOML: cannot overwrite"),
        ("host = 'x'", "line 1, host: is no setting (did you mean 'smtp.host'?)"),
        ("[smtp.host]\nx = 1", "line 1, smtp.host: a section is not a text"),
        ("store = 'mysql://x'", "line 1, store: what stands there is not a store: write sqlite"),
        ("engine = 'cloud'", "'cloud' is not one of local, fleet"),
        ("[smtp]\nport = 70000", "line 2, smtp.port: 70000 is not a port"),
        ("[smtp]\nport = true", "line 2, smtp.port: True is not a whole number"),
        ("[smtp]\nhost = 'a b'", "line 2, smtp.host: 'a b' is not a host name"),
        ("[smtp]\nusername = 'ann'", "smtp.password: is empty, though smtp.username is set"),
        ("[web]\nbind = 'x'", "line 2, web.bind: 'x' is not an address to listen on"),
        ("[web]\nbase_url = 'digest.example.org'", "line 2, web.base_url: 'digest.example.org'"),
        ("[sources.huggingface]\nurl = 'ftp://x'", "line 2, sources.huggingface.url: 'ftp://x'"),
        ("[sources.fetch]\nread = 0", "line 2, sources.fetch.read: must be more than 0"),
        ("[sources.fetch]\nread = nan", "line 2, sources.fetch.read: nan is not a number"),
        ("[mail]\nfrom = 'nobody'", "line 2, mail.from: 'nobody'"),
        ('[mail]\nfrom = "a@b.org\\r\\nBcc: x@y.org"', "a text without control characters"),
        ("[mail]\nlist_id = '!'", "line 2, mail.list_id: '!' is not a List-Id"),
        ("secret_key = 'short'", "line 1, secret_key: is shorter than 16 characters"),
        ("secret_key = [['x']]", "line 1, secret_key: what stands there is not a text"),
        ("[sources.hugingface]\nurl = 'x'", "(did you mean 'sources.huggingface'?)"),
        ("[smtp]\nusername='a'\npassword='b'\nsecurity='none'\nhost='mx.example.org'",
         "line 4, smtp.security: 'none' would send the password to mx.example.org in clear"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(tmp_path, write, text, wanted):
    write(text)
    said = refused(None, {}, tmp_path)
    assert said.startswith(f"{tmp_path}/digest.toml, ") or "smtp.password" in said
    assert wanted in said


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"a = 1\nb = '\xff'\n", "digest.toml, line 2: is not UTF-8"),
        (b"a = " + b"[" * 5000, "is no TOML that can be read"),
        (b"a = " + b"1" * 5000, "is no TOML that can be read"),
        (b"#" * 1_000_001, "is longer than 1000000 bytes"),
    ],
)
def test_files_that_are_no_text(tmp_path, raw, wanted):
    (tmp_path / "digest.toml").write_bytes(raw)
    assert wanted in refused(None, {}, tmp_path)


def test_a_directory_is_no_file(tmp_path):
    assert "cannot be read: Is a directory" in refused(tmp_path, {}, tmp_path)


def test_a_byte_order_mark_is_nothing(tmp_path, write):
    write("\ufeffoutbox = 'console'\n")
    assert str(load(None, {}, {}, tmp_path).outbox) == "console"


def test_a_fleet_wants_postgresql(tmp_path, write):
    write("engine = 'fleet'\n")
    with pytest.raises(BadSetting, match=r"engine: 'fleet' works from a queue.*postgresql"):
        load(None, {}, {}, tmp_path)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("outbox = 'smtp'\n[smtp]\nhost = 'mx.example.org'", ["mail.from", "web.base_url"]),
        ("outbox = 'smtp'\n[smtp]\nhost = 'mx.example.org'\n[mail]\nfrom = 'a@example.org'",
         ["web.base_url"]),
        ("outbox = 'smtp'\n[smtp]\nhost = 'mx.example.org'\n[mail]\nfrom = 'a@example.org'\n"
         "[web]\nbase_url = 'http://digest.example.org'", ["web.base_url"]),
        ("outbox = 'smtp'\n[smtp]\nhost = 'mx.example.org'\n[mail]\nfrom = 'a@example.org'\n"
         "[web]\nbase_url = 'https://digest.example.org'", []),
        ("outbox = 'smtp'", []),
        ("outbox = 'smtp'\n[smtp]\nhost = '::1'", []),
        ("[smtp]\nhost = 'mx.example.org'", []),
    ],
)  # fmt: skip
def test_mail_to_the_world_needs_a_sender_and_safe_links(tmp_path, write, text, missing):
    write(text)
    if not missing:
        assert load(None, {}, {}, tmp_path)
        return
    said = refused(None, {}, tmp_path).splitlines()
    assert len(said) == len(missing)
    assert all(key in line for key, line in zip(missing, said, strict=True))


def test_every_key_can_be_set_by_the_environment():
    written = {
        "store": "postgresql://db.example.org/d",
        "outbox": "console",
        "engine": "fleet",
        "secret_key": "0123456789abcdef; fedcba9876543210",
        "smtp.security": "tls",
        "smtp.password": PASSWORD,
        "smtp.rate": "30/minute",
        "smtp.look_up_mx": "yes",
        "smtp.ramp": "50; 100",
        "smtp.relay": '[{host = "a.example", weight = 3}, {host = "b.example"}]',
        "smtp.provider": '[{name = "google", concurrency = 2, rate = "5/second"}]',
        "log.format": "json",
        "delivery.in_doubt": "resend",
        "selection.quiet": "skip",
        "selection.fill": "true",
        "selection.serendipity": "true",
        "selection.again": "true",
        "selection.edition": "fresh",
        "mail.from": "Ann <ann@example.org>",
        "mail.images": "true",
        "mail.list_id": "list.example.org",
        "mail.bounce_domain": "bounce.example.org",
        "mail.theme": str(Path(__file__).parent),
        "mail.reply_to": "answers@example.org",
        "web.bind": "[::1]:80",
        "web.metrics_bind": "127.0.0.1:9125",
        "web.keep_origin": "true",
        "web.check_mx": "true",
        "alerts.mail": "ann@example.org",
        "alerts.webhook": "https://chat.example.org/hook?key=1",
        "alerts.ping": "https://ping.example.org/uuid",
        "sources.watch": "no",
        "inbound.imap.security": "starttls",
    }
    everything = {
        key.path: written.get(key.dotted) or f"{_example(key)}"
        for key in keys(Settings).values()
        if key.dotted != "inbound.imap.password_file"  # the variable is the password's own …_FILE
    }
    environ = {variable(path): value for path, value in everything.items()}
    settings = load(None, environ, {}, Path("/nowhere"))
    defaults = load(None, {}, {}, Path("/nowhere"))
    for path in everything:
        assert _value(settings, path) != _value(defaults, path), path
    assert settings.secret_key == (Secret("0123456789abcdef"), Secret("fedcba9876543210"))
    assert settings.smtp.port == 77


def _example(key):
    if key.kind in {int, float} or key.kind == int | None:
        return 77
    if key.kind is bool:
        return "true"
    if key.dotted == "mail.locale":
        return "fr"
    return "https://mirror.example.org" if key.dotted.endswith("url") else "something"


def _value(settings, path):
    for name in path:
        settings = getattr(settings, {"from": "from_"}.get(name, name))
    return settings


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    environ = {"DIGEST__SMTP__PASSWORD_FILE": "password", "DIGEST__SMTP__USERNAME": "ann"}
    settings = load(None, environ, {}, tmp_path)
    assert settings.smtp.password == PASSWORD
    assert settings.warnings == ()
    secret.chmod(0o644)
    (warning,) = load(None, environ, {}, tmp_path).warnings
    assert "chmod 600" in warning
    said = refused(None, environ | {"DIGEST__SMTP__PASSWORD": "other"}, tmp_path)
    assert "DIGEST__SMTP__PASSWORD_FILE: is set, and so is" in said
    secret.unlink()
    assert "'password' cannot" in refused(None, environ, tmp_path).replace(f"{tmp_path}/", "")


def test_only_secrets_have_a_variable_for_a_file(tmp_path):
    said = refused(None, {"DIGEST__SMTP__HOST_FILE": "x"}, tmp_path)
    assert said.startswith("environment, DIGEST__SMTP__HOST_FILE: sets nothing")


def test_a_file_with_a_password_that_others_can_read_is_warned_of(tmp_path, write):
    path = write(f"[smtp]\nusername = 'ann'\npassword = '{PASSWORD}'\n")
    path.chmod(0o640)
    (warning,) = load(None, {}, {}, tmp_path).warnings
    assert "smtp.password stands in" in warning
    assert "DIGEST__SMTP__PASSWORD_FILE" in warning
    path.chmod(0o600)
    assert load(None, {}, {}, tmp_path).warnings == ()


def test_home_set_in_two_ways_must_agree(tmp_path):
    environ = {"DIGEST_HOME": "a", "DIGEST__HOME": "a"}
    assert load(None, environ, {}, tmp_path).home == tmp_path / "a"
    assert "unset one" in refused(None, environ | {"DIGEST_HOME": "b"}, tmp_path)


def test_variables_of_others_are_left_alone(tmp_path):
    assert load(None, {"DIGEST": "x", "DIGESTIVE__A": "y", "PATH": "z"}, {}, tmp_path)


def test_secrets_are_never_shown(tmp_path, write):
    url = f"postgresql://ann:{PASSWORD}@db.example.org/d?password={PASSWORD}"
    write(
        f"store = '{url}'\nsecret_key = ['{PASSWORD}']\n[smtp]\nusername = 'a'\n"
        f"password = '{PASSWORD}'\n"
    )
    settings = load(None, {}, {}, tmp_path)
    assert settings.smtp.password == PASSWORD
    assert settings.store.postgresql == url
    assert settings.secret_key[0].reveal() == PASSWORD
    shown = f"{settings} {settings!r} {settings.store} {settings.secret_key[0]:>20}"
    assert PASSWORD not in shown
    assert "postgresql://db.example.org/d" in shown


@pytest.mark.parametrize(
    "name", [variable(key.path) for key in keys(Settings).values() if key.hidden]
)
@pytest.mark.parametrize("form", ["{}\x00", "{}\udcff", "x {}", '["{}", 1]', '["{}', "", "\n"])
def test_no_error_shows_a_secret(tmp_path, name, form):
    environ = {name: form.replace("{}", PASSWORD), "DIGEST__SMTP__HOST": "mx.example.org"}
    for more in ({}, {"DIGEST__SMTP__SECURITY": "none"}):
        try:
            settings = load(None, environ | more, {}, tmp_path)
        except BadSetting as error:
            assert PASSWORD not in str(error)  # noqa: PT017
            assert error.__cause__ is None or PASSWORD not in str(error.__cause__)  # noqa: PT017
        else:
            assert PASSWORD not in repr(settings)


garbage = st.text(st.characters(codec="utf-8")) | st.text(
    st.sampled_from("[]{}=.,\"'\\#\n ab01smtphostweb_from")
)
names = st.sampled_from(sorted(key.dotted for key in keys(Settings).values()))
toml_values = st.sampled_from(
    ["1", "-1", "''", "'x'", "[]", "{}", "true", "nan", "07:00:00", "9999999999999999999", "[1]",
     "'smtp'", "'::1'", "'http://['", "{a.b=1}", "1979-05-27", "'sqlite:///'", "'\\u0000'"]
)  # fmt: skip


@given(garbage | st.lists(st.tuples(names, toml_values)).map(
    lambda lines: "\n".join(f"{name} = {value}" for name, value in lines)
))  # fmt: skip
def test_garbage_is_refused_or_understood_and_nothing_else(tmp_path_factory, text):
    directory = tmp_path_factory.getbasetemp() / "garbage"
    directory.mkdir(exist_ok=True)
    (directory / "digest.toml").write_text(text, encoding="utf-8", newline="")
    try:
        load(None, {}, {}, directory)
    except BadSetting as error:
        assert "digest.toml" in str(error) or "smtp.password" in str(error)  # noqa: PT017
        assert all(line.isprintable() for line in str(error).split("\n"))  # noqa: PT017


@given(
    st.dictionaries(
        names.map(lambda dotted: variable(tuple(dotted.split("."))))
        | st.text(string.ascii_uppercase + "_", max_size=12).map("DIGEST__".__add__),
        st.text() | toml_values,
    )
)
def test_any_environment_is_refused_or_understood(environ):
    try:
        load(None, environ, {}, Path("/nowhere"))
    except BadSetting as error:
        assert all(line.isprintable() for line in str(error).split("\n"))  # noqa: PT017


def test_an_override_that_is_no_setting_is_a_mistake(tmp_path):
    assert "did you mean 'smtp.port'?" in refused(None, {}, tmp_path, {"smtp.prot": 1})


def test_the_real_environment_does_not_matter_when_it_is_not_passed(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGEST__SMTP__HOST", "elsewhere")
    assert load(None, {}, {}, tmp_path).smtp.host == "localhost"
    assert load(None, os.environ, {}, tmp_path).smtp.host == "elsewhere"


def test_settings_made_by_hand_fill_in_home():
    settings = Settings(home=Path("/srv"))
    assert settings.store == StoreUrl("sqlite:////srv/digest.db")
    assert replace(settings, home=Path("/x")).store == settings.store
