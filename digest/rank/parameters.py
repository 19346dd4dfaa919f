"""Every number of the selection that was chosen, not derived: its meaning, and what set it.

"Worth" is the change of mean nDCG@10 when the ingredient is left out, over the collections of its
kind, measured by `python -m benchmarks.selection`; the table stands in docs/selection.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameters:
    """The selection's settings; the defaults are the product."""

    # --- BM25F, one formula for every cut of the text -------------------------------------------
    title: float = 4.0
    """A token in the title counts as often as this many in the abstract. 2 to 6 are alike."""
    saturation: float = 1.2
    """k1: how late another occurrence of a token stops counting. 0.8 to 2 are alike."""
    title_length: float = 0.2
    """b of the title: how much a long title is held against it."""
    abstract_length: float = 0.75
    """b of the abstract."""

    # --- Evidence, each in standard deviations over the corpus ----------------------------------
    stems: float = 1.0
    """Words of the topic, whatever their ending: the measure of all other weights."""
    surface: float = 0.4
    """Words as they are written."""
    letters: float = 0.08
    """Letter groups, which join "optimisation" to "optimizer"."""
    pairs: float = 0.25
    """Two words of the topic near each other."""
    reach: int = 3
    """How many words apart two words are still a pair."""
    latent: float = 0.4
    """Nearness in the corpus's own latent space."""
    terms: float = 1.0
    """Nearness of the paper's words to each of the topic's. 0.6 to 1.2 are alike. Only with the
    optional vectors."""
    sentence: float = 0.5
    """Nearness of the paper's best sentence to the topic. Only with the optional vectors."""
    widen: float = 1.5
    """Factor on `latent` when there are no word vectors to share its work."""

    # --- Where the topic stands word for word ---------------------------------------------------
    literal: float = 2.0
    """For holding the topic word for word: keywords are given by such holding."""
    literal_title: float = 1.5
    """For holding it in the title, on top."""
    literal_again: float = 0.3
    """For each of the first three times that the abstract holds it, on top."""
    trust_semantics: float = 10.0
    """Nearness counts half when this many papers hold the topic word for word."""
    trust_neighbours: float = 5.0
    """Neighbours count half when this many papers hold the topic word for word."""

    # --- Topics that the corpus hardly speaks of ------------------------------------------------
    enough: float = 0.4
    """Share of a short topic's words, by rarity, that its best papers must hold. Topics of one
    collection asked of another then reach the floor seldom, and `pooled` loses 0.002."""
    strictness: float = 3.0
    """Power by which all evidence shrinks below that share."""

    # --- Company --------------------------------------------------------------------------------
    dimensions: int = 128
    """Of the latent space: what liked papers are compared by."""
    topical: int = 64
    """Of these, the strongest, which topics and neighbours go by: more would follow words."""
    kin_latent: float = 1.0
    """Latent nearness in the affinity of two papers, where tf-idf cosine counts 1."""
    kin_vectors: float = 0.5
    """Nearness of word vectors in the affinity of two papers."""
    neighbours: int = 20
    """How many nearest papers vouch for a paper."""
    sharpness: float = 3.0
    """Power of the affinity by which a neighbour's voice is weighed."""
    vouching: float = 0.5
    """The best vouched paper gains this share of the best score; 0 turns smoothing off."""
    threshold: float = 1.0
    """Standard deviations that a paper must be on topic to vouch for another."""
    examples: int = 5
    """Best papers whose words make a second query (pseudo relevance feedback)."""
    feedback: float = 0.9
    """Weight of that second query."""

    # --- Liked papers ---------------------------------------------------------------------------
    liked_latent: float = 2.0
    """Latent nearness to the liked papers, where tf-idf cosine counts 1."""
    liked_vectors: float = 1.0
    """Nearness of word vectors to the liked papers."""
    contrast: float = 0.3
    """Weight of the regression that tells liked papers from all others."""
    ridge: float = 10.0
    """Its penalty: larger asks for more liked papers before it dares to differ."""
    disliked: float = 0.5
    """What a paper marked "not for me" weighs against a liked one. By judgement."""
    half_life: float = 180.0
    """Days after which a liked paper counts half. By judgement: no collection tells."""
    liked_feedback: float = 0.3
    """Weight of the second query made of the best papers."""

    # --- From raw score to relevance ------------------------------------------------------------
    midpoint: float = 5.0
    """Raw score of a paper that is as likely on topic as not."""
    spread: float = 2.5
    """Raw score that multiplies the odds of being on topic by e."""
    liked_midpoint: float = 2.3
    """The same for liked papers."""
    liked_spread: float = 1.0
    """The same for liked papers."""

    # --- Trend and choice -----------------------------------------------------------------------
    haste: float = 0.3
    """How much votes count less that took longer: ln(1 + votes) - haste · ln(hours)."""
    lift: float = 0.8
    """Relevance gains this share for the most voted paper. Beat adding, gating and rank fusion."""
    floor: float = 0.65
    """Relevance below which a paper is not worth a place."""
    broader: float = 2.0
    """Papers on a topic are this many times those that hold all its words: others say it in other
    words. 1 to 3 are alike; more pads more."""
    lacking: float = 16.0
    """Logarithm of the odds that a paper beyond so many needs on top for holding no word of the
    topic. Eight collections of short topics: with one floor for all, precision was 0.216 and recall
    0.660; with this 0.244 and 0.569, and fewer chance matches that a reader would laugh at."""
    surprising: float = 0.8
    """Place by votes that a paper outside a reader's topics needs for the serendipity slot. By
    judgement: of thirty papers, the six most voted."""
    rest: int = 30
    """Days after which what was sent may trend anew. By judgement."""
    rising: float = 0.9
    """Place by votes that it then needs. By judgement: of thirty papers, the three most voted."""
    gain: float = 1.0
    """Votes it must have gained since, as a share of those it had. By judgement: papers double
    theirs within a month of the first day, so later doubling is news."""
    revised: float = 0.5
    """Share of the abstract's word triples, or of the title's words, that a new version must change
    to be a major revision. Half is a third of an abstract written
    anew in one piece. By judgement: the one recorded replacement whose earlier text is recorded too
    changed nothing, and abstracts of different works are 0.94 apart or more."""
    alike: float = 0.9
    """tf-idf cosine from which two papers are the same work, listed twice."""
    near: float = 0.5
    """Share of the odds needed for a place from which a paper is a near miss. By judgement: at the
    floor of 0.65 it is a relevance of 0.48, what is as likely off topic as on it."""
    depth: int = 24
    """Best papers of each topic that a reader's choice is made from."""

    @property
    def least(self) -> float:
        """A score below that of whatever is worth a place, even in steps of 1/255."""
        return max(self.floor - 0.01, 0) / (1 + self.lift)


DEFAULT = Parameters()
