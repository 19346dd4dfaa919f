"""Topics that are true of a paper or not: quoted phrases, categories, authors; and mutes."""

from collections.abc import Iterable, Sequence

from digest.model import Paper, Topic, TopicKind
from digest.rank.tokens import stem, words


def holds(topic: Topic, paper: Paper) -> bool:
    """Whether an exact topic is true of a paper."""
    match topic.kind:
        case TopicKind.CATEGORY:
            return any(_below(category, topic.text) for category in paper.categories)
        case TopicKind.AUTHOR:
            return any(_is(topic.text, author) for author in paper.authors)
        case _:
            return says(topic.text, paper)


def says(phrase: str, paper: Paper) -> bool:
    """Whether title, abstract or a keyword holds a phrase, whatever the endings of its words."""
    wanted = _stems(phrase)
    return any(within(wanted, _stems(text)) for text in _texts(paper))


def muted(mutes: Iterable[str], paper: Paper) -> bool:
    """Whether a paper holds anything that a reader does not want to see."""
    return any(says(mute, paper) for mute in mutes)


def within(wanted: Sequence[str], text: Sequence[str]) -> bool:
    """Whether words stand in a text one after the other."""
    length = len(wanted)
    last = len(text) - length
    return length > 0 and any(text[i : i + length] == wanted for i in range(last + 1))


def _below(category: str, wanted: str) -> bool:
    """`cs` holds cs.LG and cs.CL; `cs.LG` holds only itself."""
    return f"{category.casefold()}.".startswith(f"{wanted.casefold()}.")


def _is(wanted: str, author: str) -> bool:
    """Whether a name is meant: Hinton, G. Hinton and "Hinton, Geoffrey" are Geoffrey Hinton."""
    asked, given = words(wanted), words(author)
    return bool(asked) and all(any(_stands_for(a, g) for g in given) for a in asked)


def _stands_for(asked: str, given: str) -> bool:
    return asked == given or (len(asked) == 1 and given.startswith(asked))


def _stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


def _texts(paper: Paper) -> tuple[str, ...]:
    return paper.title, paper.abstract, *paper.keywords
