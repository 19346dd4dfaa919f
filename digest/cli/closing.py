"""The last line of a run: what it came to, and what a person can do."""

import json

import click

from digest.mail.characters import one_line
from digest.model import Report

MOST_SHOWN = 3
"""Domains, and reasons, that are named."""


def close(report: Report, as_json: bool) -> None:
    """Prints the line on stderr (and the report as JSON on stdout), and sets the exit status."""
    if as_json:
        click.echo(json.dumps(_record(report)))
    click.echo(sentence(report), err=True)
    click.get_current_context().exit(report.exit_status)


def sentence(report: Report) -> str:
    """What happened to the edition and what comes next, in one line."""
    states = [f"{n} {state.value}" for state, n in sorted(report.states.items()) if n]
    done = f"edition {report.day}: {', '.join(states) or 'nothing to send'}"
    return one_line("; ".join([done, *_advice(report)]))


def _advice(report: Report) -> list[str]:
    advice = []
    failed = [c for c in report.collections if c.verdict.failure]
    advice += [f"{c.source} {c.verdict.value}: {c.detail or 'no papers'}" for c in failed]
    if report.trouble:
        advice.append(f"the relay could not be used: {report.trouble}")
    advice += _refusals(report)
    if (report.uncollected or report.silent) and not failed:
        advice.append(_nothing(report))
    if troubled := report.deliveries_failed:
        advice.append(f"{troubled} failed: see `digest deliveries --day {report.day}`")
    if report.stopped:
        advice.append("stopped before the end: `digest run` goes on with it")
    if report.died:
        advice.append(f"{report.died} sending processes died: `digest run` takes over at once")
    at = f"{report.next_due:%Y-%m-%d %H:%M} UTC" if report.next_due else ""
    if report.deferred:
        after = f" after {at}" if at else ""
        advice.append(f"run `digest run` again{after} for the {report.deferred} deferred")
    if report.waiting:
        readers = "1 reader is" if report.waiting == 1 else f"{report.waiting} readers are"
        advice.append(f"{readers} due later, the first at {at}")
    return advice or ["all well"]


def _nothing(report: Report) -> str:
    """Why nobody got anything."""
    if report.uncollected:
        return f"there are no papers to choose from: `digest collect --day {report.day}`"
    return "readers were due, and nobody got anything: see `digest status`"


def _refusals(report: Report) -> list[str]:
    """What providers want of us, and whom that keeps back."""
    told = [f"to be mended: {domain} answered {reply}" for domain, reply in report.alerts.items()]
    if len(told) > MOST_SHOWN:
        told[MOST_SHOWN:] = [f"and {len(told) - MOST_SHOWN} more such answers"]
    told += [f"{number} {reason}" for reason, number in report.held.most_common(MOST_SHOWN)]
    return told


def _record(report: Report) -> dict[str, object]:
    return {
        "day": report.day.isoformat(),
        "sources": {c.source: c.verdict.value for c in report.collections},
        "selected": report.selected,
        "states": {state.value: n for state, n in report.states.items()},
        "deferred": report.deferred,
        "waiting": report.waiting,
        "next_due": report.next_due.isoformat() if report.next_due else None,
        "trouble": report.trouble,
        "alerts": report.alerts,
        "held": report.held,
        "exit_status": report.exit_status,
    }
