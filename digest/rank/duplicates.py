"""The same work listed twice: folded into one paper before anybody chooses."""

from collections.abc import Iterable, Mapping

from digest.model import Paper
from digest.rank.parameters import Parameters
from digest.rank.ragged import Rows
from digest.rank.tokens import words


def folded(
    pool: Iterable[Paper], ids: tuple[str, ...], tfidf: Rows, p: Parameters
) -> dict[str, str]:
    """Each paper's id → the id that stands for its work: most votes, then the least id."""
    papers = {paper.id: paper for paper in pool}
    leader = {id_: id_ for id_ in papers}
    for one, two in _pairs(papers, ids, tfidf, p.alike):
        first, second = sorted((leader[one], leader[two]), key=lambda i: _order(papers[i]))
        for id_, current in leader.items():
            if current == second:
                leader[id_] = first
    return leader


def _order(paper: Paper) -> tuple[int, str]:
    return -(paper.upvotes or 0), paper.id


def _pairs(
    papers: Mapping[str, Paper], ids: tuple[str, ...], tfidf: Rows, alike: float
) -> Iterable[tuple[str, str]]:
    """Pairs with one title, or with texts nearer than `alike`."""
    titles: dict[str, str] = {}
    for id_ in sorted(papers):
        title = " ".join(words(papers[id_].title))
        if title and titles.setdefault(title, id_) != id_:
            yield titles[title], id_
    for row, id_ in enumerate(ids):
        if id_ not in papers or not papers[id_].abstract:
            continue
        cosines = tfidf.times_vector(tfidf.dense_row(row))
        for other in (cosines[:row] >= alike).nonzero()[0]:
            if ids[other] in papers and papers[ids[other]].abstract:
                yield ids[other], id_
