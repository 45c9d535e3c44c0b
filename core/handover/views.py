"""What is shown of handovers: frozen rows made by SQL (R7.4, R7.6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from core.base.errors import Refused
from core.handover.tables import Act, HandoverState, Kind, MemberOutcome
from core.members.rules import Stage
from core.members.tables import ValueClass


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the staff."""

    code: str
    name: str
    role: str
    store: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step on record; `at` in UTC, `state` the one it led to, `moved` what went along with it (or empty)."""

    step: Act
    by: str
    by_name: str
    at: datetime
    comment: str
    state: HandoverState
    moved: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """What one successor gets: members in all, by value class ("" for none), dormant ones, and what goes along."""

    code: str
    name: str
    store: str
    members: int
    classes: dict[str, int]
    dormant: int
    follow_ups: int
    callbacks: int
    problems: int
    complaints: int
    measures: int
    gifts: int
    promises: int


@dataclass(frozen=True, slots=True)
class Caution:
    """Members to look at before deciding; `template` with `{count}` and `{members}` says why (first few named).

    `moves` is whether they are handed over all the same; `code`: owner_changed, cancelled, elsewhere, limit,
    lately, callbacks, away.
    """

    code: str
    template: str
    members: tuple[str, ...]
    count: int
    moves: bool


@dataclass(frozen=True, slots=True)
class Cascade:
    """What an application moves, as it stands now: exactly what execution would do (R7.6).

    `follow_ups` counts callbacks too, `gifts` what members have not got yet. `members` counts those that move,
    `named` all that were applied for. `loose_*` are the leaver's open follow-ups, problems and measures of other
    people's members: they go to the members' owners or to the pool.
    """

    members: int
    named: int
    shares: tuple[Share, ...]
    classes: dict[str, int]
    dormant: int
    follow_ups: int
    callbacks: int
    problems: int
    complaints: int
    measures: int
    gifts: int
    promises: int
    loose_follow_ups: int
    loose_raised: int
    loose_measures: int
    warnings: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member of an application; `problem` is why execution would leave them where they are ("" for nothing).

    `follow_ups` are those that go along or went along: None where that was not kept.
    """

    number: str
    name: str
    value_class: ValueClass | None
    stage: Stage
    store: str
    last_purchase_on: date | None
    last_promise: str
    follow_ups: int | None
    next_callback_at: datetime | None
    successor: str
    successor_name: str
    outcome: MemberOutcome
    problem: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a form would do if it were executed now; `members` in the order of their numbers."""

    cascade: Cascade
    members: tuple[MemberLine, ...]


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A line of the handover log; `successors` with how many members were named for each.

    `moved` is None until it is executed. `next_act` and `next_actors` say what comes next and who may do it.
    """

    number: str
    kind: Kind
    state: HandoverState
    version: int
    giver: str
    giver_name: str
    store: str
    store_name: str
    applicant: str
    applicant_name: str
    to_store: str
    reason: str
    successors: tuple[tuple[str, str, int], ...]
    members: int
    moved: int | None
    created_at: datetime
    submitted_at: datetime | None
    executed_at: datetime | None
    state_since: datetime
    next_act: Act | None
    next_actors: tuple[PersonRow, ...]
    waits_for_me: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """One application in full: its row, steps, cascade (None once it is over), and what the actor may do now.

    `refusals` say why the actor may not do the other acts (`words.error` words them).
    """

    row: HandoverRow
    steps: tuple[StepLine, ...]
    cascade: Cascade | None
    acts: tuple[Act, ...]
    refusals: dict[Act, Refused]


@dataclass(frozen=True, slots=True)
class HandoverFilter:
    """Which applications: codes of a person (giver, applicant, successor or who acted) and a store (giving or
    receiving), days of creation (both included), a member's number; `waiting` those that wait for the actor."""

    person: str = ""
    store: str = ""
    since: date | None = None
    until: date | None = None
    state: HandoverState | None = None
    kind: Kind | None = None
    member: str = ""
    waiting: bool = False
    mine: bool = False
