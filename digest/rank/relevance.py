"""How relevant every paper of a corpus is to a topic written in free text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digest.rank.affinity import Neighbours, neighbours
from digest.rank.corpus import Corpus
from digest.rank.feedback import echo
from digest.rank.grasp import grasp, scale
from digest.rank.literal import Places
from digest.rank.parameters import DEFAULT, Parameters
from digest.rank.ragged import Floats
from digest.rank.space import Space
from digest.rank.terms import Terms
from digest.rank.tokens import asked
from digest.rank.vectors import Meanings, WordVectors
from digest.rank.views import Pairs, Stems, views


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each paper: named addends of the raw score, each (papers,)."""

    parts: Mapping[str, Floats]

    @property
    def raw(self) -> Floats:
        """Their sum."""
        return np.asarray(np.sum(list(self.parts.values()), axis=0), dtype=np.float32)


class Field:
    """A corpus worked out once a day, ready to be asked for any topic.

    Statistics come from history and pool together, so a score means the same on a full day and
    on a thin one. `table` is the optional word vectors.
    """

    def __init__(
        self, corpus: Corpus, table: WordVectors | None = None, parameters: Parameters = DEFAULT
    ) -> None:
        self.corpus, self.parameters = corpus, parameters
        self.stems = Stems(corpus, parameters)
        self.pairs = Pairs(corpus, parameters)
        self.views = views(corpus, self.stems, self.pairs, parameters)
        self.told = np.bincount(corpus.paper, minlength=len(corpus)) > 0
        """Which papers have any words: of others nothing can be said."""
        self.places = Places(corpus)
        self.space = Space(corpus, parameters)
        self.meanings = Meanings(corpus, table) if table is not None else None
        self.terms = Terms(corpus, table) if table is not None else None
        self.company: Neighbours = neighbours(self.space, self.meanings, parameters)

    def evidence(self, topic: str) -> Evidence:
        """The whole sum for one topic."""
        if not len(self.corpus):
            return Evidence({"stems": np.zeros(0, dtype=np.float32)})
        topic, p = asked(topic), self.parameters
        standing = self.places.standing(topic)
        doubt = p.trust_semantics / (p.trust_semantics + standing.papers)
        parts = {
            **self._words(topic),
            "literal": standing.score(p),
            **{name: part * doubt for name, part in self._meaning(topic).items()},
        }
        raw = Evidence(parts).raw
        trust = p.trust_neighbours / (p.trust_neighbours + standing.papers)
        parts["company"] = self._company(raw) * trust
        raw = raw + parts["company"]
        parts["feedback"] = p.feedback * standard(echo(raw, self.space.tfidf, p.examples))
        # What nobody else writes about is not quiet to a paper that holds it word for word.
        heard = np.where(standing.held == 1, 1, grasp(topic, raw, self.stems, p))
        sure = self.told * heard * scale(raw, p)
        return Evidence({name: np.asarray(part * sure) for name, part in parts.items()})

    def raw(self, topics: Sequence[str]) -> Floats:
        """The raw scores of several topics: (topics, papers)."""
        return np.array([self.evidence(topic).raw for topic in topics], dtype=np.float32)

    def _words(self, topic: str) -> dict[str, Floats]:
        """The views' scores, in standard deviations of their sum."""
        scores = {
            name: weight * view.index.scores(view.query(topic))
            for name, (weight, view) in self.views.items()
        }
        total = np.sum(list(scores.values()), axis=0, dtype=np.float32)
        deviation = max(float(total.std()), 1e-6)
        return {name: (part - part.mean()) / deviation for name, part in scores.items()}

    def _meaning(self, topic: str) -> dict[str, Floats]:
        p, near = self.parameters, self.space.papers @ self.space.query(topic)
        if self.meanings is None or self.terms is None:
            return {"latent": p.latent * p.widen * standard(near)}
        best = self.meanings.best_sentence(self.meanings.query(topic))
        return {
            "latent": p.latent * standard(near),
            "terms": p.terms * standard(self.terms.nearness(topic)),
            "sentence": p.sentence * standard(best),
        }

    def _company(self, raw: Floats) -> Floats:
        """What neighbours on the topic add: the best vouched paper gains a share of the top."""
        sure = np.maximum(raw - self.parameters.threshold, 0)
        voice = self.company.mean(sure)
        top = voice.max(initial=0)
        if not top:
            return voice
        return np.asarray(voice / top * sure.max() * self.parameters.vouching, dtype=np.float32)


def standard(scores: Floats) -> Floats:
    """Scores in standard deviations from the corpus's mean; all 0 where they do not differ."""
    deviation = float(scores.std()) if len(scores) else 0.0
    if deviation < 1e-6:
        return np.zeros_like(scores)
    return np.asarray((scores - scores.mean()) / deviation, dtype=np.float32)
