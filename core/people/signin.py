"""Signing in, locking and signing out (R15.1).

Whatever is wrong - the code, the PIN, a locked or closed account - takes as long and is said in the same words.
A try is counted before the secret is looked at: two terminals at once, or a killed one, win none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlmodel import SQLModel

from core.base.actor import Actor, Role
from core.base.errors import Refused
from core.base.language import N_
from core.people.access import manages
from core.people.secrets import Secret, hashed, matches, outdated
from core.people.tables import StaffSecret
from core.people.views import SECRET, STAFF, StaffRow, actor_of, person, staff_actor, staff_rows
from core.store.again import retried
from core.store.engine import Store
from core.store.tables import Deed
from core.store.transaction import Transaction

LOGIN: sa.Table = SQLModel.metadata.tables["staff_login"]

_DOOR = Actor("sign-in", "sign-in", Role.CALLER)
"""In whose name a failed try is on record: nobody is known yet."""


def asks_secret(store: Store, code: str) -> bool:
    """Whether working under that staff code needs a PIN or password.

    While nobody has one and the policy does not require it, nobody needs one. After that whoever has one needs
    it, and so does everybody whose role manages staff; an unknown code and a closed account are asked too.
    """
    if store.policy.sign_in.required:
        return True
    with store.read() as c:
        if c.execute(sa.select(SECRET.c.staff_id).limit(1)).first() is None:
            return False
        row = person(c, code)
        if row is None or row.left(store.clock.now()) or manages(row.role):
            return True
        return _secret(c, row.id) is not None


@retried()
def sign_in(store: Store, code: str, secret: str, terminal: str) -> Actor:
    """The actor for a staff code and its PIN or password, on record with the terminal's name.

    Raises Refused "sign_in.wrong", the same for every reason. Where `asks_secret` is false the secret is not
    looked at; then an unknown code is NotFound, and somebody who has left Refused.
    """
    typed = Secret(secret)
    if not asks_secret(store, code):
        actor = staff_actor(store, code)
        with store.write(actor) as tx:
            _note(tx, actor.staff_id, "signed_in", terminal)
        return actor
    actor_ = _proved(store, code, typed, terminal, "signed_in")
    if actor_ is None:
        raise wrong(store)
    return actor_


def unlock(store: Store, actor: Actor, secret: str, terminal: str = "") -> Actor:
    """Prove to a screen that locked itself that it is still the same person; returns the actor as of now.

    Raises Refused "sign_in.wrong"; tries count as at the sign-in. Who has no secret need not give one.
    """
    typed = Secret(secret)
    if actor.staff_id is None or not asks_secret(store, actor.code):
        return current(store, actor)
    proved = _proved(store, actor.code, typed, terminal, "unlocked_screen")
    if proved is None:
        raise wrong(store)
    return proved


@retried()
def sign_out(store: Store, actor: Actor, terminal: str) -> None:
    """Put on record that somebody stopped working at a terminal."""
    if actor.staff_id is None:
        return
    with store.write(actor) as tx:
        _note(tx, actor.staff_id, "signed_out", terminal)


def current(store: Store, actor: Actor) -> Actor:
    """The same person as of now: another role or store, covers begun or ended. Raises Refused for who has left."""
    return actor if actor.staff_id is None else staff_actor(store, actor.code)


def has_secret(store: Store, actor: Actor) -> bool:
    """Whether the actor has a PIN or password at all."""
    if actor.staff_id is None:
        return False
    with store.read() as c:
        return _secret(c, actor.staff_id) is not None


def must_change(store: Store, actor: Actor) -> bool:
    """Whether the actor's PIN was set by somebody else and is to be changed before anything is done with it."""
    if actor.staff_id is None:
        return False
    with store.read() as c:
        row = _secret(c, actor.staff_id)
    return row is not None and bool(row.must_change)


