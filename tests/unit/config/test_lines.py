"""Lines of TOML keys: for every document the same paths as tomllib reads, each on its line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.lines import lines_of

CASES = """\
# comment = "no key"
a = 1
b.c = "x # no comment"
"d.e" = 'y = z'

[table] # [no table]
f = [ # first
  1, [2,
  3], {g = "]", h.i = '}'},
]
j = \"\"\"
k = "in a string"
[no.table]
quotes: \\\"\"\" and
\"\"\"\"\"
l = '''
''m = 1'''''

[[list]]
n = 1979-05-27 07:32:00
[list.inner]
o = true
[[list]]
p = {}
q = {r = [{s = 1}, {s = 2}]}
[[list.deep]]
t = 1
[[list.deep]]
[list.deep.er]
u = -inf
"""
WANTED = {
    ("a",): 2,
    ("b", "c"): 3,
    ("d.e",): 4,
    ("table",): 6,
    ("table", "f"): 7,
    ("table", "f", 0): 8,
    ("table", "f", 1, 1): 9,
    ("table", "f", 2, "h", "i"): 9,
    ("table", "j"): 11,
    ("table", "l"): 16,
    ("list", 0): 19,
    ("list", 0, "n"): 20,
    ("list", 0, "inner", "o"): 22,
    ("list", 1, "q", "r", 1, "s"): 25,
    ("list", 1, "deep", 1): 28,
    ("list", 1, "deep", 1, "er", "u"): 30,
}


def paths(node, above=()):
    """Every path of a document that tomllib read."""
    if isinstance(node, dict):
        items = list(node.items())
    elif isinstance(node, list):
        items = list(enumerate(node))
    else:
        return
    for name, value in items:
        yield (*above, name)
        yield from paths(value, (*above, name))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_each_key_of_a_thorny_document_is_found_on_its_line(newline):
    text = CASES.replace("\n", newline)
    found = lines_of(text)
    assert set(found) == set(paths(tomllib.loads(text)))
    assert {path: found[path] for path in WANTED} == WANTED


scalars = st.one_of(
    st.integers(-9, 9).map(str),
    st.sampled_from(["true", "1.5", "07:30:00", "2026-08-21", "1e3", "nan", "0xff"]),
    st.text(st.sampled_from("a\"'#[]{}=,.\\")).map(
        lambda s: '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.text(st.sampled_from('a"#[]{}=,.\\')).map(lambda s: f"'{s}'"),
    st.text(st.sampled_from("a#[]{}=,.'\n ")).map(lambda s: f'"""{s}"""'),
    st.text(st.sampled_from('a#[]{}=,."\\\n ')).map(lambda s: f"'''{s}'''"),
)
keys = st.sampled_from(["a", "b-c", "1", '"q.r"', "'s = t'", '"]#"', '"\\u00e9"', "''"])
gaps = st.sampled_from(["", " ", "\n", " # [x] = 1\n", "\n\n  "])


@st.composite
def inline(draw, values):
    names = draw(st.lists(keys, max_size=3, unique=True))
    return "{" + ", ".join(f"{name} = {draw(values)}" for name in names) + "}"


@st.composite
def array(draw, values):
    items = draw(st.lists(values, max_size=3))
    return "[" + ",".join(draw(gaps) + item + draw(gaps) for item in items) + draw(gaps) + "]"


values = st.recursive(scalars, lambda inner: inline(inner) | array(inner), max_leaves=6)


@st.composite
def documents(draw):
    """Lines that are nearly always TOML: keys, headers of tables and of arrays of tables."""
    lines = []
    for number in range(draw(st.integers(0, 8))):
        names = ".".join(draw(st.lists(keys, min_size=1, max_size=2)))
        line = draw(
            st.sampled_from(
                [f"k{number} = {{}}", f"[h{number}.{names}]", "[[l]]", f"[[l.{names}]]"]
            )
        )
        lines.append(line.replace("{}", draw(values)) if " = {}" in line else line)
        lines.append(draw(gaps).rstrip(" "))
    return "\n".join(lines)


@given(documents())
def test_lines_are_found_for_exactly_the_keys_that_tomllib_reads(text):
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = lines_of(text)
    assert set(found) == set(paths(data))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


@given(st.text(st.sampled_from("ab.=[]{}\"'\\#\n ,1")))
def test_whatever_tomllib_accepts_is_scanned(text):
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(lines_of(text)) == set(paths(data))
