"""Jobs of the People screen, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.handover.clearance import Clearance
    from core.people.cover import CoverRow
    from core.people.views import AccountRow


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """Somebody of the staff: their account, who covers them, and whether the reader keeps them and their cover."""

    account: AccountRow
    cover: CoverRow | None
    managed: bool
    covers: bool


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody, and the roles that the reader may give."""

    people: tuple[PersonSeen, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to take on."""

    code: str
    name: str
    role: str
    store: str


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A PIN made by chance, to be told once."""

    code: str
    secret: str


class StaffSeen(Answer[Staff]):
    """The staff was read."""


class StaffChanged(Answer[str]):
    """Something about somebody was changed: their code."""


class SecretGiven(Answer[NewSecret]):
    """Somebody has a new PIN."""


class ClearanceSeen(Answer["Clearance"]):
    """What somebody still has in hand."""


def read_staff(left: bool = False) -> Callable[[Desk], Staff]:
    """Everybody the reader may see."""

    def job(desk: Desk) -> Staff:
        from core.people.access import Right, Scope, manages, scope
        from core.people.cover import cover_rows
        from core.people.views import staff_accounts

        actor = desk.actor
        below = manages(actor.role)
        covers = {row.away: row for row in cover_rows(desk.store, actor)}  # the latest first: the next one stays
        rows = staff_accounts(desk.store, actor, left=left)
        here = next((row.store_code for row in rows if row.code == actor.code), "")
        reach = scope(actor.role, Right.KEEP_COVER)
        people = tuple(
            PersonSeen(
                row,
                covers.get(row.code),
                row.has_secret is not None
                and row.role in below
                and row.code != actor.code
                and row.left_on is None,
                reach is Scope.ALL or (reach is Scope.STORE and row.store_code == here),
            )
            for row in rows
        )
        roles = tuple(str(role) for role in type(actor.role) if role in below)
        return Staff(people, roles)

    return job


def add_person(new: NewPerson) -> Callable[[Desk], str]:
    """Take somebody on."""

    def job(desk: Desk) -> str:
        from core.base.actor import Role
        from core.people.actions import StaffForm, add_staff

        return add_staff(desk.store, desk.actor, StaffForm(new.code, new.name, Role(new.role), new.store))

    return job


def give_role(code: str, role: str, why: str) -> Callable[[Desk], str]:
    """Give somebody another role."""

    def job(desk: Desk) -> str:
        from core.base.actor import Role
        from core.people.actions import change_role

        change_role(desk.store, desk.actor, code, Role(role), why=why)
        return code

    return job


def move_person(code: str, store: str, why: str) -> Callable[[Desk], str]:
    """Let somebody work for another store."""

    def job(desk: Desk) -> str:
        from core.people.actions import move_staff

        move_staff(desk.store, desk.actor, code, store, why=why)
        return code

    return job


def give_secret(code: str) -> Callable[[Desk], NewSecret]:
    """Make a PIN by chance."""

    def job(desk: Desk) -> NewSecret:
        from core.people.accounts import reset_secret

        return NewSecret(code, str(reset_secret(desk.store, desk.actor, code)))

    return job


def unlock_person(code: str) -> Callable[[Desk], str]:
    """Open a locked account."""

    def job(desk: Desk) -> str:
        from core.people.accounts import unlock_account

        unlock_account(desk.store, desk.actor, code)
        return code

    return job


def see_clearance(code: str) -> Callable[[Desk], Clearance]:
    """What somebody has in hand (R7.2)."""

    def job(desk: Desk) -> Clearance:
        from core.handover.clearance import clearance

        return clearance(desk.store, desk.actor, code)

    return job


def let_go(code: str, why: str) -> Callable[[Desk], str]:
    """Let somebody go as of today (R7.2)."""

    def job(desk: Desk) -> str:
        from core.handover.clearance import leave

        leave(desk.store, desk.actor, code, why=why)
        return code

    return job


def begin_cover(away: str, substitute: str, from_on: date, until_on: date, why: str) -> Callable[[Desk], str]:
    """Let a colleague, or the store's pool, work somebody's list for some days (R7.5)."""

    def job(desk: Desk) -> str:
        from core.people.cover import set_cover

        set_cover(desk.store, desk.actor, away, from_on, until_on, substitute=substitute, why=why)
        return away

    return job


def stop_cover(cover_id: int, away: str) -> Callable[[Desk], str]:
    """End a cover before its last day."""

    def job(desk: Desk) -> str:
        from core.people.cover import end_cover

        end_cover(desk.store, desk.actor, cover_id)
        return away

    return job
