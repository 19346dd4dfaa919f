"""Previews are nobody's mails: each has a name and links of its own, and they open nothing."""

import email
import email.policy

from digest.sources.sample import DAY


def preview(installation, folder, *words):
    said = installation("preview", "--day", str(DAY), *words, "--out", folder)
    assert said.status == 0, said.err
    content = (installation.directory / folder / "digest.eml").read_bytes()
    return email.message_from_bytes(content, policy=email.policy.default), content


def test_previews_for_other_topics_are_other_mails(installation):
    installation("collect", "--day", str(DAY))
    first, content = preview(installation, "a", "--topic", "diffusion models")
    other, _ = preview(installation, "b", "--topic", "robot manipulation")
    again, same = preview(installation, "c", "--topic", "diffusion models")
    for field in ("Message-ID", "List-Unsubscribe"):
        assert first[field] != other[field]
        assert first[field] == again[field]
    assert [line for line in content.splitlines() if not line.startswith(b"Date:")] == [
        line for line in same.splitlines() if not line.startswith(b"Date:")
    ]
