"""What a member's record shows: frozen rows made by SQL.

The lists that sum purchases (`list_members`, `find_members`, `buying_habits`) live above, in
`core.insight.members`, because purchases stand on a higher floor; their rows are defined here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.members.rules import Stage
from core.members.tables import PhoneKind, Status, ValueClass


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A line of a list of members; `amount_12m` in fen, `owner` and `store` are codes."""

    number: str
    name: str
    stage: Stage
    value_class: ValueClass | None
    status: Status
    owner: str
    owner_name: str
    store: str
    last_purchase_on: date | None
    amount_12m: int
    phone_masked: str


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members a list is about; `find` is what a user types to find one, `store` a store's code."""

    stage: Stage | None = None
    value: ValueClass | None = None
    find: str = ""
    store: str | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """One number of a member. `shown` is masked until it was revealed; `e164` is empty until then (R5.9)."""

    id: int
    shown: str
    masked: str
    e164: str | None
    extension: str
    kind: PhoneKind
    bad_reason: str
    dialable: bool


@dataclass(frozen=True, slots=True)
class Birthday:
    """Month and day by the solar or lunar (`lunar`) calendar; the year may be unknown."""

    month: int
    day: int
    year: int | None = None
    lunar: bool = False


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member's profile in its four blocks (R6.1), as on one day. Amounts in fen.

    `usual_gap_days` is the mean of days between purchases, None below two of them. `missing` names the
    profile's unfilled fields, heaviest first; `to_fix` those to put right, with the problem's code.
    """

    id: int
    number: str
    version: int
    status: Status
    stage: Stage
    value_class: ValueClass | None
    social_reach: bool
    completeness: int
    missing: tuple[str, ...]
    to_fix: tuple[tuple[str, str], ...]

    name: str
    gender: str
    phones: tuple[PhoneLine, ...]
    email: str
    wechat: str
    birthday: Birthday | None
    age_band: str
    occupation: str
    address: str
    store_id: int
    store: str
    store_name: str
    time_zone: str
    joined_on: date
    source: str
    referrer: str
    card_number: str
    owner_id: int | None
    owner: str
    owner_name: str

    first_purchase_on: date | None
    last_purchase_on: date | None
    last_on: date
    purchase_count: int
    amount_total: int
    usual_gap_days: int | None

    preferences: str
    body_size: str
    personality: str
    interests: str
    best_time: str
    anniversaries: str
    consent_call: bool
    consent_sms: bool
    consent_email: bool

    evaluation: str
    last_call_at: datetime | None
    last_reached_on: date | None
    rest_until: datetime | None
    rest_reason: str
    last_promise: str
    dialable: bool


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One change of one field (R6.3); `at` in UTC, `who` a name or code, contact values masked."""

    at: datetime
    who: str
    field: str
    old: str
    new: str
    why: str
