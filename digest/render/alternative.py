"""What letters and answers share: a text and an HTML template print the parts of one mail."""

from collections.abc import Mapping

from jinja2 import Environment, TemplateError

from digest.render.header import closing, opening, part
from digest.render.quoted import quoted
from digest.render.templates import explained


class Alternative:
    """The two templates of one name; holds them compiled."""

    def __init__(self, environment: Environment, name: str) -> None:
        """`name`, as in `confirm` for `confirm.txt` and `confirm.html`. Raises RenderError."""
        try:
            text, html = (environment.get_template(f"{name}.{end}") for end in ("txt", "html"))
        except TemplateError as error:
            raise explained(error) from error
        self._templates = {"plain": text, "html": html}

    def content(self, header: str, limit: str, said: Mapping[str, object]) -> bytes:
        """A whole mail below its header: multipart/alternative (RFC 2046 §5.1.4).

        `limit` is the boundary, `said` what the templates are given. Raises RenderError.
        """
        content = (header + opening(limit)).encode()
        for subtype, template in self._templates.items():
            try:
                printed = template.render(said)
            except TemplateError as error:
                raise explained(error) from error
            content += part(limit, subtype).encode() + quoted(printed)
        return content + closing(limit).encode()
