"""What decides, beside the store, how a mail looks: alike everywhere in a fleet, or refused."""

from hashlib import blake2b

from digest import __version__
from digest.app.installation import App
from digest.config.secret_key import signing_keys
from digest.render.templates import folders


def templates_hash(app: App) -> str:
    """Twelve characters that stand for program, templates, identity, links and signing keys."""
    found = blake2b(digest_size=6)
    found.update(__version__.encode())
    folder = folders()[0]
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(f"\0{file.relative_to(folder).as_posix()}\0".encode())
        found.update(blake2b(file.read_bytes()).digest())
    found.update(repr((app.settings.mail, app.settings.web.base_url)).encode())
    for key in signing_keys(app.settings):
        found.update(blake2b(b"fleet", key=key[:64]).digest())
    return found.hexdigest()
