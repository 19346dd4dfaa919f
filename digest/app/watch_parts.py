"""What watches over an installation: alerts, and the memory of what was told and proved."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property

from digest.app.parts import Parts
from digest.doctor.check import Check, Verdict
from digest.errors import DigestError, NotProved, TransportError, TryAgainLater
from digest.mail.mailbox import Mailbox
from digest.model import Began, Cause, DeliveryState, Ended, Notice, Report, Run
from digest.model.cause import notices
from digest.model.due import newest_day
from digest.observe import fan_out
from digest.observe.alerts import Alert, Alerts, Way
from digest.observe.hooks import Switch, Webhook
from digest.render.alert import alert_mail
from digest.store.watch import WatchStore


class WatchParts(Parts):
    """Parts, and who watches over them."""

    @cached_property
    def watch(self) -> WatchStore:
        """Preflights, alerts, and the last run."""
        return WatchStore(self.database)

    @cached_property
    def alerts(self) -> Alerts:
        """Tells the operator, by every way that is set."""
        told = self.settings.alerts
        ways: list[tuple[str, Way]] = []
        if told.mail:
            ways.append(("mail", self._mail))
        if told.webhook:
            ways.append(("webhook", Webhook(told.webhook, told.timeout)))
        switch = Switch(told.ping, told.timeout) if told.ping else None
        return Alerts(self.watch, ways, switch, self.clock)

    def newest_day(self) -> date:
        """The edition that is meant when none is named."""
        return newest_day(self.clock.now(), self.settings.selection.fresh)

    def _mail(self, alert: Alert) -> None:
        """Mails the operator, outside the ledger. Raises TransportError."""
        operator = Mailbox.parse(self.settings.alerts.mail)
        now = self.clock.now()
        message = alert_mail(self.identity, operator, alert.subject, alert.text, now)
        outcomes = self.hand_over([message])
        if not any(outcome.state is DeliveryState.ACCEPTED for outcome in outcomes):
            raise TransportError("the alert was not accepted")

    def watched(self, run: Run, work: Callable[[], Report]) -> Report:
        """Does the work of a run, and tells listeners how it began and ended.

        What goes to a few by name (a first digest, `--for`) is no sign that runs happen: it calls
        no dead man's switch, and is not the last run.
        """
        tell = fan_out((self.observer, self.alerts.without_switch() if run.only else self.alerts))
        tell(Began(run.day))
        try:
            report = work()
        except TryAgainLater as error:
            tell(Ended(run.day, error.exit_status))
            raise
        except Exception as error:
            status = error.exit_status if isinstance(error, DigestError) else 1
            cause = Cause.NOT_PROVED if isinstance(error, NotProved) else Cause.RUN_FAILED
            tell(Ended(run.day, status, (Notice(cause, "", _words(error)),)))
            raise
        if not run.only:
            self.watch.ended(run.day, self.clock.now(), report.exit_status)
        tell(Ended(run.day, report.exit_status, tuple(notices(report))))
        return report

    def report_preflight(self, checks: Sequence[Check]) -> None:
        """Tells the operator what is no longer well, for a sender that once was found fit."""
        relays = {relay.name for relay in self.settings.smtp.relays}
        if relays & self.watch.proved(self.identity.domain).keys():
            bad = [check for check in checks if check.verdict is Verdict.FAIL]
            found = [Notice(Cause.PREFLIGHT, each.name, each.found) for each in bad]
            self.alerts.tell(self.clock.now().date(), 1 if bad else 0, found)


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, DigestError) else type(error).__name__
