"""Single fields of what strangers serve: each is read by its meaning, or is absent.

Nothing here raises: text that is no text is "", a number or instant that is none is None.
"""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

LARGEST = 1_000_000_000
"""A count above this is no count."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NEW_STYLE = re.compile(r"(?:arxiv:)?(\d\d(?:0[1-9]|1[0-2])\.\d{4,5})(?:v\d+)?", re.IGNORECASE)
_OLD_STYLE = re.compile(r"(?:arxiv:)?([a-z]+(?:-[a-z]+)*(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_ABBREVIATED = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.\d+)?)([kKmM]?)")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T|$)")
_VERSION = re.compile(r"\dv(\d{1,3})$")
_DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S{1,200})", re.IGNORECASE)
_ARXIV_DOI = "10.48550/arxiv."
_ARXIV_PAGE = re.compile(
    r"https?://(?:[a-z]+\.)?(?:arxiv\.org/(?:abs|pdf|html)|huggingface\.co/papers|alphaxiv\.org/abs)"
    r"/([^?#]+?)(?:\.pdf)?/?(?:[?#].*)?"
)
_REPOSITORY = re.compile(r"/([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+?)(?:\.git)?(?:/.*)?")


def text(value: object) -> str:
    """One line: white space folded, control characters dropped, lone surrogates made visible."""
    if not isinstance(value, str):
        return ""
    return " ".join(
        _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _UNPRINTABLE.sub("", value)).split()
    )


def count(value: object) -> int | None:
    """How many there are of something: a JSON integer that is not negative."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST:
        return value
    return None


def abbreviated(value: str) -> int | None:
    """A count as pages print it: "94", "1,204" or "1.66k"."""
    match = _ABBREVIATED.fullmatch(value.strip())
    if match is None:
        return None
    factor = {"": 1, "k": 1_000, "m": 1_000_000}[match[2].lower()]
    return count(round(float(match[1].replace(",", "")) * factor))


def instant(value: object) -> datetime | None:
    """An ISO 8601 instant, in UTC; without an offset it is taken for UTC."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        if read is None:
            return None
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def epoch(value: object, per_second: int = 1) -> datetime | None:
    """An instant as a number since 1970."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def day(value: object) -> date | None:
    """The day of `2026-06-12` or `2026-06-12T…`, as written."""
    match = _DAY.match(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def web_address(value: object) -> str:
    """An http(s) URL with a host and without white space, user or password; else ""."""
    address = value.strip() if isinstance(value, str) else ""
    if not address.isprintable() or any(c in address for c in ' "<>\\^`{|}'):
        return ""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        _ = parts.port
    except ValueError:
        return ""
    return address if usable else ""


def repository(value: object) -> str:
    """The https URL of a GitHub repository, without what people paste behind it; else ""."""
    address = web_address("".join(value.split())) if isinstance(value, str) else ""
    parts = urlsplit(address)
    match = _REPOSITORY.fullmatch(parts.path)
    if match is None or parts.netloc.lower() not in {"github.com", "www.github.com"}:
        return ""
    return f"https://github.com/{match[1]}/{match[2]}"


def arxiv_id(value: object) -> str:
    """`2406.01234` or `hep-th/9901001`, its version left out; "" for anything else.

    See https://info.arxiv.org/help/arxiv_identifier.html for both schemes.
    """
    written = value.strip() if isinstance(value, str) else ""
    match = _NEW_STYLE.fullmatch(written) or _OLD_STYLE.fullmatch(written)
    return match[1] if match else ""


def version(value: object) -> int | None:
    """The version that an arXiv id tells, as in `2406.01234v2`; None when it tells none."""
    match = _VERSION.search(value.strip()) if isinstance(value, str) else None
    return int(match[1]) if match else None


def doi(value: object) -> str:
    """`doi:10.…` in lower case, as DOIs compare; `arxiv:…` for arXiv's own; else ""."""
    match = _DOI.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return ""
    name = match[1].lower()
    own = arxiv_id(name.removeprefix(_ARXIV_DOI)) if name.startswith(_ARXIV_DOI) else ""
    return f"arxiv:{own}" if own else f"doi:{name}"


def work_at(address: str) -> str:
    """The id of the work that a web page is about, if its address tells; else ""."""
    match = _ARXIV_PAGE.fullmatch(address)
    own = arxiv_id(match[1]) if match else ""
    return f"arxiv:{own}" if own else doi(address)


def mail_date(value: object) -> datetime | None:
    """An instant as mails and RSS write it (RFC 5322 §3.3), with the offset that stands there."""
    try:
        read = parsedate_to_datetime(value) if isinstance(value, str) else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read.replace(tzinfo=UTC) if read is not None and read.tzinfo is None else read


def listed(value: object) -> list[Any]:
    """An array; empty for anything else."""
    return value if isinstance(value, list) else []


def held(value: object) -> dict[str, Any]:
    """An object; empty for anything else."""
    return value if isinstance(value, dict) else {}
