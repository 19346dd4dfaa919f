"""The lab: a digest in every shape that it takes at its readers', on this machine alone."""

from digest.web.lab.app import create_app
from digest.web.lab.services import Services, Wanted

__all__ = ["Services", "Wanted", "create_app"]
