"""Giving and changing PINs, opening locked accounts, and tying accounts to OS logins (R15.1).

The audit trail tells that a secret was changed and by whom, never what it or its hash is.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.errors import BadInput, Refused
from core.base.language import N_
from core.base.text import clean
from core.people.access import manages
from core.people.actions import managed
from core.people.secrets import Secret, demand_good, hashed, one_time
from core.people.signin import LOGIN, asks_secret, unlock, wrong
from core.people.tables import StaffLogin, StaffSecret
from core.people.views import SECRET
from core.store.again import retried
from core.store.engine import Store
from core.store.tables import Deed
from core.store.transaction import Transaction

LONGEST_LOGIN = 200


@retried()
def change_secret(store: Store, actor: Actor, present: str, new: str, terminal: str = "") -> None:
    """Change one's own PIN or password; `present` is not looked at where there is none yet.

    Raises Refused "sign_in.wrong" (tries count as at the sign-in), and BadInput for a new one that is too
    short, too easy or the present one.
    """
    before, typed = Secret(present), Secret(new)
    staff_id = actor.staff_id
    if staff_id is None:
        raise Refused("secret.no_staff", N_("The administrator of the shell has no PIN: name one with --as CODE."))
    demand_good(typed, actor.code, store.policy.sign_in.least_characters)
    if _has_one(store, staff_id):
        unlock(store, actor, before, terminal)
        if typed == before:
            raise BadInput("secret.same", N_("That is the PIN you have: choose another one."), field="secret")
    elif asks_secret(store, actor.code):
        raise wrong(store)
    kept = hashed(typed)
    with store.write(actor) as tx:
        _keep(tx, staff_id, kept, must_change=False)


@retried()
def reset_secret(store: Store, actor: Actor, code: str, new: str | None = None) -> Secret:
    """Give somebody a PIN to be changed at their first sign-in, and open their account; returns it.

    Without `new` it is made by chance, to be told them once. Raises NotFound, NotAllowed, BadInput, and Refused
    for oneself, and for a manager who has none of their own yet.
    """
    given = Secret(new) if new is not None else one_time()
    demand_good(given, code.strip(), store.policy.sign_in.least_characters)
    if actor.staff_id is not None and manages(actor.role) and not _has_one(store, actor.staff_id):
        raise Refused(
            "secret.own_first",
            N_("Give yourself a PIN first: once anybody has one, nobody manages staff without one."),
        )
    kept = hashed(given)
    with store.write(actor) as tx:
        found = managed(tx, actor, code)
        _keep(tx, found.id, kept, must_change=True)
    return given


@retried()
def unlock_account(store: Store, actor: Actor, code: str) -> bool:
    """Open an account that was locked after wrong tries, its PIN as it was; returns whether it was locked."""
    with store.write(actor) as tx:
        found = managed(tx, actor, code)
        locked = tx.connection.execute(
            sa.update(SECRET)
            .where(SECRET.c.staff_id == found.id, SECRET.c.locked_until > tx.now)
            .values(failures=0, locked_until=None)
        ).rowcount
        if locked:
            tx.note(Deed.UPDATE, StaffSecret, str(found.id), field="locked_until", old="locked")
        return bool(locked)


@retried()
def tie_login(store: Store, actor: Actor, code: str, login: str) -> None:
    """Tie an OS login or a key's fingerprint to somebody's account, so that only the PIN is asked.

    Raises NotFound, NotAllowed, BadInput for no login, Refused where it is somebody else's already.
    """
    named = _login(login)
    with store.write(actor) as tx:
        found = managed(tx, actor, code)
        theirs = tx.connection.execute(sa.select(LOGIN.c.staff_id).where(LOGIN.c.login == named)).scalar()
        if theirs == found.id:
            return
        if theirs is not None:
            raise Refused(
                "login.taken",
                N_("The login {login} belongs to somebody else: take it from them first (staff tie --remove)."),
                login=named,
            )
        tx.insert(StaffLogin, login=named, staff_id=found.id, tied_at=tx.now)


@retried()
def untie_login(store: Store, actor: Actor, code: str, login: str) -> bool:
    """Take an OS login or fingerprint off somebody's account; returns whether it was tied to it."""
    named = _login(login)
    with store.write(actor) as tx:
        found = managed(tx, actor, code)
        mine = (LOGIN.c.login == named) & (LOGIN.c.staff_id == found.id)
        gone = tx.connection.execute(sa.delete(LOGIN).where(mine)).rowcount
        if gone:
            tx.note(Deed.DELETE, StaffLogin, named)
        return bool(gone)


def _login(typed: str) -> str:
    named = clean(typed)
    if not named or len(named) > LONGEST_LOGIN:
        raise BadInput("login.none", N_("Name an OS login, or a key's fingerprint (SHA256:...)."), field="login")
    return named


def _has_one(store: Store, staff_id: int) -> bool:
    with store.read() as c:
        return c.execute(sa.select(SECRET.c.staff_id).where(SECRET.c.staff_id == staff_id)).first() is not None


def _keep(tx: Transaction, staff_id: int, kept: str, *, must_change: bool) -> None:
    values: dict[str, Any] = {
        "hash": kept,
        "must_change": must_change,
        "failures": 0,
        "locked_until": None,
        "set_at": tx.now,
    }
    mine = SECRET.c.staff_id == staff_id
    if not tx.connection.execute(sa.update(SECRET).where(mine).values(**values)).rowcount:
        tx.connection.execute(sa.insert(SECRET).values(staff_id=staff_id, version=1, **values))
    tx.note(Deed.UPDATE, StaffSecret, str(staff_id), field="secret", new="changed")
