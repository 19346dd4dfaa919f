"""TeX commands and the characters that stand for them."""

import re

GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho"
        " varsigma sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma"
        " Upsilon Phi Psi Omega".split(),
        "αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        strict=True,
    )
)

_PAIRS = (
    "varepsilon:ε vartheta:ϑ varphi:φ varrho:ϱ varpi:ϖ ell:ℓ hbar:ℏ partial:∂ nabla:∇"
    " infty:∞ emptyset:∅ varnothing:∅ forall:∀ exists:∃ nexists:∄ neg:¬ lnot:¬ top:⊤ bot:⊥"
    " aleph:ℵ Re:ℜ Im:ℑ wp:℘ angle:∠ triangle:△ square:□ Box:□ diamond:⋄ star:⋆ bullet:•"
    " checkmark:✓ dagger:† ddagger:‡ S:§ P:¶ copyright:© pounds:£ euro:€ degree:° prime:′"
    " times:× div:÷ cdot:· ast:∗ pm:± mp:∓ circ:∘ oplus:⊕ ominus:⊖ otimes:⊗ odot:⊙ cup:∪"
    " cap:∩ setminus:∖ wedge:∧ land:∧ vee:∨ lor:∨ amalg:⨿ sqcup:⊔ sqcap:⊓"
    " leq:≤ le:≤ geq:≥ ge:≥ neq:≠ ne:≠ ll:≪ gg:≫ approx:≈ sim:∼ simeq:≃ cong:≅ equiv:≡"
    " propto:∝ prec:≺ succ:≻ preceq:⪯ succeq:⪰ subset:⊂ subseteq:⊆ supset:⊃ supseteq:⊇"
    " in:∈ notin:∉ ni:∋ mid:| parallel:∥ perp:⊥ models:⊨ vdash:⊢ leqslant:⩽ geqslant:⩾"
    " lesssim:≲ gtrsim:≳ triangleq:≜ asymp:≍ doteq:≐"
    " to:→ rightarrow:→ leftarrow:← gets:← leftrightarrow:↔ Rightarrow:⇒ Leftarrow:⇐"
    " Leftrightarrow:⇔ iff:⇔ implies:⇒ longrightarrow:⟶ mapsto:↦ uparrow:↑ downarrow:↓"
    " hookrightarrow:↪ rightharpoonup:⇀ nearrow:↗ searrow:↘"
    " sum:∑ prod:∏ coprod:∐ int:∫ iint:∬ oint:∮ bigcup:⋃ bigcap:⋂ bigoplus:⨁ bigotimes:⨂"
    " ldots:… dots:… cdots:⋯ vdots:⋮ ddots:⋱ langle:⟨ rangle:⟩ lfloor:⌊ rfloor:⌋ lceil:⌈"
    " rceil:⌉ lbrace:{ rbrace:} lvert:| rvert:| lVert:‖ rVert:‖ vert:| Vert:‖ |:‖"
    " ss:ß ae:æ AE:Æ oe:œ OE:Œ o:ø O:Ø aa:å AA:Å l:ł L:Ł i:ı j:ȷ LaTeX:LaTeX TeX:TeX"
    " eg:e.g. ie:i.e."
    " textgreater:> textless:< textasciitilde:~ textbackslash:\\ textbar:|"
    " textendash:– textemdash:— textregistered:® texttrademark:™ textmu:µ textdegree:°"
)
SYMBOLS = GREEK | {name: sign for name, _, sign in (pair.partition(":") for pair in _PAIRS.split())}
"""Commands that stand for one character."""

OPERATORS = frozenset(
    "log ln exp sin cos tan sinh cosh tanh arg max min sup inf lim det dim ker deg gcd Pr"
    " argmax argmin softmax hom mod bmod".split()
)
"""Names that are printed as they are."""

WRAPPERS = frozenset(
    "emph text textit textbf textsc textrm textsf texttt textnormal textup textmd textsl underline"
    " mathrm mathit mathbf mathsf mathtt mathcal mathscr mathfrak mathnormal boldsymbol bm pmb"
    " operatorname mbox hbox ensuremath mathop mathbin mathrel uppercase url uline".split()
)
"""Commands whose argument is printed and whose effect is not."""

SPACES = {
    ",": " ", ";": " ", ":": " ", " ": " ", "!": "", "/": "", "quad": " ", "qquad": "  ",
    "left": "", "right": "", "big": "", "Big": "", "bigg": "", "Bigg": "", "bigl": "", "bigr": "",
    "displaystyle": "", "textstyle": "", "limits": "", "nolimits": "", "xspace": "", "em": "",
    "bf": "", "it": "", "rm": "", "sc": "", "tt": "", "\\": " ", "-": "", "newline": " ",
}  # fmt: skip
"""Commands that are space, or nothing."""

ESCAPES = frozenset("%&_#${}")

ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "^": "\u0302", "tilde": "\u0303", "widetilde": "\u0303",
    "~": "\u0303", "bar": "\u0304", "overline": "\u0304", "=": "\u0304", "vec": "\u20d7",
    "dot": "\u0307", ".": "\u0307", "ddot": "\u0308", '"': "\u0308", "acute": "\u0301",
    "'": "\u0301", "grave": "\u0300", "`": "\u0300", "check": "\u030c", "v": "\u030c",
    "breve": "\u0306", "u": "\u0306", "mathring": "\u030a", "r": "\u030a", "c": "\u0327",
    "k": "\u0328", "H": "\u030b", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
"""Accent commands and their combining characters."""

BLACKBOARD = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
"""The blackboard letters that ordinary fonts have."""

ABOVE = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ∘′∗* ⊤",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡ°′** ᵀ",
        strict=True,
    )
)
BELOW = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ ",
        strict=True,
    )
)
"""Characters and their superscript or subscript forms."""

COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
