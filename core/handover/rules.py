"""The rules of a handover: which act leads where, who may do it, and how members are split (R7.1, R7.2).

Pure functions of values: no store, no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from core.base.actor import Role
from core.base.errors import Refused
from core.base.language import N_, Word
from core.base.naming import HANDOVER_STATES
from core.handover.tables import Act, HandoverState
from core.people.access import Right, Scope, scope

S = HandoverState

OPEN = frozenset({S.SUBMITTED, S.REVIEWED, S.APPROVED})
"""States in which an application holds its members: others that name them are told."""

EXECUTED = frozenset({S.EXECUTED, S.FILED})
"""States in which the members have changed hands."""

CHANGEABLE = frozenset({S.DRAFT, S.REFUSED})
"""States in which the applicant may change it."""

TRANSITIONS: Mapping[tuple[HandoverState, Act], HandoverState] = {
    (S.DRAFT, Act.SUBMIT): S.SUBMITTED,
    (S.REFUSED, Act.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, Act.ADJUST): S.SUBMITTED,
    (S.SUBMITTED, Act.REVIEW): S.REVIEWED,
    (S.REVIEWED, Act.APPROVE): S.APPROVED,
    (S.APPROVED, Act.EXECUTE): S.EXECUTED,
    (S.EXECUTED, Act.FILE): S.FILED,
    (S.SUBMITTED, Act.REFUSE): S.REFUSED,
    (S.REVIEWED, Act.REFUSE): S.REFUSED,
    (S.APPROVED, Act.REFUSE): S.REFUSED,
    **{(state, Act.WITHDRAW): S.WITHDRAWN for state in (S.DRAFT, S.REFUSED, S.SUBMITTED, S.REVIEWED, S.APPROVED)},
}

ONWARD: Mapping[HandoverState, Act] = {
    S.DRAFT: Act.SUBMIT,
    S.REFUSED: Act.SUBMIT,
    S.SUBMITTED: Act.REVIEW,
    S.REVIEWED: Act.APPROVE,
    S.APPROVED: Act.EXECUTE,
    S.EXECUTED: Act.FILE,
}
"""The act that takes an application further."""

_BY_APPLICANT = frozenset({Act.SUBMIT, Act.WITHDRAW})
_TWICE = frozenset({Act.EXECUTE})
"""Acts that carry out what was decided: whoever approved may do them."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may act; `staff_id` is None for the shell's administrator."""

    staff_id: int | None
    role: Role
    store_id: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules need to know of an application.

    `acted` are those who acted in this round. `reviewers` are the store managers of the giving store: where none
    of them may review (they give, apply, or are not there), a manager reviews and another one approves. One that
    was never `submitted` is its author's alone.
    """

    state: HandoverState
    giver_id: int
    applicant_id: int | None
    store_id: int
    acted: frozenset[int] = frozenset()
    reviewers: frozenset[int] = frozenset()
    submitted: bool = True

    @property
    def own(self) -> frozenset[int | None]:
        """Those whose own application it is."""
        return frozenset({self.giver_id, self.applicant_id})


def refusal(case: Case, act: Act, person: Person) -> Refused | None:
    """Why this person may not do that to the application; None where they may."""
    if (case.state, act) not in TRANSITIONS:
        return Refused(
            "handover.state",
            N_("This can't be done now ({state}): see the application's steps for what comes next."),
            state=Word(HANDOVER_STATES[case.state]),
        )
    if act in _BY_APPLICANT:
        return None if _applies(case, person) else _not_yours()
    if person.staff_id is None:
        return Refused("handover.nobody", N_("Handovers are decided by staff members: name one with --as CODE."))
    if not _decides(case, act, person):
        return _not_your_turn()
    if person.staff_id in case.own:
        return Refused("handover.own", N_("Nobody decides on their own application: somebody else must act."))
    if act not in _TWICE and person.staff_id in case.acted:
        return Refused(
            "handover.twice", N_("You have acted on this application already: somebody else takes the next step.")
        )
    return None


def _applies(case: Case, person: Person) -> bool:
    if person.staff_id is None or not case.submitted:
        return person.staff_id == case.applicant_id
    return person.staff_id in case.own


def _decides(case: Case, act: Act, person: Person) -> bool:
    """Whether it falls to this person's role and store."""
    if act is Act.REFUSE:
        act = ONWARD[case.state]
    match act:
        case Act.REVIEW | Act.ADJUST:
            if scope(person.role, Right.REVIEW_HANDOVER) is Scope.ALL:
                return not case.reviewers - case.own - case.acted
            in_store = person.store_id == case.store_id
            return scope(person.role, Right.REVIEW_HANDOVER) is Scope.STORE and in_store
        case Act.APPROVE | Act.EXECUTE:
            return scope(person.role, Right.APPROVE_HANDOVER) is Scope.ALL
    return scope(person.role, Right.FILE_HANDOVER) is Scope.ALL


def _not_yours() -> Refused:
    return Refused("handover.not_yours", N_("Only who applied, or who gives the members, may do this."))


def _not_your_turn() -> Refused:
    return Refused(
        "handover.not_your_turn", N_("This step is somebody else's: the application shows who may act next.")
    )


def acts_of(case: Case, person: Person) -> tuple[Act, ...]:
    """What this person may do to the application now."""
    return tuple(act for act in Act if act is not Act.DRAFT and refusal(case, act, person) is None)


def may_go_on(case: Case, person: Person) -> bool:
    """Whether the application waits for this person."""
    act = ONWARD.get(case.state)
    return act is not None and refusal(case, act, person) is None


@dataclass(frozen=True, slots=True)
class Lot:
    """A member to be given to somebody: `order` ranks within the class, smallest first."""

    member_id: int
    value_class: str
    store: str
    order: tuple[int, str]


def split_evenly(lots: Iterable[Lot], successors: Sequence[int]) -> dict[int, int]:
    """{member: successor}: in each class, and in all, nobody gets more than one member above another (R7.2)."""
    ranked = sorted(lots, key=lambda lot: (lot.value_class or "Z", lot.order))
    return {lot.member_id: successor for lot, successor in zip(ranked, cycle(successors), strict=False)}


def split_by_store(
    lots: Collection[Lot], by_store: Mapping[str, Sequence[int]], others: Sequence[int]
) -> dict[int, int]:
    """{member: successor} by the member's store; several successors of a store share evenly, `others` the rest."""
    given: dict[int, int] = {}
    for store in sorted({lot.store for lot in lots}):
        takers = by_store.get(store) or others
        if not takers:
            raise Refused(
                "handover.store_without",
                N_("Nobody is named for the members of store {store}: name a successor for it."),
                store=store,
            )
        given |= split_evenly((lot for lot in lots if lot.store == store), takers)
    return given
