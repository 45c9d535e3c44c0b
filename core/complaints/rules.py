"""Who may do what with a problem, a complaint or a suggestion (R5.7, R9.2, R9.3). Pure functions of values.

Which act leads where stands in `core.calls.matter_rules`, one table for each kind: a call takes steps too.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.base.actor import Role
from core.base.errors import Refused
from core.base.language import N_
from core.calls.matter_rules import BY_ITSELF, MACHINES, A, S, wrong_state
from core.calls.tables import RaisedAct, RaisedKind, RaisedState
from core.people.access import Right, Scope, scope

_DECIDING = frozenset({A.ASSIGN, A.WITHDRAW})
"""Acts that take something out of somebody's hands: a superior's."""

_JUDGING = frozenset({A.CLOSE})
"""Acts that whoever has it may do on the member's word, and without it only a superior."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may act, and for whom they stand in; `staff_id` is None for the shell's administrator."""

    staff_id: int | None
    role: Role
    store_id: int | None
    covers: tuple[int, ...] = ()

    @property
    def keeps(self) -> tuple[int, ...]:
        """Whose matters are theirs to see to."""
        return self.covers if self.staff_id is None else (self.staff_id, *self.covers)


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules need to know: `about_id` is the staff member it is about, `higher_id` whom it went up to."""

    kind: RaisedKind
    state: RaisedState
    owner_id: int | None
    store_id: int
    about_id: int | None = None
    higher_id: int | None = None


def refusal(case: Case, act: RaisedAct, person: Person, *, judged: bool = True) -> Refused | None:
    """Why this person may not do that; None where they may. `judged`: the member said whether it is good now."""
    if act in BY_ITSELF or (case.state, act) not in MACHINES[case.kind]:
        return wrong_state()
    if person.staff_id is None:
        return Refused(
            "matter.nobody", N_("What members say is seen to by staff members: name one with --as CODE.")
        )
    if person.staff_id == case.about_id:
        return Refused("matter.about_you", N_("This is about you: somebody else sees to it, and closes it."))
    if case.kind is RaisedKind.SUGGESTION:
        return None if _reaches(case, Right.HANDLE_SUGGESTION, person, mine=False) else _not_yours(case)
    if act in _DECIDING and not _reaches(case, Right.DECIDE_MATTER, person, mine=False):
        return Refused("matter.superior", N_("Only a store manager, a manager or the service desk may do this."))
    if act in _JUDGING and not judged and not _reaches(case, Right.DECIDE_MATTER, person, mine=False):
        return Refused(
            "matter.unjudged",
            N_("Give the member's score from 1 to 5; without it only a store manager or a manager closes this."),
        )
    return None if _reaches(case, Right.HANDLE_MATTER, person, mine=True) else _not_yours(case)


def _reaches(case: Case, right: Right, person: Person, *, mine: bool) -> bool:
    """Whether a right of theirs covers it; with `mine` also what they have in hand, or went up to them."""
    reach = scope(person.role, right)
    if reach is Scope.ALL:
        return True
    if reach is Scope.STORE and person.store_id == case.store_id:
        return True
    has_it = case.owner_id in person.keeps or case.higher_id == person.staff_id
    return mine and reach is not Scope.NONE and has_it


def _not_yours(case: Case) -> Refused:
    if case.kind is RaisedKind.SUGGESTION:
        return Refused(
            "matter.not_manager", N_("Suggestions are for the store's manager, or a manager, to decide.")
        )
    return Refused("matter.not_yours", N_("Somebody else has this in hand: the line of its owner says who."))


def acts_of(case: Case, person: Person) -> tuple[RaisedAct, ...]:
    """What this person may do now, the most usual first."""
    return tuple(act for act in _USUAL if refusal(case, act, person) is None)


_USUAL = (
    A.ANSWER, A.ACCEPT, A.PROGRESS, A.PROMISE, A.RESOLVE, A.CLOSE, A.TELL, A.DECLINE, A.REOPEN, A.ASSIGN,
    A.WITHDRAW,
)  # fmt: skip

OPEN_STATES = (S.OPEN, S.ANSWERED, S.ACCEPTED, S.RESOLVED, S.DECLINED)
