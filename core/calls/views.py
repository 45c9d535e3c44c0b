"""What the call screen shows: frozen rows, the member's texts as stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from core.base.language import Catalogue

if TYPE_CHECKING:
    from core.members.gate import GateAnswer
    from core.members.views import MemberCard


@dataclass(frozen=True, slots=True)
class DuePurpose:
    """An open follow-up of the member; `due` says whether this call is for it (R4.4).

    `not_before` rests it after an attempt; `promise` is what was promised; `source` where it came from.
    """

    follow_up_id: int
    programme: str
    cycle: str
    due_on: date
    due_at: datetime | None
    closes_on: date | None
    attempts: int
    skips: int
    promise: str
    not_before: datetime | None
    source: str
    due: bool


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One step of the merged script (R5.4), its words filled in for this member in both languages.

    `number` counts from 1 over the whole call. `heading` is a programme's code where its steps begin and
    the call has several purposes, else empty. `profile` fields are verified here, `scores` taken, `answer`
    and `tick` keys kept in the form's `answers`.
    """

    number: int
    programme: str
    heading: str
    title_zh: str
    title_en: str
    zh: str
    en: str
    profile: tuple[str, ...]
    scores: tuple[str, ...]
    answer: str
    tick: str
    sales: bool

    def title(self, words: Catalogue) -> str:
        """The short title in that language."""
        return words.pick({"zh": self.title_zh, "en": self.title_en})

    def says(self, words: Catalogue) -> str:
        """What the caller says, in that language."""
        return words.pick({"zh": self.zh, "en": self.en})


@dataclass(frozen=True, slots=True)
class DialLine:
    """A number in the order of dialling; `bad_reason` (an outcome's code) crosses it out.

    `shown`, `link` and `written` (the other contact fields) are empty until they have been revealed (R5.9).
    """

    phone_id: int
    masked: str
    kind: str
    bad_reason: str
    usable: bool
    shown: str = ""
    link: str = ""
    written: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call on record. `reasons` are codes; a call that was taken back is never listed."""

    call_id: str
    at: datetime
    caller: str
    outcome: str
    reached: bool
    reasons: tuple[str, ...]
    scores: Mapping[str, int]
    note: str
    promise: str
    programmes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """Something of the member's recent past, newest first: `kind` is "call" or "purchase".

    For a call `outcome`, `reasons` and `note` are set, for a purchase `amount` (fen), `goods` and `place`
    (the store's name); `who` called or received.
    """

    at: datetime
    day: date
    kind: str
    who: str
    outcome: str = ""
    reasons: tuple[str, ...] = ()
    note: str = ""
    amount: int = 0
    goods: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class OpenRaised:
    """A problem or complaint on record that somebody has still to see to; `due_at` is its next step's moment."""

    raised_id: int
    kind: str
    category: str
    matter: str
    urgency: str
    raised_at: datetime
    raised_by: str
    owner: str
    promised_on: date | None
    state: str = "open"
    due_at: datetime | None = None
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """An unsaved call of this staff member; `left` where it was put aside with Escape."""

    number: str
    name: str
    call_id: str
    content: Mapping[str, Any]
    started_at: datetime
    saved_at: datetime
    left: bool


@dataclass(frozen=True, slots=True)
class CallSheet:
    """Everything the call screen needs, made when a member is opened.

    `call_id` goes into the form (the draft's, where there is one). `purposes` are the open follow-ups in the
    worklist's order, due ones first. `asks_reasons`: an outcome that reaches the member needs a reason.
    `desk_only`: nothing but a review is due, which opens the review sheet. `gate` says whether the
    member may be called now, and why not (R4.8): then the screen asks for a typed reason. `tries` counts
    this call among the attempts, from 1.
    """

    call_id: str
    number: str
    member: MemberCard
    purposes: tuple[DuePurpose, ...]
    steps: tuple[ScriptStep, ...]
    asks_reasons: bool
    desk_only: bool
    gate: GateAnswer
    phones: tuple[DialLine, ...]
    recent: tuple[RecentEvent, ...]
    last_call: PastCall | None
    raised: tuple[OpenRaised, ...]
    draft: DraftRow | None
    tries: int
    zone: str
    on: date
    opened_at: datetime
    claimed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of storing a call, the same for the first time and for a repetition (R5.6).

    `closed` and `planned` are programme codes; `expired` those whose attempts are used up (also in `closed`).
    `retry_at` is when the member comes up again; `other_number`: the number was marked bad and another is
    there to dial at once; `waits`: no number is left, the shop gets a profile fix. `raised` are
    the numbers of problems and complaints opened. `repeated`: the call had been stored before.
    """

    call: str
    number: str
    outcome: str
    closed: tuple[str, ...]
    planned: tuple[str, ...]
    callback_at: datetime | None
    expired: tuple[str, ...] = ()
    retry_at: datetime | None = None
    rest_until: datetime | None = None
    other_number: bool = False
    waits: bool = False
    raised: tuple[int, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class LastRecord:
    """The record that may be taken back: which, whose it is, and what came of the call."""

    call: str
    number: str
    name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The last record, taken back (R5.5): open `number` again; its text waits as the draft `call_id`."""

    number: str
    name: str
    taken_back: str
    call_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ReviewPurchase:
    """A purchase as the review shows it; `gap_days` since the one before it."""

    day: date
    amount: int
    goods: str
    store: str
    who: str
    gap_days: int | None
