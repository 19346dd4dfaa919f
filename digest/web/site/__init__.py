"""The site: join, confirm, change, leave, and look at what is sent; and the operator's pages."""

from digest.web.site.app import create_app
from digest.web.site.services import Operations, Services, SiteSettings

__all__ = ["Operations", "Services", "SiteSettings", "create_app"]
