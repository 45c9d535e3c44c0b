"""Who may do what, on whose members: one table that every action and view asks (R15.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from core.base.actor import Actor, Role
from core.base.errors import NotAllowed
from core.base.language import N_, Word
from core.base.naming import ROLES


class Right(StrEnum):
    """Something an actor may be allowed to do."""

    SEE_MEMBER = N_("see member")
    EDIT_MEMBER = N_("edit member")
    REVEAL_PHONE = N_("reveal phone")
    SEE_WORKLIST = N_("see worklist")
    CALL = N_("call")
    PLAN = N_("plan")
    IMPORT = N_("import")
    EXPORT = N_("export")
    SEE_STAFF = N_("see staff")
    MANAGE_STAFF = N_("manage staff")
    WATCH_VIEWS = N_("watch views and reveals")
    SEE_AUDIT = N_("see the audit trail")
    KEEP_CALENDAR = N_("keep calendar")
    MAINTAIN_STORE = N_("maintain store")
    SEE_HANDOVER = N_("see handovers")
    APPLY_HANDOVER = N_("apply for a handover")
    REVIEW_HANDOVER = N_("review a handover")
    APPROVE_HANDOVER = N_("approve a handover")
    FILE_HANDOVER = N_("file a handover")
    KEEP_COVER = N_("keep covers")
    SEE_BOARD = N_("see the board")
    REASSIGN = N_("reassign a queue")
    TAKE_MATTER = N_("take a complaint down")
    SEE_MATTERS = N_("see problems and complaints")
    HANDLE_MATTER = N_("see to a problem or complaint")
    DECIDE_MATTER = N_("decide on a problem or complaint")
    HANDLE_SUGGESTION = N_("see to suggestions")
    SEE_REPORTS = N_("see reports")
    SEE_RECOVERY = N_("see recovery")
    TAKE_MEASURE = N_("take recovery measures")
    RANK = N_("judge the ranking")
    SEE_GIFTS = N_("see gifts and offers")
    GIVE_GIFT = N_("give gifts and offers")
    KEEP_GIFTS = N_("keep gifts and offers")


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
    Right.SEE_STAFF: (_A, _A, _A, _A, _A, _A),
    Right.MANAGE_STAFF: (_N, _N, _S, _A, _N, _A),
    Right.WATCH_VIEWS: (_N, _N, _S, _A, _N, _A),
    Right.SEE_AUDIT: (_N, _N, _S, _A, _A, _A),
    Right.KEEP_CALENDAR: (_N, _N, _S, _A, _N, _A),
    Right.MAINTAIN_STORE: (_N, _N, _N, _N, _N, _A),
    Right.SEE_HANDOVER: (_O, _O, _S, _A, _A, _A),
    Right.APPLY_HANDOVER: (_O, _O, _S, _A, _N, _A),
    Right.REVIEW_HANDOVER: (_N, _N, _S, _A, _N, _N),
    Right.APPROVE_HANDOVER: (_N, _N, _N, _A, _N, _N),
    Right.FILE_HANDOVER: (_N, _N, _N, _N, _A, _N),
    Right.KEEP_COVER: (_N, _N, _S, _A, _N, _A),
    Right.SEE_BOARD: (_O, _O, _S, _A, _A, _A),
    Right.REASSIGN: (_N, _N, _S, _A, _N, _A),
    Right.TAKE_MATTER: (_A, _A, _A, _A, _A, _A),
    Right.SEE_MATTERS: (_O, _O, _S, _A, _A, _A),
    Right.HANDLE_MATTER: (_O, _O, _S, _A, _A, _N),
    Right.DECIDE_MATTER: (_N, _N, _S, _A, _A, _N),
    Right.HANDLE_SUGGESTION: (_N, _N, _S, _A, _N, _N),
    Right.SEE_REPORTS: (_N, _N, _S, _A, _A, _A),
    Right.SEE_RECOVERY: (_O, _O, _S, _A, _A, _A),
    Right.TAKE_MEASURE: (_A, _S, _S, _A, _A, _A),
    Right.RANK: (_N, _N, _N, _A, _N, _A),
    Right.SEE_GIFTS: (_A, _S, _S, _A, _A, _A),
    Right.GIVE_GIFT: (_A, _S, _S, _A, _A, _A),
    Right.KEEP_GIFTS: (_N, _N, _S, _A, _N, _A),
}


_COVERED = frozenset({Right.SEE_MEMBER, Right.EDIT_MEMBER, Right.REVEAL_PHONE, Right.SEE_WORKLIST, Right.CALL})
"""What a substitute may do with the members of whom they cover: the work, not more."""

_MANAGES: dict[Role, frozenset[Role]] = {
    Role.STORE_MANAGER: frozenset({Role.CALLER, Role.ASSISTANT}),
    Role.MANAGER: frozenset({Role.CALLER, Role.ASSISTANT, Role.STORE_MANAGER, Role.SERVICE_DESK}),
    Role.ADMIN: frozenset(Role),
}


def manages(role: Role) -> frozenset[Role]:
    """The roles whose people `role` may add, change, give a new secret, and see off: never one's own or above."""
    return _MANAGES.get(role, frozenset())


