import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.mathematics import readable


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        (r"$\mathcal{O}(n^2)$ in $O(n \log n)$", "O(n²) in O(n log n)"),
        (r"The \emph{best} of \textsc{Foo}", "The best of Foo"),
        (r"$\tau^2$-bench, $\ell_2$, $90^\circ$", "τ²-bench, ℓ₂, 90°"),
        (r"$\frac{x+1}{\sqrt{d_k}}$", "(x+1)/(√dₖ)"),
        (r"$\hat{x}_{t-1} \sim \mathcal{N}(0, \sigma^2 I)$", "x̂ₜ₋₁ ∼ N(0, σ² I)"),
        (r"$\pi_{0.5}$ and $A^\top$", "π_0.5 and Aᵀ"),
        (r"$e^{-\lambda t}$", "e^(−λ t)"),
        (r"$\mathbb{R}^d$, $\|x\|_2 \leq 1$", "ℝᵈ, ‖x‖₂ ≤ 1"),
        (r"95\% of G\"odel, Erd\H{o}s, Fran\c{c}ois", "95% of Gödel, Erdős, François"),
        ("``quoted'' words", "“quoted” words"),
        (r"$k$NN and $p < 0.05$", "kNN and p < 0.05"),
    ],
)
def test_tex_becomes_unicode(written, printed):
    assert readable(written) == printed


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("VLM^2-Bench", "VLM²-Bench"),
        ("FaSTA^*", "FaSTA*"),
        ("nabla^2DFT", "∇²DFT"),
        ("tau^2-bench", "τ²-bench"),
        ("2.4times faster at 1920times1080", "2.4× faster at 1920×1080"),
        ("Size 2^{128}", "Size 2¹²⁸"),
        (r"Network\\ for", "Network  for"),
    ],
)
def test_tex_that_sources_damaged_is_mended(written, printed):
    assert readable(written) == printed


@pytest.mark.parametrize(
    "written",
    [
        "costs $5 and $10",
        "$1 Million from $60 GPUs",
        r"$\begin{pmatrix} a & b \end{pmatrix}$",
        r"\unknown{this}",
        r"C:\path\to\file",
        "pass^k and a_b",
        "sometimes, many times",
        "f{x} and {GPT}",
        "$" * 40,
        "\\",
        "{" * 60,
    ],
)
def test_what_cannot_be_converted_stays_as_it_was(written):
    assert readable(written) == written


@given(st.text(st.sampled_from("$\\{}^_`'abx1 frcqt"), max_size=60))
def test_no_input_raises(text):
    assert isinstance(readable(text), str)


@given(
    st.text(max_size=60).filter(lambda text: not set(text) & set("$\\^_`") and "times" not in text)
)
def test_text_without_tex_is_untouched(text):
    assert readable(text) == text
