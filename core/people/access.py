"""Who may do what, on whose members: one table that every action and view asks (R15.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from core.base.actor import Actor, Role
from core.base.errors import NotAllowed
from core.base.language import N_


class Right(StrEnum):
    """Something an actor may be allowed to do."""

    SEE_MEMBER = "see member"
    EDIT_MEMBER = "edit member"
    REVEAL_PHONE = "reveal phone"
    SEE_WORKLIST = "see worklist"
    CALL = "call"
    PLAN = "plan"
    IMPORT = "import"
    EXPORT = "export"
    MANAGE_STAFF = "manage staff"
    KEEP_CALENDAR = "keep calendar"
    MAINTAIN_STORE = "maintain store"


class Scope(IntEnum):
    """How far a right reaches."""

    NONE = 0
    OWN = 1
    STORE = 2
    ALL = 3


_N, _O, _S, _A = Scope.NONE, Scope.OWN, Scope.STORE, Scope.ALL
_ROLES = (
    Role.CALLER,
    Role.ASSISTANT,
    Role.STORE_MANAGER,
    Role.MANAGER,
    Role.SERVICE_DESK,
    Role.ADMIN,
)
_ROWS: dict[Right, tuple[Scope, ...]] = {
    Right.SEE_MEMBER: (_A, _S, _S, _A, _A, _A),
    Right.EDIT_MEMBER: (_A, _S, _S, _A, _A, _A),
    Right.REVEAL_PHONE: (_A, _S, _S, _A, _A, _A),
    Right.SEE_WORKLIST: (_A, _O, _S, _A, _A, _A),
    Right.CALL: (_A, _S, _S, _A, _A, _A),
    Right.PLAN: (_A, _A, _A, _A, _A, _A),
    Right.IMPORT: (_N, _N, _N, _N, _N, _A),
    Right.EXPORT: (_N, _N, _S, _A, _A, _A),
    Right.MANAGE_STAFF: (_N, _N, _S, _A, _N, _A),
    Right.KEEP_CALENDAR: (_N, _N, _S, _A, _N, _A),
    Right.MAINTAIN_STORE: (_N, _N, _N, _N, _N, _A),
}


def scope(role: Role, right: Right) -> Scope:
    """How far `right` reaches for `role`."""
    return _ROWS[right][_ROLES.index(role)]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose members a right covers; a None means no limit on that side."""

    owner_id: int | None = None
    store_id: int | None = None


def reach(actor: Actor, right: Right) -> Reach:
    """The part of the members that `right` covers for `actor`. Raises NotAllowed where there is none."""
    match scope(actor.role, right):
        case Scope.ALL:
            return Reach()
        case Scope.STORE if actor.store_id is not None:
            return Reach(store_id=actor.store_id)
        case Scope.OWN if actor.staff_id is not None:
            return Reach(owner_id=actor.staff_id, store_id=actor.store_id)
        case _:
            raise refusal(actor, right)


def require(actor: Actor, right: Right, *, owner_id: int | None = None, store_id: int | None = None) -> None:
    """Let the actor pass, or raise NotAllowed.

    For a record, name its owner and store; a member without an owner is the store's (R4.6).
    """
    match scope(actor.role, right):
        case Scope.ALL:
            return
        case Scope.STORE if store_id is not None and store_id == actor.store_id:
            return
        case Scope.STORE | Scope.OWN if owner_id is not None and owner_id == actor.staff_id:
            return
        case Scope.OWN if owner_id is None and store_id is not None and store_id == actor.store_id:
            return
        case _:
            raise refusal(actor, right)


def refusal(actor: Actor, right: Right) -> NotAllowed:
    """The refusal that says who may not do what."""
    return NotAllowed(
        "access.refused",
        N_("{name} ({role}) may not do this: {right}. Ask somebody whose role allows it."),
        name=actor.name,
        role=actor.role,
        right=right,
    )