def rows() -> dict[Right, dict[Role, Scope]]:
    """The whole table, for documents and tests."""
    return {right: dict(zip(_ROLES, scopes, strict=True)) for right, scopes in _ROWS.items()}


def scope(role: Role, right: Right) -> Scope:
    """How far `right` reaches for `role`."""
    return _ROWS[right][_ROLES.index(role)]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose members a right covers; a None means no limit on that side.

    `keepers` are the staff members whose own members it covers in any store: the actor, and those covered.
    """

    owner_id: int | None = None
    store_id: int | None = None
    keepers: tuple[int, ...] = ()


def reach(actor: Actor, right: Right) -> Reach:
    """The part of the members that `right` covers for `actor`. Raises NotAllowed where there is none."""
    match scope(actor.role, right):
        case Scope.ALL:
            return Reach()
        case Scope.STORE if actor.store_id is not None:
            return Reach(store_id=actor.store_id, keepers=keepers(actor, right))
        case Scope.OWN if actor.staff_id is not None:
            return Reach(owner_id=actor.staff_id, store_id=actor.store_id, keepers=keepers(actor, right))
        case _:
            raise refusal(actor, right)


def keepers(actor: Actor, right: Right) -> tuple[int, ...]:
    """Whose members a right of less than everybody's reaches: one's own, and for work those one covers (R7.5)."""
    covers = actor.covers if right in _COVERED else ()
    return covers if actor.staff_id is None else (actor.staff_id, *covers)


def permitted(actor: Actor, right: Right, *, owner_id: int | None = None, store_id: int | None = None) -> bool:
    """Whether `require` would let the actor pass."""
    match scope(actor.role, right):
        case Scope.ALL:
            return True
        case Scope.STORE if store_id is not None and store_id == actor.store_id:
            return True
        case Scope.STORE | Scope.OWN if owner_id is not None and owner_id in keepers(actor, right):
            return True
        case Scope.OWN if owner_id is None and store_id is not None and store_id == actor.store_id:
            return True
        case _:
            return False


def require(actor: Actor, right: Right, *, owner_id: int | None = None, store_id: int | None = None) -> None:
    """Let the actor pass, or raise NotAllowed.

    For a record, name its owner and store; a member without an owner is the store's (R4.6). A member read by
    number goes through `core.members.lookup.admit` instead, which never says that an unseen one exists.
    """
    if not permitted(actor, right, owner_id=owner_id, store_id=store_id):
        raise refusal(actor, right)


def refusal(actor: Actor, right: Right) -> NotAllowed:
    """The refusal that says who may not do what."""
    return NotAllowed(
        "access.refused",
        N_("{name} ({role}) may not do this: {right}. Ask somebody whose role allows it."),
        name=actor.name,
        role=Word(ROLES[actor.role]),
        right=Word(right),
    )
