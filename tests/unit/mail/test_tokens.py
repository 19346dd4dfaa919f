import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.tokens import Scope, Signer, Token

KEY, OTHER = b"k" * 32, b"o" * 32
SIGNER = Signer([KEY])
TOKENS = st.builds(
    Token,
    st.sampled_from(Scope),
    st.integers(0, 2**32 - 1),
    st.none() | st.dates(date(2000, 1, 2), date(2179, 6, 6)),
    st.integers(0, 255),
)
ALPHABET = string.ascii_letters + string.digits + "-_"


@given(TOKENS)
def test_what_was_signed_is_read(token):
    written = SIGNER.sign(token)
    assert SIGNER.verify(written, token.scope) == token
    assert set(written) <= set(ALPHABET)
    assert len(written) == 32
    tag = SIGNER.tag(token)
    assert SIGNER.verify_tag(tag, token.scope) == token
    assert SIGNER.verify_tag(tag.upper(), token.scope) == token
    assert len(f"bounces+{tag}") <= 64


@given(TOKENS, TOKENS)
def test_one_meaning_has_one_spelling(one, other):
    assert (SIGNER.sign(one) == SIGNER.sign(other)) == (one == other)


def test_every_flipped_bit_is_refused():
    written = SIGNER.sign(Token(Scope.UNSUBSCRIBE, 7))
    for place, character in enumerate(written):
        for bit in range(6):
            flipped = ALPHABET[ALPHABET.index(character) ^ (1 << bit)]
            changed = written[:place] + flipped + written[place + 1 :]
            assert SIGNER.verify(changed, Scope.UNSUBSCRIBE) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t + "=",
        lambda t: t + "\n",
        lambda t: " " + t,
        lambda t: t.replace(t[0], "+", 1),
        lambda t: t[:-1],
        lambda t: t + t,
        lambda t: t[:16] + "%41" + t[16:],
        lambda t: "",
        lambda t: "é" * 32,
    ],
)
def test_other_spellings_are_refused(change):
    assert SIGNER.verify(change(SIGNER.sign(Token(Scope.MANAGE, 7))), Scope.MANAGE) is None


@given(st.text(max_size=50))
def test_noise_is_refused(noise):
    assert SIGNER.verify(noise, *Scope) is None
    assert SIGNER.verify_tag(noise, *Scope) is None


def test_a_token_is_for_its_scope_alone():
    written = SIGNER.sign(Token(Scope.UNSUBSCRIBE, 7))
    assert SIGNER.verify(written, Scope.MANAGE) is None
    assert SIGNER.verify(written, Scope.MANAGE, Scope.UNSUBSCRIBE) == Token(Scope.UNSUBSCRIBE, 7)


def test_the_first_key_signs_and_every_key_reads():
    old = SIGNER.sign(Token(Scope.VIEW, 7, date(2026, 8, 21)))
    rotated = Signer([OTHER, KEY])
    assert rotated.verify(old, Scope.VIEW) == Token(Scope.VIEW, 7, date(2026, 8, 21))
    assert rotated.sign(Token(Scope.VIEW, 7, date(2026, 8, 21))) != old
    assert Signer([OTHER]).verify(old, Scope.VIEW) is None


def test_neighbouring_readers_have_nothing_in_common():
    one, two = (SIGNER.sign(Token(Scope.UNSUBSCRIBE, reader)) for reader in (1, 2))
    assert sum(a == b for a, b in zip(one, two, strict=True)) < 8


@pytest.mark.parametrize("keys", [[], [b"short"], [KEY, b""]])
def test_weak_keys_are_refused(keys):
    with pytest.raises(ValueError, match="16 octets"):
        Signer(keys)


@given(st.integers(0, 2**32 - 1), st.dates(date(2000, 1, 2), date(2179, 6, 6)))
def test_a_mails_tokens_are_those_of_their_meanings(reader, day):
    found = SIGNER.edition(reader, day)
    assert found.unsubscribe == SIGNER.sign(Token(Scope.UNSUBSCRIBE, reader, day))
    assert found.manage == SIGNER.sign(Token(Scope.MANAGE, reader, day))
    assert found.view == SIGNER.sign(Token(Scope.VIEW, reader, day))
    assert found.bounce == SIGNER.tag(Token(Scope.BOUNCE, reader, day))


def test_a_holder_of_all_other_tokens_of_a_mail_cannot_make_the_missing_one():
    day = date(2026, 8, 21)
    held = {scope: SIGNER.sign(Token(scope, 7, day)) for scope in Scope}
    wanted = held.pop(Scope.UNSUBSCRIBE)
    assert all(token != wanted for token in held.values())
    for token in held.values():
        assert SIGNER.verify(token, Scope.UNSUBSCRIBE) is None
    assert len({token[-10:] for token in held.values()}) == len(held)
