"""What is done about staff: taking somebody on, another role, another store. Leaving needs a clearance (R7.2)."""

from __future__ import annotations

from dataclasses import dataclass

from core.base.actor import Actor, Role
from core.base.errors import BadInput, NotAllowed, Refused
from core.base.language import LANGUAGES, N_, Word
from core.base.naming import ROLES
from core.base.text import clean
from core.people.access import Right, manages, refusal, require
from core.people.tables import Staff
from core.people.views import Person, named_person, person, shop_id
from core.store.again import retried
from core.store.engine import Store
from core.store.transaction import Transaction

LONGEST_CODE = 32
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class StaffForm:
    """Somebody to take on: codes as people type them; `daily_target` None is the policy's."""

    code: str
    name: str
    role: Role
    store: str
    language: str | None = None
    daily_target: int | None = None


@retried()
def add_staff(store: Store, actor: Actor, form: StaffForm) -> str:
    """Take somebody on; returns their code. They work without a PIN until they get one, or as the policy says.

    Raises BadInput for a code that is taken or no code, NotFound for an unknown store, and NotAllowed where the
    actor may not take on people for that role or store.
    """
    code, name = clean(form.code), clean(form.name)
    if not code or len(code) > LONGEST_CODE or any(sign.isspace() for sign in code):
        raise BadInput(
            "staff.code",
            N_("A staff code is one word of at most {most} characters."),
            field="code",
            most=LONGEST_CODE,
        )
    if not name or len(name) > LONGEST_NAME:
        raise BadInput(
            "staff.name", N_("A name has 1 to {most} characters: type it."), field="name", most=LONGEST_NAME
        )
    if form.language is not None and form.language not in LANGUAGES:
        raise BadInput("staff.language", N_("The language is zh or en."), field="language")
    if form.daily_target is not None and form.daily_target < 1:
        raise BadInput("staff.target", N_("A daily target is a number from 1."), field="daily_target")
    with store.write(actor) as tx:
        shop = shop_id(tx.connection, form.store.strip())
        require(actor, Right.MANAGE_STAFF, store_id=shop)
        _demand_role(actor, form.role)
        if person(tx.connection, code) is not None:
            raise BadInput(
                "staff.taken", N_("The staff code {code} is taken: choose another one."), field="code", code=code
            )
        tx.insert(
            Staff,
            code=code,
            name=name,
            role=form.role,
            store_id=shop,
            language=form.language,
            daily_target=form.daily_target,
        )
    return code


@retried()
def change_role(store: Store, actor: Actor, code: str, role: Role, *, why: str = "") -> None:
    """Give somebody another role, from their next action on.

    Raises NotFound, NotAllowed for a role that is not the actor's to take or to give, Refused for one's own.
    """
    with store.write(actor, why=clean(why)) as tx:
        found = managed(tx, actor, code)
        _demand_role(actor, role)
        tx.update(Staff, found.id, {"role": role})


@retried()
def move_staff(store: Store, actor: Actor, code: str, store_code: str, *, why: str = "") -> None:
    """Let somebody work for another store; their members stay theirs and nothing else moves (R7.1).

    Raises NotFound, and NotAllowed for who may not manage the staff of both stores.
    """
    with store.write(actor, why=clean(why)) as tx:
        found = managed(tx, actor, code)
        shop = shop_id(tx.connection, store_code.strip())
        require(actor, Right.MANAGE_STAFF, store_id=shop)
        tx.update(Staff, found.id, {"store_id": shop})


def managed(tx: Transaction, actor: Actor, code: str) -> Person:
    """The staff member, whom the actor may manage. Raises NotFound, NotAllowed, and Refused for oneself."""
    found = named_person(tx.connection, code)
    require(actor, Right.MANAGE_STAFF, store_id=found.store_id)
    if found.id == actor.staff_id:
        raise Refused(
            "staff.oneself", N_("Nobody does this for themselves: ask somebody else who may manage staff.")
        )
    _demand_role(actor, found.role)
    return found


def _demand_role(actor: Actor, role: Role) -> None:
    allowed = manages(actor.role)
    if not allowed:
        raise refusal(actor, Right.MANAGE_STAFF)
    if role not in allowed:
        raise NotAllowed(
            "staff.role_above",
            N_("{name} ({role}) manages no people of that role ({other}): ask somebody above them."),
            name=actor.name,
            role=Word(ROLES[actor.role]),
            other=Word(ROLES[role]),
        )
