"""Exactly one verdict per fetch: a table of evidence, and that nothing silent gets through."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import CONSEQUENCES, Evidence, Precedent, Verdict
from digest.model.judgement import judge

FRIDAY, MONDAY = date(2026, 6, 12), date(2026, 6, 15)
USUAL = (30, 25, 28, 31, 22)
MANY = frozenset(f"arxiv:{n}" for n in range(20))
THIN = Precedent(usual=USUAL)
FEW = frozenset({"arxiv:1", "arxiv:2"})


def evidence(**told: object) -> Evidence:
    return Evidence(**({"day": FRIDAY, "today": MONDAY, "papers": MANY} | told))


@pytest.mark.parametrize(
    ("told", "verdict", "why"),
    [
        ({}, Verdict.COMPLETE, ""),
        ({"today": FRIDAY}, Verdict.FILLING, "not over"),
        ({"papers": frozenset()}, Verdict.FAILED, "working day"),
        ({"papers": frozenset(), "today": FRIDAY}, Verdict.FILLING, "nothing is listed yet"),
        ({"papers": frozenset(), "expected": False}, Verdict.EMPTY, "such a day"),
        ({"papers": frozenset(), "expected": False, "today": FRIDAY}, Verdict.EMPTY, "such a day"),
        ({"expected": False}, Verdict.COMPLETE, ""),
        ({"papers": frozenset(), "others": (FRIDAY,)}, Verdict.STALE, "2026-06-12"),
        ({"papers": frozenset(), "others": (FRIDAY,), "today": FRIDAY}, Verdict.FILLING, "shown"),
        ({"papers": frozenset(), "others": (FRIDAY,), "expected": False}, Verdict.EMPTY, "such"),
        ({"papers": frozenset(), "failure": Verdict.FAILED}, Verdict.FAILED, ""),
        ({"papers": frozenset(), "failure": Verdict.CHANGED}, Verdict.CHANGED, ""),
        ({"failure": Verdict.FAILED}, Verdict.PARTIAL, "missing"),
        ({"failure": Verdict.CHANGED}, Verdict.PARTIAL, "missing"),
        ({"lacks": "7 of 20"}, Verdict.PARTIAL, "7 of 20"),
        ({"papers": frozenset(), "lacks": "7 of 20"}, Verdict.PARTIAL, "7 of 20"),
        ({"lacks": "7 of 20", "believed": True}, Verdict.PARTIAL, "7 of 20"),
        ({"precedent": Precedent(MANY)}, Verdict.STALE, "20 of 20"),
        ({"precedent": Precedent(MANY), "today": FRIDAY}, Verdict.STALE, "20 of 20"),
        ({"precedent": Precedent(MANY), "believed": True}, Verdict.COMPLETE, ""),
        ({"precedent": Precedent(frozenset(list(MANY)[:10]))}, Verdict.COMPLETE, ""),
        ({"papers": FEW, "precedent": Precedent(FEW)}, Verdict.COMPLETE, ""),
        ({"papers": FEW, "precedent": Precedent(usual=USUAL)}, Verdict.PARTIAL, "only 2 papers"),
        ({"papers": FEW, "precedent": THIN, "believed": True}, Verdict.COMPLETE, ""),
        ({"papers": FEW, "precedent": Precedent(usual=USUAL[:4])}, Verdict.COMPLETE, ""),
        ({"papers": FEW, "precedent": Precedent(usual=(*USUAL, 3))}, Verdict.COMPLETE, ""),
        ({"precedent": Precedent(usual=USUAL)}, Verdict.COMPLETE, ""),
        ({"papers": FEW, "today": FRIDAY, "precedent": THIN}, Verdict.FILLING, ""),
    ],
)  # fmt: skip
def test_the_verdict_on_evidence(told: dict[str, object], verdict: Verdict, why: str):
    found, reason = judge(evidence(**told))
    assert found is verdict
    assert why in reason
    assert (reason == "") <= (found in {Verdict.COMPLETE, Verdict.FAILED, Verdict.CHANGED})


def test_every_verdict_has_its_consequence():
    assert CONSEQUENCES.keys() == set(Verdict)
    assert {v for v in Verdict if v.final} == {Verdict.COMPLETE, Verdict.EMPTY}
    assert all(c.alert == c.told == c.fallback for c in CONSEQUENCES.values())
    assert not any(c.final and c.alert for c in CONSEQUENCES.values())


@given(
    st.builds(
        Evidence,
        day=st.just(FRIDAY),
        today=st.dates(FRIDAY - timedelta(days=2), FRIDAY + timedelta(days=9)),
        papers=st.frozensets(st.sampled_from(sorted(MANY))),
        expected=st.booleans(),
        failure=st.sampled_from([None, Verdict.FAILED, Verdict.CHANGED]),
        others=st.lists(st.dates(), max_size=3).map(tuple),
        lacks=st.sampled_from(["", "short"]),
        believed=st.booleans(),
        precedent=st.builds(
            Precedent,
            st.frozensets(st.sampled_from(sorted(MANY))),
            st.lists(st.integers(0, 60), max_size=28).map(tuple),
        ),
    )
)
def test_nothing_is_complete_without_papers_and_no_trouble_is_silent(e: Evidence):
    verdict, _ = judge(e)
    if verdict is Verdict.COMPLETE:
        assert e.papers
        assert e.failure is None
        assert not e.lacks
    if verdict is Verdict.EMPTY:
        assert not e.papers
        assert not e.expected
    if e.failure:
        assert not verdict.final
