"""Texts cut to what fits."""


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut after a word where there is one."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", limit // 2)
    return (cut[:space] if space > 0 else cut).rstrip(" ,;:.–—-(") + "…"