def tied_staff(store: Store, login: str) -> StaffRow | None:
    """Whose OS login or key that is, where the account is tied to it: only the secret is asked then."""
    with store.read() as c:
        code = c.execute(
            sa.select(STAFF.c.code)
            .join_from(LOGIN, STAFF, STAFF.c.id == LOGIN.c.staff_id)
            .where(LOGIN.c.login == login)
        ).scalar()
    return next((row for row in staff_rows(store) if row.code == code), None)


def wrong(store: Store) -> Refused:
    """The one refusal of a sign-in."""
    policy = store.policy.sign_in
    return Refused(
        "sign_in.wrong",
        N_(
            "That staff code and that PIN don't go together, or the account is locked or closed. {failures} wrong "
            "tries lock it for {minutes} minutes: wait, or ask your manager for a new PIN."
        ),
        failures=policy.failures,
        minutes=policy.lock_minutes,
    )


@dataclass(frozen=True, slots=True)
class _Try:
    """A try that has been counted: whose, against which hash (None: it can't succeed), whether it locks."""

    staff_id: int | None
    hash: str | None
    locks: datetime | None


@retried()
def _proved(store: Store, code: str, typed: Secret, terminal: str, field: str) -> Actor | None:
    counted = _count(store, code)
    good = matches(counted.hash, typed)
    fresh = hashed(typed) if good and counted.hash is not None and outdated(counted.hash) else None
    with store.write(_DOOR) as tx:
        row = person(tx.connection, code) if good else None
        if row is not None and not row.left(tx.now):
            kept = _secret(tx.connection, row.id, locked=True)
            if kept is not None and kept.hash == counted.hash:  # nobody gave a new one meanwhile
                tx.actor = actor_of(tx.connection, row, tx.now)
                opened: dict[str, Any] = {"failures": 0, "locked_until": None}
                _set(tx, row.id, opened if fresh is None else {**opened, "hash": fresh})
                _note(tx, row.id, field, terminal)
                return tx.actor
        _note(tx, counted.staff_id, "sign_in_failed", terminal)
        if counted.locks is not None:
            _note(tx, counted.staff_id, "locked_until", counted.locks.isoformat())
        return None


@retried()
def _count(store: Store, code: str) -> _Try:
    """Count a try, for good, before it is made; the last that is allowed locks the account unless it succeeds."""
    policy = store.policy.sign_in
    with store.write(_DOOR) as tx:
        row = person(tx.connection, code)
        kept = None if row is None or row.left(tx.now) else _secret(tx.connection, row.id, locked=True)
        if kept is None or (kept.locked_until is not None and kept.locked_until > tx.now):
            _write_as_much(tx)
            return _Try(row.id if row is not None else None, None, None)
        failures = 1 if kept.locked_until is not None else kept.failures + 1
        full = failures >= policy.failures
        locks = tx.now + timedelta(minutes=policy.lock_minutes) if full else None
        _set(tx, kept.staff_id, {"failures": failures, "locked_until": locks})
        return _Try(kept.staff_id, kept.hash, locks)


def _write_as_much(tx: Transaction) -> None:
    """Rewrite somebody's row as it is: a commit that wrote nothing would be quicker, and tell."""
    somebody = sa.select(sa.func.min(SECRET.c.staff_id)).scalar_subquery()
    tx.connection.execute(
        sa.update(SECRET).where(SECRET.c.staff_id == somebody).values(failures=SECRET.c.failures)
    )


def _secret(c: Connection, staff_id: int, *, locked: bool = False) -> Row[Any] | None:
    query = sa.select(SECRET).where(SECRET.c.staff_id == staff_id)
    return c.execute(query.with_for_update() if locked else query).first()


def _set(tx: Transaction, staff_id: int, values: dict[str, Any]) -> None:
    # not through `tx.update`: the audit trail is to tell that something happened, never a hash
    tx.connection.execute(sa.update(SECRET).where(SECRET.c.staff_id == staff_id).values(**values))


def _note(tx: Transaction, staff_id: int | None, field: str, new: str) -> None:
    """`staff_id` is None for a code that nobody has; it is not kept, since it may be a PIN typed in its place."""
    tx.note(Deed.UPDATE, StaffSecret, str(staff_id) if staff_id is not None else "-", field=field, new=new)
