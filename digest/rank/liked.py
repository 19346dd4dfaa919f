"""Relevance from liked papers: nearness to them, and what sets them apart from all others."""

from collections.abc import Iterable, Mapping

import numpy as np

from digest.rank.feedback import centre, leaders
from digest.rank.parameters import Parameters
from digest.rank.ragged import Floats, Ints
from digest.rank.relevance import Evidence, Field, standard


class Likes:
    """A field's papers, factorised once a day for everybody.

    Ridge regression on the dense vectors, unliked papers counting as 0: with A = VᵀV + λI, a
    reader costs two products. `field` is shared with the topics.
    """

    def __init__(self, field: Field) -> None:
        self._field, p = field, field.parameters
        self._near = self._points(p.liked_latent, p.liked_vectors)
        vectors = self._points(p.kin_latent, p.kin_vectors)
        self._vectors = vectors - vectors.mean(0)
        gram = self._vectors.T @ self._vectors + p.ridge * np.eye(vectors.shape[1])
        self._solved = np.linalg.solve(gram, self._vectors.T).astype(np.float32)

    def evidence(self, opinions: Mapping[str, float]) -> Evidence:
        """What speaks for each paper, given opinions by paper id: above 0 liked, below disliked.

        Unknown papers are passed over; without a known liked one nothing speaks for any paper.
        """
        p, rows = self._field.parameters, self._field.corpus.rows(opinions)
        known = set(self._field.corpus.ids)
        weights = np.array([w for id_, w in opinions.items() if id_ in known], dtype=np.float32)
        if not (weights > 0).any():
            return Evidence({"near": np.zeros(len(known), dtype=np.float32)})
        weights = np.where(weights < 0, p.disliked * weights, weights) / weights[weights > 0].sum()
        parts = {
            "near": standard(self._nearness(rows, weights)),
            "contrast": p.contrast * standard(self._regression(rows, weights)),
        }
        parts["feedback"] = p.liked_feedback * self._echo(Evidence(parts).raw, rows)
        return Evidence(parts)

    def _points(self, latent: float, vectors: float) -> Floats:
        parts = [self._field.space.fine * np.sqrt(latent)]
        if self._field.meanings is not None:
            parts.append(self._field.meanings.centred * np.sqrt(vectors))
        return np.asarray(np.hstack(parts), dtype=np.float32)

    def _nearness(self, rows: Ints, weights: Floats) -> Floats:
        words = self._field.space.tfidf.times_vector(centre(self._field.space.tfidf, rows, weights))
        return np.asarray(words + self._near @ (weights @ self._near[rows]), dtype=np.float32)

    def _regression(self, rows: Ints, weights: Floats) -> Floats:
        return np.asarray(weights @ self._vectors[rows] @ self._solved, dtype=np.float32)

    def _echo(self, raw: Floats, opined: Ints) -> Floats:
        fresh = raw.copy()
        fresh[opined] = -np.inf
        best = leaders(fresh, self._field.parameters.examples)
        even = np.full(len(best), 1 / max(len(best), 1), dtype=np.float32)
        return standard(self._nearness(best, even))


def weights(said: Iterable[tuple[str, float, float]], p: Parameters) -> dict[str, float]:
    """What opinions weigh by now: (paper, 1 for liked or -1 for disliked, its age in days).

    Of several on one paper the youngest counts.
    """
    eldest_first = sorted(said, key=lambda opinion: (-opinion[2], opinion))
    return {paper: sign * fading(age, p.half_life) for paper, sign, age in eldest_first}


def fading(age_days: float, half_life: float) -> float:
    """What an opinion still weighs after so many days."""
    return float(0.5 ** (max(age_days, 0.0) / half_life))
