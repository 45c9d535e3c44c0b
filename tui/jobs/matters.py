"""Jobs of the screens of complaints, problems, suggestions and reports, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.errors import StoreTrouble
from tui.desk import Desk
from tui.entry import RaisedEntry
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.base.report import Report
    from core.complaints.views import MatterRow, MatterSheet
    from core.complaints.watch import Watched

MOST = 500
"""Rows read at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them are shown: kinds, the view, words to find, a store."""

    kinds: tuple[str, ...]
    view: str
    find: str = ""
    store: str = ""


@dataclass(frozen=True, slots=True)
class MatterList:
    """A list with how many there are in each view."""

    wanted: Wanted
    rows: tuple[MatterRow, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Intake:
    """Something to take down: what, and who says it."""

    what: RaisedEntry
    number: str = ""
    said_by: str = ""
    contact: str = ""
    channel: str = "hotline"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the act, what was said, when, told or not, the score, who gets it."""

    act: str
    version: int
    text: str = ""
    promised_at: datetime | None = None
    told: bool = False
    score: int | None = None
    to: str = ""


class MattersRead(Answer[MatterList]):
    """A list was read."""


class MatterRead(Answer["MatterSheet"]):
    """One of them was read."""


class MatterTaken(Answer["MatterSheet"]):
    """Something was taken down."""


class MatterActed(Answer["MatterSheet"]):
    """A step was taken."""


class MattersWatched(Answer["Watched"]):
    """What time does by itself was done."""


class ReportRead(Answer["Report"]):
    """A report was made."""


class ReportWritten(Answer[Path]):
    """A report was written to this file."""


def read_matters(wanted: Wanted) -> Callable[[Desk], MatterList]:
    """A list, and the numbers of its views."""

    def job(desk: Desk) -> MatterList:
        from core.complaints.views import MatterFilter, counts, list_matters

        only = MatterFilter(kinds=wanted.kinds, view=wanted.view, find=wanted.find, store=wanted.store)
        rows = list_matters(desk.store, desk.actor, only, limit=MOST)
        return MatterList(wanted, rows, counts(desk.store, desk.actor, wanted.kinds))

    return job


def read_matter(key: int) -> Callable[[Desk], MatterSheet]:
    """One of them whole."""

    def job(desk: Desk) -> MatterSheet:
        from core.complaints.views import matter_sheet

        return matter_sheet(desk.store, desk.actor, key)

    return job


def take(intake: Intake) -> Callable[[Desk], MatterSheet]:
    """Take something down (R9.1)."""

    def job(desk: Desk) -> MatterSheet:
        from core.complaints.actions import take_down
        from core.complaints.forms import IntakeForm

        form = IntakeForm(
            what=intake.what.form(),
            number=intake.number,
            said_by=intake.said_by,
            contact=intake.contact,
            channel=intake.channel,
        )
        return take_down(desk.store, desk.actor, form)

    return job


def act(key: int, step: Step) -> Callable[[Desk], MatterSheet]:
    """Take one step."""

    def job(desk: Desk) -> MatterSheet:
        from core.calls.matter_rules import A
        from core.complaints.actions import act_on
        from core.complaints.forms import Deed

        deed = Deed(
            text=step.text,
            promised_at=step.promised_at,
            told=step.told,
            score=step.score,
            to=step.to,
            version=step.version,
        )
        return act_on(desk.store, desk.actor, key, A(step.act), deed)

    return job


def watch_clock() -> Callable[[Desk], Watched]:
    """What is late goes higher (R9.2)."""

    def job(desk: Desk) -> Watched:
        from core.complaints.watch import Watched, watch

        try:
            return watch(desk.store, desk.actor)
        except StoreTrouble:  # a busy store, or one that can only be read, still shows its lists
            return Watched()

    return job


def make(code: str, months: int, store: str, lang: str) -> Callable[[Desk], Report]:
    """A report of the months up to today."""

    def job(desk: Desk) -> Report:
        from core.base.report import Asked
        from core.insight.reports import make_report, usual_days

        first, last = usual_days(desk.store)
        asked = Asked(_months_back(last, months) if months else first, last, store)
        return make_report(desk.store, desk.actor, code, asked, desk.words(lang))

    return job


def _months_back(day: date, months: int) -> date:
    """The first day of the month so many months before, that month included."""
    month = day.year * 12 + day.month - months
    return date(month // 12, month % 12 + 1, 1)


def write(report: Report, ending: str, purpose: str, lang: str) -> Callable[[Desk], Path]:
    """Write a report to a file of that ending."""

    def job(desk: Desk) -> Path:
        from core.imports.report_file import write_report

        name = f"{report.code}-{report.since}-{report.until}.{ending}"
        words = desk.words(lang)
        return write_report(desk.store, desk.actor, report, desk.printed() / name, words, purpose=purpose)

    return job
