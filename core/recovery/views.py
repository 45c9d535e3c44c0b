"""What the recovery screens and reports show: frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.recovery.rules import Share, Uplift
from core.recovery.tables import MeasureState, Origin

if TYPE_CHECKING:
    from core.calls.views import DuePurpose, OpenRaised, PastCall, ReviewPurchase
    from core.members.views import MemberCard
    from core.recovery.ranking import RankingRow


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure as lists show it; `back_on` is the first purchase since it was decided, `late` that it is due."""

    id: int
    number: str
    name: str
    code: str
    origin: Origin
    store: str
    owner: str
    owner_name: str
    note: str
    made_on: date
    due_on: date
    state: MeasureState
    result: str
    closed_at: datetime | None
    back_on: date | None
    late: bool
    version: int


@dataclass(frozen=True, slots=True)
class MeasureFilter:
    """Which measures: `owner` and `store` by code, `member` by number; all that are open unless `everything`."""

    everything: bool = False
    owner: str = ""
    store: str = ""
    member: str = ""
    code: str = ""
    late: bool = False
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A member who gave a reason in a call, for whom no measure was taken yet."""

    call_id: str
    number: str
    name: str
    day: date
    reasons: tuple[str, ...]
    caller: str


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """What the decision about a member gone three months rests on (programme dormant-review).

    `usual_gap_days` is the member's own usual gap between purchases, `away_days` the present one; `expected` the
    purchases expected in the next 90 days, where the ranking knows. `choices` are the decisions `decide_review`
    takes; `latest` the last day a call may be set for. Who is `held_out` gets no recovery call.
    """

    follow_up_id: int
    number: str
    member: MemberCard
    due_on: date
    closes_on: date | None
    away_days: int
    usual_gap_days: int | None
    expected: float | None
    held_out: bool
    complaints: tuple[OpenRaised, ...]
    problems: tuple[OpenRaised, ...]
    calls: tuple[PastCall, ...]
    purchases: tuple[ReviewPurchase, ...]
    tried: tuple[DuePurpose, ...]
    measures: tuple[MeasureRow, ...]
    choices: tuple[str, ...]
    latest: date


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a review: the decision, programmes closed and planned, the day of the call, the measure."""

    number: str
    decision: str
    closed: tuple[str, ...]
    planned: tuple[str, ...]
    due_on: date | None
    measure: int | None = None


@dataclass(frozen=True, slots=True)
class Funnel:
    """Members gone for months, and how far recovery came with them, each once (R5.8)."""

    dormant: int
    reviewed: int
    called: int
    reached: int
    reason: int
    measure: int
    done: int
    recovered: int
    held_out: int


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """What came of the reached calls (or of the reviews) in which one measure was taken.

    `code` is empty where none was. `ripe` are those whose days are over, which alone are compared; `uplift` is
    against the hold-out group, None without one.
    """

    code: str
    taken: int
    ripe: Share
    uplift: Uplift | None


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """Recovery of the cycles that fell due from `from_on` to `until_on`, both included.

    `calls` are by measure, `all_calls` together, within `days` of the reached call; `reviews` those decided
    without a call. `planned` compares all who were to be called, reached or not, with the hold-out group within
    `planned_days` of the due day: only lot parted these two.
    """

    from_on: date
    until_on: date
    store: str
    days: int
    planned_days: int
    funnel: Funnel
    calls: tuple[MeasureLine, ...]
    all_calls: MeasureLine
    reviews: tuple[MeasureLine, ...]
    planned: MeasureLine
    held_out: Share
    held_out_planned: Share
    ranking: RankingRow | None
