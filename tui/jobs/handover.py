"""Jobs of the handover screens, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.clock import business_day
from core.base.errors import HuifangError, Refused
from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.handover.forms import HandoverForm
    from core.handover.views import HandoverFilter, HandoverRow, HandoverSheet, MemberLine, Preview
    from core.people.views import ShopRow, StaffRow

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


@dataclass(frozen=True, slots=True)
class Split:
    """Another distribution: evenly or by store among `takers`, or `by_hand` {member: staff code}."""

    number: str
    version: int
    how: str
    takers: tuple[str, ...] = ()
    by_hand: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """Who and what may be named in a form: people who work here, and the stores."""

    staff: tuple[StaffRow, ...]
    shops: tuple[ShopRow, ...]


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


class FormPreviewed(Answer["Preview"]):
    """What a form would do."""


class Applied(Answer["HandoverSheet"]):
    """An application was made."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet was written to these files; `without` says why there is no PDF among them."""

    files: tuple[Path, ...]
    without: HuifangError | None = None


class SheetPrinted(Answer[Printed]):
    """A sheet was written."""


class LogExported(Answer[tuple[int, Path]]):
    """The log was written: how many rows, and where."""


class AroundRead(Answer[Around]):
    """People and stores were read."""


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


def distribute(split: Split) -> Callable[[Desk], HandoverSheet]:
    """Give members of an application to other successors (R7.2)."""

    def job(desk: Desk) -> HandoverSheet:
        from core.handover.actions import adjust

        given = split.by_hand or _split(desk, split)
        return adjust(desk.store, desk.actor, split.number, given, version=split.version)

    return job


def _split(desk: Desk, split: Split) -> dict[str, str]:
    from core.handover.log import member_lines
    from core.handover.rules import Lot, split_by_store, split_evenly
    from core.people.views import staff_rows

    lines = member_lines(desk.store, desk.actor, split.number)
    codes = list(split.takers) or sorted({line.successor for line in lines})
    lots = [
        Lot(place, line.value_class.value if line.value_class else "", line.store, (0, line.number))
        for place, line in enumerate(lines)
    ]
    if split.how == "store":
        works = {row.code: row.store_code for row in staff_rows(desk.store)}
        here: dict[str, list[int]] = {}
        for place, code in enumerate(codes):
            here.setdefault(works.get(code, ""), []).append(place)
        given = split_by_store(lots, here, range(len(codes)))
    else:
        given = split_evenly(lots, range(len(codes)))
    return {lines[member].number: codes[taker] for member, taker in given.items()}


def preview_form(form: HandoverForm) -> Callable[[Desk], Preview]:
    """What the form would move to whom (R7.6)."""

    def job(desk: Desk) -> Preview:
        from core.handover.log import preview

        return preview(desk.store, desk.actor, form)

    return job


def apply(form: HandoverForm, *, draft: bool) -> Callable[[Desk], HandoverSheet]:
    """Apply for a handover, or keep a draft (R7.1)."""

    def job(desk: Desk) -> HandoverSheet:
        from core.handover.actions import submit

        return submit(desk.store, desk.actor, form, draft=draft)

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


def read_around() -> Callable[[Desk], Around]:
    """People and stores, to be named in a form."""

    def job(desk: Desk) -> Around:
        from core.people.views import shop_rows

        return Around(desk.staff(), shop_rows(desk.store))

    return job
