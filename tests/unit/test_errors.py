"""Errors cross processes whole: each can be pickled and says the same afterwards."""

import pickle

import pytest

from digest import errors

MADE = [
    errors.BadSetting("digest.toml, line 1", "is wrong", "write it right"),
    errors.BadSettings([errors.BadSetting("a", "b"), errors.BadSetting("c", "d", "e")]),
    errors.BadAddress("x", "no @"),
    errors.Changed("page", "papers", b"raw"),
]


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again).keys() == vars(error).keys()


def test_many_problems_are_shown_up_to_a_number_and_counted():
    many = errors.BadSettings([errors.BadSetting(f"line {n}", "no") for n in range(30)])
    assert str(many).count("\n") == errors.BadSettings.SHOWN
    assert str(many).endswith("… and 10 more")
