"""Whatever relays, limits and providers do: each mail comes to one end, and the run to its own."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

from hypothesis import given, settings
from hypothesis import strategies as st
from sending import DAY, message

from digest.errors import TransportError
from digest.model import DeliveryState, Outcome, Scope
from digest.transport.gate import Limit
from digest.transport.loop import deliver_all
from digest.transport.pace import Pace
from digest.transport.providers import Exchanger, Providers
from digest.transport.ramp import Ramp
from digest.transport.rate import Rate
from digest.transport.relays import Relay
from digest.transport.supply import Course

ENDS = ("accepted", "refused", "rest", "lost")


class Whimsical:
    """A transport that does what a list says, then accepts."""

    def __init__(self, opens, ends):
        self.opens, self.ends = list(opens), list(ends)
        self.taken = Counter()

    @asynccontextmanager
    async def session(self):
        if self.opens and not self.opens.pop():
            raise TransportError("not open")
        yield self

    async def deliver(self, one, before_dot):
        end = self.ends.pop() if self.ends else "accepted"
        await asyncio.sleep(0)
        if end == "lost":
            raise TransportError("lost")
        await before_dot(one)
        self.taken[one.address] += 1
        if end == "rest":
            return Outcome(one.address, DAY, DeliveryState.DEFERRED, "421", 600, Scope.PROVIDER)
        state = DeliveryState.REJECTED if end == "refused" else DeliveryState.ACCEPTED
        return Outcome(one.address, DAY, state, "250")


RELAYS = st.lists(
    st.tuples(
        st.lists(st.booleans(), max_size=4),
        st.lists(st.sampled_from(ENDS), max_size=12),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=3,
)
LIMITS = st.dictionaries(
    st.sampled_from(["d0.example", "d1.example", "*"]),
    st.builds(Limit, st.integers(0, 3), st.sampled_from([Rate(), Rate(5_000)])),
)


@given(
    RELAYS,
    LIMITS,
    st.lists(st.integers(0, 3), min_size=1, max_size=30),
    st.sampled_from([(), (3,), (100,)]),
    st.booleans(),
)
@settings(max_examples=300, deadline=5_000)
def test_each_mail_comes_to_one_end(relays, limits, domains, steps, ask):
    mails = [message(f"r{n}@d{domain}.example") for n, domain in enumerate(domains)]
    transports = [Whimsical(opens, ends) for opens, ends, _ in relays]
    ways = [
        Relay(transport, sessions, f"relay{n}")
        for n, (transport, (_, _, sessions)) in enumerate(zip(transports, relays, strict=True))
    ]
    ramp = Ramp(steps, "news.example") if steps else None
    if ramp is not None:
        ramp.begin(DAY, {way.name: {} for way in ways})

    async def answer(domain):
        await asyncio.sleep(0)
        return Exchanger(None if domain == "d3.example" else domain, 60)

    course = Course(ways, Pace(limits), Providers(answer if ask else None), ramp)
    outcomes = []
    try:
        deliver_all(course, mails, lambda _: None, outcomes.append)
    except TransportError:
        assert outcomes == []
        assert not any(transport.taken for transport in transports)
        return
    assert sorted(o.address for o in outcomes) == sorted(one.address for one in mails)
    taken = sum((transport.taken for transport in transports), Counter())
    assert max(taken.values(), default=0) <= 1
    assert all(taken[o.address] for o in outcomes if o.state is DeliveryState.ACCEPTED)
    if ask:
        assert not any(address.endswith("@d3.example") for address in taken)
    assert all(gate.under_way == 0 for gate in course.pace._gates.values())
