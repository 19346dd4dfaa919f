import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rank.tokens import asked, content, grams, phrases, sentences, stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plug-and-Play", ["plug", "and", "play"]),
        ("ﬁne-tuning ＬＬＭ", ["fine", "tuning", "llm"]),
        ("扩散模型", ["扩散", "散模", "模型"]),
        ("拡散モデルと言語", ["拡散", "散モ", "モデ", "デル", "ルと", "と言", "言語"]),
        ("图", ["图"]),
        ("GPT模型", ["gpt", "模型"]),
        ("التَّعَلُّم العميق", ["التعلم", "العميق"]),
        ("대규모 언어 모델", ["대규모", "언어", "모델"]),
        ("😀 🚀", []),
        ("", []),
    ],
)
def test_words_of_many_scripts(text, expected):
    assert words(text) == expected


def test_a_topic_of_function_words_keeps_them():
    assert content("to be or not to be") == ["to", "be", "or", "not", "to", "be"]
    assert content("the models of the world") == ["models", "world"]


def test_phrases_of_a_topic():
    assert phrases("Planning and Search (Robots)") == [["plan"], ["search"], ["robot"]]
    assert phrases("2D/3D vision, tracking") == [["2d"], ["3d", "vision"], ["track"]]


def test_what_stands_in_brackets_counts_half():
    assert asked("planning (robots)").split() == ["planning", "(robots);", "planning"]
    assert asked("planning, robots") == "planning, robots"
    assert asked("(robots)") == "(robots)"


def test_letter_groups_join_endings():
    shared = set(grams("optimisation")) & set(grams("optimizer"))
    assert {"_opt", "opti", "ptim"} <= shared
    assert grams("a") == ["_a_"]


def test_sentences():
    assert sentences("One. Two? Three") == ["One.", "Two?", "Three"]


@given(st.text())
def test_any_text_can_be_cut(text):
    for word in words(text):
        assert word
        assert stem(word) is not None
        assert all(grams(word))
    phrases(text)
    sentences(text)
