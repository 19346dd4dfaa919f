"""Every example's mail is as it was reviewed; `pytest --update-golden` writes it anew."""

from pathlib import Path

import pytest

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.fixture
def files(edition):
    head = edition.message.content.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")
    return {"header.txt": f"{head}\n", "digest.txt": edition.text, "digest.html": edition.html}


def test_mail_is_as_reviewed(request, files, tmp_path):
    folder = GOLDEN / request.node.callspec.params["edition"]
    if request.config.getoption("--update-golden"):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
    for name, content in files.items():
        assert (folder / name).exists(), "no golden file: pytest --update-golden, then review it"
        assert content == (folder / name).read_text(encoding="utf-8"), (
            f"differs from {folder / name}"
        )


def test_no_golden_file_is_unused(editions):
    known = {
        f"{name}/{file}"
        for name in editions
        for file in ("header.txt", "digest.txt", "digest.html")
    }
    found = {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*") if path.is_file()}
    assert found == known
