"""Jobs of the Today screen, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.base.clock import business_day, zone
from core.base.errors import StoreTrouble
from core.base.language import N_, Catalogue
from tui.desk import Desk
from tui.gateway import Answer
from tui.widgets.lines import ListRow

if TYPE_CHECKING:
    from core.calls.views import DraftRow  # noqa: F401
    from core.followups.worklist import WorklistOverview
    from core.followups.worklist_rows import WorklistRow
    from core.people.views import StaffRow  # noqa: F401

CALLBACK = "callback"

_MARKS = {"listed": "+", "resting": "~", "later": ">"}
"""A mark before each programme's line: on the list, resting, later; `-` where it is not for this member."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which part of a list is wanted, and in which language."""

    lang: str
    programme: str | None = None
    everything: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class DueCallback:
    """A promised callback of today: whom, and when (UTC)."""

    number: str
    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """How the day stands, with the rows that were wished for."""

    wish: Wish
    overview: WorklistOverview
    total: int
    rows: tuple[ListRow, ...]
    callbacks: tuple[DueCallback, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """How many complaints and problems in the caller's hands are late."""

    complaints: int = 0
    problems: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Some more rows of a list."""

    wish: Wish
    rows: tuple[ListRow, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A member held for a call, or nobody where the list has no free row."""

    number: str | None


class StaffRead(Answer["tuple[StaffRow, ...]"]):
    """Who may sign in."""


class DraftFound(Answer["DraftRow | None"]):
    """The call that was open when the last session ended, if any."""


class DayRead(Answer[Day]):
    """The day's list was read."""


class PartRead(Answer[Part]):
    """More rows were read."""


class Planned(Answer[bool]):
    """The day is planned; whether the list may have changed by it."""


class LateRead(Answer[Late]):
    """What is late of the caller's own was counted."""


class Skipped(Answer[str]):
    """A row was skipped: the member's number."""


class NextClaimed(Answer[Claimed]):
    """The next member is held."""


class WhyRead(Answer[tuple[str, ...]]):
    """Lines that explain a list or a member."""


def plan_day(progress: Callable[[str, float], None]) -> Callable[[Desk], bool]:
    """Plan the desk's day unless that has been done (R4.1); returns whether anything was planned."""

    def job(desk: Desk) -> bool:
        from core.complaints.watch import watch
        from core.followups.planning import ensure_planned

        planned = ensure_planned(desk.store, desk.actor, progress)
        with suppress(StoreTrouble):  # a busy store lets it be done at the next look
            return watch(desk.store, desk.actor).planned > 0 or planned is not None
        return planned is not None

    return job


def count_late() -> Callable[[Desk], Late]:
    """Count the caller's own complaints and problems that are late (R9.2)."""

    def job(desk: Desk) -> Late:
        from core.complaints.views import late_of_mine

        return Late(*late_of_mine(desk.store, desk.actor))

    return job


def read_day(wish: Wish) -> Callable[[Desk], Day]:
    """Read how the day stands and the rows wished for."""

    def job(desk: Desk) -> Day:
        from core.followups.worklist import WorklistQuery, overview, worklist

        words = desk.words(wish.lang)
        stands = overview(desk.store, desk.actor, WorklistQuery(everything=wish.everything))
        total = stands.total if wish.programme is None else stands.counts.get(wish.programme, 0)
        callbacks: tuple[DueCallback, ...] = ()
        if stands.callbacks:
            promised = worklist(desk.store, desk.actor, WorklistQuery(programme=CALLBACK, limit=10))
            callbacks = tuple(
                DueCallback(row.number, row.name, purpose.due_at)
                for row in promised.rows
                for purpose in row.purposes
                if purpose.programme == CALLBACK and purpose.due_at is not None
            )
        rows = _rows(desk, wish, words)
        if wish.offset == 0 and len(rows) < wish.limit:
            total = len(rows)  # the list itself knows best
        return Day(wish, stands, total, rows, callbacks)

    return job


def read_part(wish: Wish) -> Callable[[Desk], Part]:
    """Read more rows."""
    return lambda desk: Part(wish, _rows(desk, wish, desk.words(wish.lang)))


def skip_row(number: str, reason: str) -> Callable[[Desk], str]:
    """Skip a row for a reason (R4.11)."""

    def job(desk: Desk) -> str:
        from core.followups.actions import skip

        skip(desk.store, desk.actor, number, reason)
        return number

    return job


def claim_following(wish: Wish) -> Callable[[Desk], Claimed]:
    """Hold the first free member of the list."""

    def job(desk: Desk) -> Claimed:
        from core.followups.actions import claim_next
        from core.followups.worklist import WorklistQuery

        query = WorklistQuery(programme=wish.programme)
        held = claim_next(desk.store, desk.actor, query, desk.terminal)
        return Claimed(held.number if held else None)

    return job


def explain_list(wish: Wish) -> Callable[[Desk], tuple[str, ...]]:
    """Why the list is empty or short (R4.10)."""

    def job(desk: Desk) -> tuple[str, ...]:
        from core.followups.why import why_list
        from core.followups.worklist import WorklistQuery

        words = desk.words(wish.lang)
        today = business_day(desk.store.clock.now())
        query = WorklistQuery(programme=wish.programme, everything=wish.everything)
        said = tuple(line.said(words, today) for line in why_list(desk.store, desk.actor, query))
        return (*said, *_elsewhere(desk, words))

    return job


def _elsewhere(desk: Desk, words: Catalogue) -> tuple[str, ...]:
    """Where else there is work for those who decide rather than call: on their list there is seldom anything."""
    from core.handover.log import handover_log
    from core.handover.views import HandoverFilter
    from core.people.access import Right, Scope, scope

    deciding = (Right.REVIEW_HANDOVER, Right.APPROVE_HANDOVER, Right.FILE_HANDOVER, Right.MANAGE_STAFF)
    if all(scope(desk.actor.role, right) is Scope.NONE for right in deciding):
        return ()
    waiting = len(handover_log(desk.store, desk.actor, HandoverFilter(waiting=True), limit=100))
    return (
        "",
        words.plural("F6: handovers, {count} waits for you.", "F6: handovers, {count} wait for you.", waiting),
        words.say("b: the board, how everybody stands today and this month."),
        words.say("F9: everything else by name, such as people, handover log, my PIN."),
    )


def explain_member(number: str, lang: str) -> Callable[[Desk], tuple[str, ...]]:
    """Why a member is, or is not, on a list (R4.10)."""

    def job(desk: Desk) -> tuple[str, ...]:
        from core.followups.why import why_member

        words = desk.words(lang)
        shown = []
        today = business_day(desk.store.clock.now())
        for line in why_member(desk.store, desk.actor, number):
            entry = desk.rulebook.programmes.get(line.programme)
            name = entry.name(words) if entry else line.programme
            mark = _MARKS.get(line.verdict, "-")
            said = line.said(words, today)
            shown.append(f"{mark} {name}: {said}" if name else said)
        return tuple(shown)

    return job


def _rows(desk: Desk, wish: Wish, words: Catalogue) -> tuple[ListRow, ...]:
    from core.followups.worklist import WorklistQuery, worklist

    query = WorklistQuery(
        programme=wish.programme, everything=wish.everything, offset=wish.offset, limit=wish.limit
    )
    page = worklist(desk.store, desk.actor, query)
    return tuple(_row(desk, row, words, page.now) for row in page.rows)


def _row(desk: Desk, row: WorklistRow, words: Catalogue, now: datetime) -> ListRow:
    from core.followups.wording import due_words, programme_words, why_row

    on = business_day(now)
    first = row.purposes[0]
    held = bool(row.held_by) and row.held_by != desk.actor.name
    why = why_row(row, words, desk.rulebook, on)
    if held and row.held_since is not None:
        since = row.held_since.astimezone(zone("Asia/Shanghai"))
        why = words.say(N_("with {name} since {time}"), name=row.held_by, time=f"{since:%H:%M}")
    due = "late" if first.due_on < on else ""
    if first.due_at is not None and first.due_at <= now:
        due = "due"
    cells = (
        (due_words(row, words, now), due),
        (row.name, "strong"),
        (row.value_class.value if row.value_class else "", ""),
        (programme_words(row, words, desk.rulebook), ""),
        (why, "bad" if row.open_complaints else ""),
        (str(max(purpose.attempts for purpose in row.purposes)), ""),
    )
    return ListRow(row.number, cells, "quiet" if held else "", row)
