"""A subscriber's life in any order, with duplicates and replays, against what was promised.

No mail without consent, none after leaving, at most one confirmation a day, nothing resurrected
by an import.
"""

import re
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from lives import WEB, World, wishes

from digest.mail.tokens import Scope, Token
from digest.model import DeliveryState, SubscriberState
from digest.model.consent import Consent, Way
from digest.model.life import CONFIRM_WITHIN
from digest.model.request import Answer

ADDRESSES = ("ann@reader.example", "bob@reader.example")
ANYBODY = st.sampled_from((ADDRESSES[0],) * 4 + ADDRESSES[1:])
SERVER = Consent(Way.SERVER)
CONFIRMABLE = {SubscriberState.PENDING, SubscriberState.LEFT}


class Lives(RuleBasedStateMachine):
    """Two readers, a stranger who types their addresses, a relay, an operator, and time."""

    def __init__(self):
        super().__init__()
        self.world = World()
        self.links = {address: [] for address in ADDRESSES}
        """Every confirmation link that ever reached a mailbox, to be replayed."""
        self.agreed = dict.fromkeys(ADDRESSES, False)
        """Whether the last word of a reader, or the operator for them, is yes."""
        self.asked = dict.fromkeys(ADDRESSES, False)
        """Whether anybody has asked since the reader last left, was suppressed or erased."""
        self.erased = set()
        self.day_of_letters = set()

    # What anybody can do

    @rule(address=ANYBODY, topic=st.sampled_from(["robots", "diffusion models"]))
    def request(self, address, topic):
        before = self.world.state(address)
        assert self.world.joining.request(wishes(address, topic), WEB, "192.0.2.0/24")
        expected = before or SubscriberState.PENDING
        assert self.world.state(address) is expected
        self.asked[address] = before is not SubscriberState.SUPPRESSED

    @rule(address=ANYBODY)
    def request_and_post(self, address):
        self.request(address, "robots")
        self.post()

    @rule()
    def post(self):
        seen = len(self.world.mailed)
        self.world.postbox.empty()
        for message in self.world.mailed[seen:]:
            if b"Subject: Please confirm" not in message.content:
                assert self.agreed[message.address]
                continue
            key = (message.address, self.world.clock.now().date())
            assert key not in self.day_of_letters, "two confirmations in a day"
            self.day_of_letters.add(key)
            assert self.world.state(message.address) in CONFIRMABLE
            self.links[message.address].append(_token(message))

    @rule(trouble=st.sampled_from([DeliveryState.DEFERRED, None]))
    def weather(self, trouble):
        self.world.trouble = trouble

    # What a reader does with what is in the mailbox

    @rule(address=ANYBODY, which=st.integers(0, 20))
    def confirm(self, address, which):
        """With the newest link or any old one, once more or for the first time."""
        if not self.links[address]:
            return
        token = self.links[address][-1 - which % len(self.links[address])]
        before = self.world.state(address)
        answer = self.world.joining.confirm(token, WEB)
        after = self.world.state(address)
        if answer is Answer.DONE:
            assert before in {SubscriberState.PENDING, SubscriberState.LEFT}
            assert self.asked[address], "an old letter brought somebody back"
            issued = self.world.signer.verify(token, Scope.CONFIRM).day
            assert self.world.clock.now().date() - issued <= CONFIRM_WITHIN
            assert after is SubscriberState.ACTIVE
            self.agreed[address] = True
            self.erased.discard(address)
            assert self.world.joining.confirm(token, WEB) is Answer.ALREADY
        else:
            assert after is before

    @rule(address=ANYBODY, days=st.one_of(st.none(), st.integers(1, 5)))
    def pause(self, address, days):
        until = days and self.world.clock.now().date() + timedelta(days=days)
        self.world.joining.pause(address, until, WEB)
        assert self.world.state(address) is not SubscriberState.ACTIVE

    @rule(address=ANYBODY)
    def resume(self, address):
        self.world.joining.resume(address, WEB)

    @rule(address=ANYBODY)
    def change(self, address):
        before = self.world.state(address)
        self.world.joining.change(wishes(address, "something else"), WEB)
        assert self.world.state(address) is before

    @rule(address=ANYBODY)
    def leave(self, address):
        before = self.world.state(address)
        self.world.joining.leave(address, Consent(Way.ONE_CLICK))
        if before is not None:
            assert self.world.state(address) is SubscriberState.LEFT
            self.agreed[address] = self.asked[address] = False
            assert self.world.joining.leave(address, WEB) is Answer.ALREADY

    @rule(address=ANYBODY)
    def undo(self, address):
        before = self.world.joining.life(address)
        if self.world.joining.undo(address, WEB) is Answer.DONE:
            assert before.state is SubscriberState.LEFT
            self.agreed[address] = before.before is not SubscriberState.PENDING

    @rule(address=ANYBODY)
    def erase(self, address):
        if self.world.joining.erase(address) is Answer.DONE:
            self.agreed[address] = self.asked[address] = False
            self.erased.add(address)
        assert self.world.state(address) is None

    # What servers, operators and time do

    @rule(address=ANYBODY, complains=st.booleans())
    def bounce(self, address, complains):
        act = self.world.joining.complain if complains else self.world.joining.bounce
        act(address, SERVER)
        if self.world.state(address) is not None:
            self.asked[address] = False
        assert self.world.state(address) in {
            None,
            SubscriberState.LEFT,
            SubscriberState.SUPPRESSED,
        }

    @rule(address=ANYBODY)
    def release(self, address):
        self.world.joining.release(address, Consent())

    @rule(address=ANYBODY)
    def import_(self, address):
        before = self.world.state(address)
        told = self.world.joining.add([wishes(address, "from a file")])
        gone = {SubscriberState.LEFT, SubscriberState.SUPPRESSED}
        reads = {SubscriberState.ACTIVE, SubscriberState.PAUSED}
        if before in gone or (before not in reads and address in self.erased):
            assert told.refused == (address,)
            assert self.world.state(address) is before, "resurrected by an import"
        elif before is SubscriberState.PAUSED:
            assert self.world.state(address) is before
        else:
            assert self.world.state(address) is SubscriberState.ACTIVE
            self.agreed[address] = True
            self.asked[address] = False

    @rule(hours=st.sampled_from([1, 24, 24 * 9]))
    def time(self, hours):
        self.world.clock.instant += timedelta(hours=hours)

    @rule()
    def tick(self):
        self.world.joining.tick()

    @precondition(lambda self: any(self.links.values()))
    @rule(bit=st.integers(0, 191), address=ANYBODY)
    def forge(self, bit, address):
        """A link with one bit flipped is nobody's."""
        for token in self.links[address][:1]:
            read = self.world.signer.verify(token, Scope.CONFIRM)
            forged = bytearray(bytes.fromhex(self.world.signer.tag(read)))
            forged[bit // 8] ^= 1 << bit % 8
            answer = self.world.joining.confirm_tag(forged.hex(), WEB)
            assert answer is Answer.UNKNOWN

    @invariant()
    def mail_goes_only_to_who_agreed(self):
        for reader in self.world.readers.active():
            assert self.agreed[reader.address], f"{reader.address} never said yes"


def _token(message):
    body = message.content.replace(b"=\r\n", b"").replace(b"=3D", b"=")
    found = re.search(rb"/confirm/([A-Za-z0-9_-]{32})", body)
    return found[1].decode()


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.CONFIRM])
def test_no_other_link_confirms(scope):
    world = World()
    world.joining.request(wishes(ADDRESSES[0]), WEB)
    number = world.readers.intern(ADDRESSES[0])
    other = world.signer.sign(Token(scope, number, world.clock.now().date()))
    assert world.joining.confirm(other, WEB) is Answer.UNKNOWN
    assert world.state(ADDRESSES[0]) is SubscriberState.PENDING
