import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Paper
from digest.rank.corpus import Corpus
from digest.rank.parameters import DEFAULT
from digest.rank.relevance import Field
from digest.rank.views import Stems


def raw(papers, topic, table=None):
    field = Field(Corpus.of(papers), table)
    return dict(zip(field.corpus.ids, field.evidence(topic).raw.tolist(), strict=True))


@pytest.mark.parametrize(
    ("topic", "subject"),
    [
        ("diffusion models", 0),
        ("graph neural network", 1),
        ("robot grasping", 2),
        ("recognising speech", 3),
        ("formal proofs", 4),
    ],
)
def test_the_papers_of_a_subject_come_first(papers, table, topic, subject):
    scores = raw(papers, topic, table)
    best = sorted(scores, key=lambda id_: -scores[id_])[:10]
    assert {int(id_[-4:]) % 5 for id_ in best} == {subject}


@given(order=st.permutations(range(20)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_papers_does_not_matter(papers, order):
    some = papers[:20]
    assert raw([some[i] for i in order], "graph networks") == raw(some, "graph networks")


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_topic_has_finite_scores(papers, topic):
    assert np.isfinite(list(raw(papers[:15], topic).values())).all()


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=120)), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_papers_have_finite_scores(texts):
    papers = [Paper(str(n), title, abstract) for n, (title, abstract) in enumerate(texts)]
    scores = raw(papers, "graph neural networks")
    assert np.isfinite(list(scores.values())).all()


@pytest.mark.parametrize(
    "topic",
    ["", "😀🚀", "a", "the of and", "graph " * 500, "x" * 4000, "\x00\ud7ff<script>", "((((,,"],
)
def test_hostile_topics(papers, table, topic):
    assert np.isfinite(list(raw(papers, topic, table).values())).all()


def test_a_topic_that_nobody_writes_about_stays_below_the_floor(papers, table):
    assert max(raw(papers, "medieval pottery glazing", table).values()) < DEFAULT.midpoint
    assert max(raw(papers, "😀", table).values()) < DEFAULT.midpoint


def test_a_paper_without_words_has_no_relevance(papers, table):
    scores = raw([*papers, Paper("empty", "", "…")], "diffusion models", table)
    assert scores["empty"] == 0


def test_topics_in_chinese_japanese_and_arabic(papers, table):
    foreign = [
        Paper("zh", "用于视频生成的扩散模型", "我们研究扩散模型。"),
        Paper("ja", "動画生成のための拡散モデル", "拡散モデルを研究する。"),
        Paper("ar", "نماذج الانتشار لتوليد الفيديو", "ندرس نماذج الانتشار."),
    ]
    for topic, id_ in (("扩散模型", "zh"), ("拡散モデル", "ja"), ("نموذج الانتشار", "ar")):
        scores = raw([*papers, *foreign], topic, table)
        assert max(scores, key=scores.__getitem__) == id_


@given(
    filler=st.lists(
        st.sampled_from("alpha beta gamma delta epsilon".split()), min_size=6, max_size=9
    ),
    places=st.lists(st.integers(0, 5), unique=True, max_size=5),
    more=st.integers(0, 5),
)
@settings(deadline=None)
def test_more_matching_words_never_lower_the_score_of_words(papers, filler, places, more):
    """The same text, with more of its places taken by a word of the topic."""

    def score(taken):
        text = ["graph" if i in taken else word for i, word in enumerate(filler)]
        stems = Stems(Corpus.of([*papers, Paper("~", "", " ".join(text))]), DEFAULT)
        addends = stems.index.addends(stems.query("graph"), len(papers))
        return sum(addends.values()) / float(
            stems.index.rarity[stems.index.rows(stems.query("graph"))[0][0]]
        )

    assert score({*places, more}) >= score(set(places)) - 1e-5


def test_the_sum_is_the_sum_of_its_parts(papers, table):
    evidence = Field(Corpus.of(papers), table).evidence("graph neural networks")
    assert np.allclose(evidence.raw, sum(evidence.parts.values()), atol=1e-4)


def test_an_ingredient_of_weight_nothing_adds_nothing(papers):
    parameters = replace(DEFAULT, letters=0, latent=0, feedback=0, vouching=0)
    parts = Field(Corpus.of(papers), None, parameters).evidence("graph networks").parts
    assert "letters" not in parts
    assert not any(parts[name].any() for name in ("latent", "feedback", "company"))


PROGRAM = """
from example_papers import corpus
from digest.rank.corpus import Corpus
from digest.rank.relevance import Field
print(Field(Corpus.of(corpus())).evidence("graph neural networks").raw.tobytes().hex())
"""


def test_two_processes_agree_to_the_bit():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
