"""Jobs of the handover screens, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.clock import business_day
from core.base.errors import HuifangError, Refused
from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.handover.views import HandoverFilter, HandoverRow, HandoverSheet, MemberLine

MOST = 500
"""Applications read at once."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What waits for the reader, what else is theirs, and the others they may see."""

    waiting: tuple[HandoverRow, ...]
    mine: tuple[HandoverRow, ...]
    others: tuple[HandoverRow, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which applications of the log: codes as people type them; a state's code or nothing."""

    person: str = ""
    store: str = ""
    since: date | None = None
    until: date | None = None
    state: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done to an application: which act, on which version, with what comment."""

    number: str
    act: str
    version: int
    comment: str = ""
    override: str = ""


class OverviewRead(Answer[Overview]):
    """The applications were read."""


class LogRead(Answer["tuple[HandoverRow, ...]"]):
    """The log was read."""


class ApplicationRead(Answer["HandoverSheet"]):
    """An application was read."""


class MembersRead(Answer["tuple[MemberLine, ...]"]):
    """The members of an application were read."""


class Acted(Answer["HandoverSheet"]):
    """Something was done to an application."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet was written to these files; `without` says why there is no PDF among them."""

    files: tuple[Path, ...]
    without: HuifangError | None = None


class SheetPrinted(Answer[Printed]):
    """A sheet was written."""


class LogExported(Answer[tuple[int, Path]]):
    """The log was written: how many rows, and where."""


def read_overview() -> Callable[[Desk], Overview]:
    """The applications that the reader may see: those to act on first (R7.4)."""

    def job(desk: Desk) -> Overview:
        from core.handover.log import handover_log
        from core.handover.views import HandoverFilter as Only

        waiting = handover_log(desk.store, desk.actor, Only(waiting=True), limit=MOST)
        rows = handover_log(desk.store, desk.actor, limit=MOST)
        seen = {row.number for row in waiting}
        mine = tuple(row for row in rows if row.mine and row.number not in seen)
        others = tuple(row for row in rows if not row.mine and row.number not in seen)
        return Overview(waiting, mine, others)

    return job


def read_log(wanted: Wanted) -> Callable[[Desk], tuple[HandoverRow, ...]]:
    """The log, newest first (R7.4)."""

    def job(desk: Desk) -> tuple[HandoverRow, ...]:
        from core.handover.log import handover_log

        return handover_log(desk.store, desk.actor, _filter(wanted), limit=MOST)

    return job


def _filter(wanted: Wanted) -> HandoverFilter:
    from core.handover.rules import S
    from core.handover.views import HandoverFilter as Only

    return Only(
        person=wanted.person,
        store=wanted.store,
        since=wanted.since,
        until=wanted.until,
        state=S(wanted.state) if wanted.state else None,
        member=wanted.member,
    )


def read_sheet(number: str) -> Callable[[Desk], HandoverSheet]:
    """One application."""

    def job(desk: Desk) -> HandoverSheet:
        from core.handover.log import handover_sheet

        return handover_sheet(desk.store, desk.actor, number)

    return job


def read_members(number: str) -> Callable[[Desk], tuple[MemberLine, ...]]:
    """The members of an application, by successor and class."""

    def job(desk: Desk) -> tuple[MemberLine, ...]:
        from core.handover.log import member_lines

        return member_lines(desk.store, desk.actor, number)

    return job


def act(deed: Deed) -> Callable[[Desk], HandoverSheet]:
    """Submit again, review, approve, execute, file, refuse or take back (R7.1)."""

    def job(desk: Desk) -> HandoverSheet:
        from core.handover import actions as do

        who, number, said, seen = (desk.store, desk.actor), deed.number, deed.comment, deed.version
        match deed.act:
            case "submit":
                return do.submit(*who, None, number=number, version=seen)
            case "review":
                return do.review(*who, number, comment=said, version=seen)
            case "approve":
                return do.approve(*who, number, comment=said, override=deed.override, version=seen)
            case "execute":
                return do.execute(*who, number, comment=said, version=seen)
            case "file":
                return do.file(*who, number, comment=said, version=seen)
            case "refuse":
                return do.refuse(*who, number, reason=said, version=seen)
        return do.withdraw(*who, number, reason=said, version=seen)

    return job


def print_sheet(number: str, lang: str) -> Callable[[Desk], Printed]:
    """Write the sheet as text, and as PDF where that can be made (R7.6)."""

    def job(desk: Desk) -> Printed:
        from core.handover.sheet import sheet_pdf, sheet_text

        words = desk.words(lang)
        text = desk.printed() / f"handover-{number}.txt"
        text.write_text(sheet_text(desk.store, desk.actor, number, words), encoding="utf-8")
        try:
            return Printed((text, sheet_pdf(desk.store, desk.actor, number, words, text.with_suffix(".pdf"))))
        except Refused as error:
            return Printed((text,), error)

    return job


def export_log(wanted: Wanted, purpose: str, lang: str) -> Callable[[Desk], tuple[int, Path]]:
    """Write the log to a file, on record (R7.4, R15.5)."""

    def job(desk: Desk) -> tuple[int, Path]:
        from core.imports.handover_file import export_handovers

        path = desk.printed() / f"handovers-{business_day(desk.store.clock.now())}.csv"
        rows = export_handovers(
            desk.store, desk.actor, path, wanted=_filter(wanted), purpose=purpose, words=desk.words(lang)
        )
        return rows, path

    return job
