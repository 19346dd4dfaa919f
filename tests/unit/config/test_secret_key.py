"""The signing key: made once, whole, for its owner alone, however many ask at once."""

import multiprocessing
import stat

import pytest

from digest.config import Settings
from digest.config.secret_key import exposed, key_file, signing_keys
from digest.errors import BadSetting
from digest.mail.tokens import Signer
from digest.model import Secret


def test_a_key_is_made_on_first_use_and_stays(tmp_path):
    settings = Settings(home=tmp_path / "new" / "home")
    keys = signing_keys(settings)
    assert signing_keys(settings) == keys
    assert len(keys[0]) >= 32
    assert stat.S_IMODE(key_file(settings).stat().st_mode) == 0o600
    assert [path.name for path in settings.home.iterdir()] == ["secret_key"]
    assert Signer(keys)
    assert signing_keys(Settings(home=tmp_path / "other")) != keys


def ask(home, barrier, answers):
    barrier.wait()
    answers.put(signing_keys(Settings(home=home)))


def test_of_many_processes_one_makes_it_and_all_get_the_same(tmp_path):
    context = multiprocessing.get_context("fork")
    for number in range(5):
        barrier, answers = context.Barrier(8), context.SimpleQueue()
        askers = [
            context.Process(target=ask, args=(tmp_path / str(number), barrier, answers))
            for _ in range(8)
        ]
        for asker in askers:
            asker.start()
        got = {answers.get() for _ in askers}
        for asker in askers:
            asker.join()
        assert len(got) == 1
        assert [path.name for path in (tmp_path / str(number)).iterdir()] == ["secret_key"]


def test_the_operators_keys_go_before_the_file(tmp_path):
    settings = Settings(home=tmp_path, secret_key=(Secret("n" * 16), Secret("o" * 16)))
    assert signing_keys(settings) == (b"n" * 16, b"o" * 16)
    assert not key_file(settings).exists()


def test_the_file_may_hold_several_the_newest_first(tmp_path):
    (tmp_path / "secret_key").write_text("new-new-new-new-new\n\nold-old-old-old-old\n")
    assert signing_keys(Settings(home=tmp_path)) == (
        b"new-new-new-new-new",
        b"old-old-old-old-old",
    )


@pytest.mark.parametrize("content", ["", "\n", "short\n", "long-enough-to-be-a-key\nshort\n"])
def test_a_damaged_file_is_an_error_and_never_replaced(tmp_path, content):
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(BadSetting, match="put it back from a backup") as caught:
        signing_keys(Settings(home=tmp_path))
    assert "long-enough" not in str(caught.value)
    assert (tmp_path / "secret_key").read_text() == content


def test_a_home_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadSetting, match="cannot be made or read: Not a directory"):
        signing_keys(Settings(home=tmp_path / "file" / "home"))


def test_a_key_that_others_can_read_is_warned_of(tmp_path):
    settings = Settings(home=tmp_path)
    signing_keys(settings)
    assert exposed(settings) == ""
    key_file(settings).chmod(0o644)
    assert exposed(settings).endswith(f"chmod 600 {tmp_path}/secret_key")
