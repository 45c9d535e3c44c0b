"""Jobs of the door: who is at this terminal, signing in, locking, a new PIN (R15.1). Run on gateway threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from tui.desk import Desk, Session
from tui.gateway import Answer


@dataclass(frozen=True, slots=True)
class Door:
    """How one gets in: at once as `session`, by the PIN of `code`, or with code and PIN.

    `choose` is where nobody needs a PIN: whoever works here is chosen from the list. `tied` says that this
    terminal's login belongs to `code`, so that no other code is asked for.
    """

    session: Session | None = None
    code: str = ""
    name: str = ""
    choose: bool = False
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody has signed in; with `must_change` they choose a new PIN before anything else."""

    session: Session
    must_change: bool


class DoorFound(Answer[Door]):
    """How one gets in."""


class SecretProved(Answer[Entered]):
    """Code and PIN go together."""


class SecretChanged(Answer[Session]):
    """There is a new PIN."""


class Unlocked(Answer[bool]):
    """The screen's user is back."""


class SignedOut(Answer[bool]):
    """That somebody stopped working here is on record."""


def find_door(code: str) -> Callable[[Desk], Door]:
    """See how one gets in, for a staff code named at the start or for whoever this terminal's login is tied to."""

    def job(desk: Desk) -> Door:
        from core.people.signin import asks_secret

        tied = "" if code else _tied(desk)
        named = code or tied
        # the browser's door looked at the PIN already, and put it on record
        proved = os.environ.pop("HUIFANG_SIGNED_IN", None) == named
        if named and (proved or not asks_secret(desk.store, named)):
            return Door(session=desk.sign_in(named))
        if named:
            name = next((row.name for row in desk.staff() if row.code == named), "") if tied else ""
            return Door(code=named, name=name, tied=bool(tied))
        return Door(choose=not asks_secret(desk.store, ""))

    return job


def _tied(desk: Desk) -> str:
    from core.people.logins import present_logins
    from core.people.signin import tied_staff

    for login in present_logins(os.environ):
        row = tied_staff(desk.store, login)
        if row is not None:
            return row.code
    return ""


def prove(code: str, secret: str) -> Callable[[Desk], Entered]:
    """Sign in; without a PIN where none is asked."""

    def job(desk: Desk) -> Entered:
        from core.people.signin import must_change, sign_in

        actor = sign_in(desk.store, code, secret, desk.terminal)
        waits = must_change(desk.store, actor)
        return Entered(desk.let_in(actor, waiting=waits), waits)

    return job


def choose_secret(present: str, new: str) -> Callable[[Desk], Session]:
    """Keep a new PIN; whoever had to choose one is in from now on."""

    def job(desk: Desk) -> Session:
        from core.people.accounts import change_secret

        actor = desk.waiting or desk.actor
        change_secret(desk.store, actor, present, new, desk.terminal)
        return desk.let_in(actor)

    return job


def come_back(secret: str) -> Callable[[Desk], bool]:
    """Prove to a locked screen that it is still the same person."""

    def job(desk: Desk) -> bool:
        from core.people.signin import unlock

        desk.let_in(unlock(desk.store, desk.actor, secret, desk.terminal))
        return True

    return job


def go_away() -> Callable[[Desk], bool]:
    """Put on record that somebody stopped working here."""

    def job(desk: Desk) -> bool:
        from core.people.signin import sign_out

        sign_out(desk.store, desk.actor, desk.terminal)
        return True

    return job
