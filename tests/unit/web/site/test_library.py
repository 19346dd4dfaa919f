"""What somebody brings along, and what they take away."""

import json

from hypothesis import given
from hypothesis import strategies as st
from site_world import PAPER

from digest.model import Paper
from digest.web.site.bibliography import bibtex, ris
from digest.web.site.library import learn

BIBTEX = r"""
@string{me = "Ada"}
@article{a2024, title = {{World} Models for {R}obot Learning}, author={A and B},
  eprint = {2406.01234}, keywords = {world models, robots}}
@inproceedings(b2023, title = "Diffusion Policies for Robot Learning", doi = {10.1000/182},
  keywords = "Robots; diffusion", url = {https://arxiv.org/abs/2303.04137v5})
@misc{c, title = {Nothing else}, doi = "10.48550/arXiv.2401.00001"}
"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:bib="http://purl.org/net/biblio#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<bib:Article rdf:about="http://arxiv.org/abs/2406.01234">
<dc:title>World Models for Robots</dc:title>
<dc:subject>world models</dc:subject></bib:Article>
<bib:Article rdf:about="#item_2"><dc:title>World Models for Games</dc:title>
<dc:subject>world models</dc:subject><dc:identifier>DOI 10.1000/182</dc:identifier></bib:Article>
<bib:Memo/></rdf:RDF>"""
CSV = (
    "Key,Title,Url,DOI,Extra,Manual Tags\n"
    'K,"World Models, Again",http://arxiv.org/abs/2406.01234,,,robots; agents\n'
    "L,World Models for All,,,arXiv:2401.00001 [cs],robots\n"
)
ORCID = json.dumps(
    {
        "group": [
            {
                "work-summary": [
                    {
                        "title": {"title": {"value": "World models of the sea"}},
                        "external-ids": {"external-id": [{"external-id-value": "2406.01234"}]},
                    }
                ]
            }
        ]
    }
)


def liked(text):
    return list(learn(text.encode()).liked)


def test_bibtex():
    learnt = learn(BIBTEX.encode())
    assert learnt.works == 3
    assert learnt.liked == ("arxiv:2406.01234", "arxiv:2303.04137", "arxiv:2401.00001")
    assert "robots" in learnt.topics
    assert "robot learning" in learnt.topics


def test_zotero_s_rdf():
    learnt = learn(RDF.encode())
    assert (learnt.works, learnt.liked) == (2, ("arxiv:2406.01234",))
    assert "world models" in learnt.topics


def test_csv_of_zotero_and_scholar():
    learnt = learn(CSV.encode())
    assert learnt.liked == ("arxiv:2406.01234", "arxiv:2401.00001")
    assert learnt.topics[0] in {"robots", "world models"}


def test_orcid_s_works():
    assert liked(ORCID) == ["arxiv:2406.01234"]


def test_numbers_as_they_are_pasted():
    text = "arXiv:2406.01234v3, https://arxiv.org/pdf/2401.00001\n\nhep-th/9901001 and 12345.678"
    assert liked(text) == ["arxiv:2406.01234", "arxiv:2401.00001", "arxiv:hep-th/9901001"]


def test_no_file_reads_files_or_grows():
    """No entity of an XML file is followed, none is multiplied."""
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">'
        '<!ENTITY b "&c;&c;&c;"><!ENTITY c "ccc">]>'
        "<x><y><title>&a; &b;</title></y></x>"
    )
    assert "root" not in str(learn(bomb.encode()))


@given(
    st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda t: f"@a{{{t}".encode()))
)
def test_junk_tells_nothing_and_breaks_nothing(content):
    learnt = learn(content)
    assert len(learnt.topics) <= 12


@given(st.text(), st.lists(st.text(max_size=20), max_size=3))
def test_what_is_taken_away_is_well_formed(title, authors):
    paper = Paper("doi:10.1/x", title, title, tuple(authors), "https://x.example/{}\\")
    entry = bibtex([paper, paper])
    assert _balanced(entry)
    assert len({line for line in entry.splitlines() if line.startswith("@")}) == 2
    for line in ris([paper]).splitlines():
        assert line[2:6] == "  - "


def test_bibtex_escapes_what_tex_would_act_upon():
    entry = bibtex([Paper("arxiv:1", r"50% of {x} & \input{/etc/passwd} $y_1$")])
    assert r"50\% of \{x\} \& \textbackslash{}input\{/etc/passwd\} \$y\_1\$" in entry


def test_what_is_saved_can_be_brought_back():
    assert learn(bibtex([PAPER]).encode()).liked == (PAPER.id,)


def _balanced(text):
    depth, escaped = 0, False
    for character in text:
        if not escaped:
            depth += {"{": 1, "}": -1}.get(character, 0)
        escaped = character == "\\" and not escaped
        assert depth >= 0
    return depth == 0
