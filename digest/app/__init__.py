"""Where the parts meet, and what they do together."""

from digest.app.installation import App, open_app
from digest.app.specimens import Specimens
from digest.app.store_parts import open_database

__all__ = ["App", "Specimens", "open_app", "open_database"]
