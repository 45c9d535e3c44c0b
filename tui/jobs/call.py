"""Jobs of the call and review screens, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.calls.forms import CallForm, DraftForm
    from core.calls.views import CallResult, CallSheet, DialLine, DraftRow, LastRecord, TakenBack
    from core.recovery.views import ReviewSheet


class SheetOpened(Answer["CallSheet"]):
    """The member is held and the call's sheet is here."""


class Dialled(Answer["DialLine"]):
    """A number was shown, on record."""


class DraftKept(Answer["datetime | None"]):
    """What was typed is in the store, at that moment (UTC); None where the call was stored meanwhile."""


class HoldRenewed(Answer[bool]):
    """The member is still held, or is not."""


class CallLogged(Answer["CallResult"]):
    """The call is on record."""


class LastRecordRead(Answer["LastRecord"]):
    """The record that may be taken back."""


class RecordTakenBack(Answer["TakenBack"]):
    """The last record is taken back."""


class ReviewOpened(Answer["ReviewSheet"]):
    """What a review's decision rests on."""


class ReviewDecided(Answer[Any]):
    """The review is decided."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about a member gone three months."""

    number: str
    choice: str
    call_on: date | None = None
    note: str = ""


def open_sheet(number: str) -> Callable[[Desk], CallSheet]:
    """Hold a member and make the call's sheet (R4.11)."""

    def job(desk: Desk) -> CallSheet:
        from core.calls.actions import open_call

        return open_call(desk.store, desk.actor, number, desk.terminal)

    return job


def dial_number(number: str, phone_id: int | None, call_id: str, why: str) -> Callable[[Desk], DialLine]:
    """Show a number; the reveal is on record (R5.9)."""

    def job(desk: Desk) -> DialLine:
        from core.calls.actions import dial

        return dial(desk.store, desk.actor, number, phone_id=phone_id, call_id=call_id, why=why)

    return job


def keep_draft(form: DraftForm) -> Callable[[Desk], datetime | None]:
    """Keep what was typed (R5.6)."""

    def job(desk: Desk) -> datetime | None:
        from core.calls.actions import save_draft

        return save_draft(desk.store, desk.actor, replace(form, terminal=desk.terminal))

    return job


def set_free(number: str) -> Callable[[Desk], datetime | None]:
    """Let go of a member, unless they were taken up at another terminal since."""

    def job(desk: Desk) -> datetime | None:
        from core.followups.claims import release

        release(desk.store, desk.actor, number, desk.terminal)
        return desk.store.clock.now()

    return job


def renew_hold(member_id: int) -> Callable[[Desk], bool]:
    """Keep holding a member."""

    def job(desk: Desk) -> bool:
        from core.followups.claims import renew

        return renew(desk.store, desk.actor, member_id, desk.terminal)

    return job


def log_record(form: CallForm) -> Callable[[Desk], CallResult]:
    """Put the call on record, with all that follows from it (R5.2)."""

    def job(desk: Desk) -> CallResult:
        from core.calls.actions import log_call

        return log_call(desk.store, desk.actor, form)

    return job


def read_last() -> Callable[[Desk], LastRecord]:
    """The record that `take_last_back` would take back."""

    def job(desk: Desk) -> LastRecord:
        from core.calls.actions import last_record

        return last_record(desk.store, desk.actor)

    return job


def take_last_back(call_id: str) -> Callable[[Desk], TakenBack]:
    """Take the actor's last record back, as long as it is still that call (R5.5)."""

    def job(desk: Desk) -> TakenBack:
        from core.calls.actions import take_back

        return take_back(desk.store, desk.actor, desk.terminal, call_id)

    return job


def find_draft() -> Callable[[Desk], DraftRow | None]:
    """The call that stood open when the last session ended, if any (R5.6)."""

    def job(desk: Desk) -> DraftRow | None:
        from core.calls.actions import pending_draft

        return pending_draft(desk.store, desk.actor)

    return job


def open_review(number: str) -> Callable[[Desk], ReviewSheet]:
    """What a review's decision rests on."""

    def job(desk: Desk) -> ReviewSheet:
        from core.recovery.review import review_sheet

        return review_sheet(desk.store, desk.actor, number)

    return job


def decide(decision: Decision) -> Callable[[Desk], Any]:
    """Keep the decision."""

    def job(desk: Desk) -> Any:
        from core.recovery.review import decide_review

        return decide_review(
            desk.store,
            desk.actor,
            decision.number,
            decision.choice,
            day=decision.call_on,
            note=decision.note,
        )

    return job
