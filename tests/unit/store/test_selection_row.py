"""A row gives back the selection that it was made of, in few bytes."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Choice, Mood, Reason, ReasonKind, Selection
from digest.store.selection_row import Names, Numbers, named, pack, papers, unpack

DAY = date(2026, 8, 20)
STEP = st.integers(0, 255).map(lambda n: n / 255)
TOPICS = ["rl", "cat:cs.LG", "author:Ada", "diffusion models", '"world model"']
REASON = st.builds(Reason, st.just(ReasonKind.TOPIC), st.sampled_from(TOPICS), STEP)


@st.composite
def selections(draw):
    ids = draw(st.lists(st.integers(1, 2**31), unique=True, max_size=30))
    mood = draw(st.sampled_from([Mood.ON_TOPIC, Mood.QUIET]))
    choices = []
    for id_ in ids:
        told = draw(st.lists(REASON, max_size=2, unique_by=lambda reason: reason.label))
        rising = draw(STEP)
        relevance = told[0].value if told else draw(STEP)
        score = rising if mood is Mood.QUIET else relevance * (1 + 0.8 * rising) / 1.8
        votes = Reason(ReasonKind.VOTES, "", rising)
        choices.append(Choice(f"arxiv:{id_}", score, relevance, rising, (*told, votes)))
    at = datetime.combine(DAY, time(), UTC) + timedelta(seconds=draw(st.integers(-9000, 10**8)))
    return Selection("a@x.example", DAY, tuple(choices), mood, draw(st.integers(0, 10**6)), at)


def numbers(selection):
    ids = {choice.paper: int(choice.paper[6:]) for choice in selection.choices}
    return Numbers(ids, {name: n * 200 + 1 for n, name in enumerate(named(selection))})


@given(selections())
def test_a_row_gives_back_its_selection(selection):
    to = numbers(selection)
    row = pack(selection, to)
    back = Names({n: p for p, n in to.papers.items()}, {n: r for r, n in to.reasons.items()})
    again = unpack(row, selection.address, selection.day, back)
    assert papers(row) == list(to.papers.values())
    assert [c.paper for c in again.choices] == [c.paper for c in selection.choices]
    assert (again.mood, again.considered, again.at) == (
        selection.mood,
        selection.considered,
        selection.at,
    )
    for mine, theirs in zip(again.choices, selection.choices, strict=True):
        assert mine.relevance == theirs.relevance
        assert mine.trending == theirs.trending
        assert abs(mine.score - theirs.score) < 1e-9
        assert mine.reasons == theirs.reasons


def test_ten_papers_take_sixty_bytes_at_most():
    choices = tuple(
        Choice(
            f"arxiv:{9000 + n * 37 % 300}",
            0.5,
            0.4,
            0.2,
            (Reason(ReasonKind.TOPIC, TOPICS[n % 3], 0.4),),
        )
        for n in range(10)
    )
    at = datetime.combine(DAY, time(), UTC) + timedelta(days=1, seconds=300)
    selection = Selection("a@x.example", DAY, choices, considered=800, at=at)
    to = numbers(selection)
    assert len(pack(selection, to)) <= 60
