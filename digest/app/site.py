"""The site of an installation, put together."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from digest.app.installation import App, open_app
from digest.app.office import Office
from digest.app.operations import Reports
from digest.app.shelf import ArchiveShelf
from digest.app.study import Study
from digest.clock import Clock
from digest.config import Settings
from digest.config.secret_key import signing_keys
from digest.config.subscriber_fields import read_one, written, zones
from digest.errors import BadSetting
from digest.mail import password
from digest.model import Subscriber
from digest.transport.mx import takes_mail
from digest.web.site import Operations, Services, SiteSettings, create_app
from digest.web.site.app import Apps

PASSWORD = "web_password"  # noqa: S105 - the name of a file
"""Below home: the operator's password, hashed."""


@dataclass(frozen=True)
class Opened:
    """A site that is ready to be served."""

    apps: Apps
    office: Office


@contextmanager
def open_site(settings: Settings, clock: Clock, host: str) -> Iterator[Opened]:
    """Opens three connections to the store: for the desk, the study and the office."""
    with ExitStack() as stack:
        desk = stack.enter_context(open_app(settings, clock, lambda _: None))
        study = stack.enter_context(open_app(settings, clock, lambda _: None))
        office = Office(settings, clock)
        office.start()
        stack.callback(office.stop)
        yield Opened(create_app(_services(desk, study, office), _told(desk, host)), office)


def _services(desk: App, study_app: App, office: Office) -> Services:
    study = Study(study_app)
    reports, file = Reports(desk), desk.settings.home / PASSWORD
    return Services(
        joining=desk.joining,
        signer=desk.signer,
        clock=desk.clock,
        read=_read,
        ask=office.ask,
        welcome=office.welcome,
        release=desk.suppressing.release,
        sample=study.sample,
        suggestions=study.suggestions,
        edition=study.edition,
        papers=desk.papers.get,
        shelf=ArchiveShelf(study_app),
        export=lambda reader: reports.export(reader, written(reader)),
        deliverable=_deliverable(desk.settings),
        healthy=lambda: bool(desk.database.all("SELECT 1")),
        operations=Operations(
            password=partial(_is_password, file),
            overview=reports.overview,
            reader=reports.reader,
            why=reports.why,
        ),
        metrics=reports.metrics,
    )


def _told(app: App, host: str) -> SiteSettings:
    web = app.settings.web
    return SiteSettings(
        base_url=web.base_url,
        host=host,
        product=app.identity.name,
        imprint=app.identity.imprint,
        locale=app.settings.mail.locale,
        keys=signing_keys(app.settings),
        usual=app.settings.selection.manner,
        keep_origin=web.keep_origin,
        blocked_domains=_domains(web.blocked_domains),
        zones=sorted(zones()),
    )


def _read(entry: Mapping[str, object]) -> Subscriber:
    """A form as a subscriber, by the rules of files: numbers are text here, too."""
    return read_one(entry, lambda key: key, textual=True)


def _deliverable(settings: Settings) -> Callable[[str], bool]:
    return takes_mail if settings.web.check_mx else lambda _: True


def _domains(path: Path | None) -> frozenset[str]:
    """The domains of a file, one a line. Raises BadSetting."""
    if path is None:
        return frozenset()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise BadSetting("web.blocked_domains", f"{path} cannot be read: {error}") from error
    return frozenset(line.strip().lower() for line in lines if line.strip() and line[0] != "#")


def _is_password(file: Path, tried: str) -> bool:
    """Reads the file at each try, so that a new password counts at once; none fits nothing."""
    try:
        line = file.read_text(encoding="ascii")
    except (OSError, UnicodeError):
        line = ""
    return password.fits(tried, line)
