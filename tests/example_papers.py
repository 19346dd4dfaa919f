"""Papers on five subjects in turn, for tests of the ranking."""

from digest.model import Paper

SUBJECTS = (
    ("diffusion models", "video generation", "denoising of noisy frames"),
    ("graph neural networks", "molecules", "message passing between atoms"),
    ("reinforcement learning", "robots", "rewards and policies for grasping"),
    ("speech recognition", "low-resource languages", "acoustic models of dialects"),
    ("theorem proving", "formal mathematics", "tactics and proof search"),
)


def corpus(size: int = 60) -> list[Paper]:
    """Papers on five subjects in turn."""
    papers = []
    for n in range(size):
        what, where, how = SUBJECTS[n % len(SUBJECTS)]
        title = f"Case {n}: {what} for {where}"
        abstract = f"We study {what}. Part {n * 7 % 23} treats {how}. Results on set {n % 9} hold."
        papers.append(Paper(f"arxiv:{n:04d}", title, abstract, upvotes=n * 13 % 31))
    return papers
