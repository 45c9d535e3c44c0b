"""Jobs of the member, find and edit windows, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.base.clock import business_day
from core.base.errors import StoreTrouble
from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.members.history import FieldChange
    from core.members.views import Contacts, MemberCard, MemberRow

RECENT = 5
WHOLE = 60
FOUND = 50


@dataclass(frozen=True, slots=True)
class Looked:
    """A member's card and what happened lately, newest first."""

    card: MemberCard
    recent: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Members found by words."""

    words: str
    rows: tuple[MemberRow, ...]


class MemberLooked(Answer[Looked]):
    """A member was looked at."""


class MembersFound(Answer[Found]):
    """Members were found, or none."""


class ContactsShown(Answer["Contacts"]):
    """A member's contact data, shown on record."""


class HistoryRead(Answer["tuple[FieldChange, ...]"]):
    """Every change of every field."""


class MemberEdited(Answer["MemberCard"]):
    """A profile was changed."""


def look(number: str, events: int = RECENT, *, opened: bool = False) -> Callable[[Desk], Looked]:
    """A member's card and latest events; that a profile was `opened` is counted (R15.5)."""

    def job(desk: Desk) -> Looked:
        from core.insight.timeline import timeline
        from core.members.views import member_card

        on = business_day(desk.store.clock.now())
        card = member_card(desk.store, desk.actor, number, on)
        if opened:
            from core.insight.watch import record_view

            with suppress(StoreTrouble):  # a store that can only be read still shows its members
                record_view(desk.store, desk.actor, card.id)
        return Looked(card, tuple(timeline(desk.store, desk.actor, number, events, None)))

    return job


def find(typed: str) -> Callable[[Desk], Found]:
    """Members by number, last digits, name, pinyin or initials (R6.5)."""

    def job(desk: Desk) -> Found:
        from core.insight.members import find_members

        on = business_day(desk.store.clock.now())
        return Found(typed, tuple(find_members(desk.store, desk.actor, typed, on, FOUND)))

    return job


def reveal(number: str, why: str) -> Callable[[Desk], Contacts]:
    """Show a member's contact data, on record (R5.9)."""

    def job(desk: Desk) -> Contacts:
        from core.members.actions import reveal_contacts

        return reveal_contacts(desk.store, desk.actor, number, why=why)

    return job


def read_history(number: str) -> Callable[[Desk], tuple[FieldChange, ...]]:
    """Every change of every field (R6.3)."""

    def job(desk: Desk) -> tuple[FieldChange, ...]:
        from core.members.history import field_history

        return tuple(field_history(desk.store, desk.actor, number))

    return job


def edit(number: str, changes: Mapping[str, str], why: str, version: int) -> Callable[[Desk], MemberCard]:
    """Change a profile (R6.2)."""

    def job(desk: Desk) -> MemberCard:
        from core.members.actions import edit_member

        return edit_member(desk.store, desk.actor, number, changes, why=why, version=version)

    return job
