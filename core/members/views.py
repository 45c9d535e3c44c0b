"""What a member's record shows: frozen rows made by SQL.

The lists that sum purchases (`list_members`, `find_members`, `buying_habits`) live above, in
`core.insight.members`, because purchases stand on a higher floor; their rows are defined here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.base.actor import Actor
from core.base.phones import masked, national
from core.base.policy import Policy
from core.members.birthdays import Birthday as Birthday
from core.members.contacts import WRITTEN, hidden_values
from core.members.fields import birthday_of
from core.members.lookup import FIX, MEMBER, OWNER, PHONE, SHOP, found_row
from core.members.profile import missing_of
from core.members.rules import Stage, stage_of
from core.members.tables import PhoneKind, Status, ValueClass
from core.people.access import Right
from core.store.engine import Store


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
class MemberCard:
    """A member's profile in its four blocks (R6.1), as on one day. Amounts in fen.

    `usual_gap_days` is the mean of days between purchases, None below two of them. `missing` names the
    profile's unfilled fields, heaviest first; `to_fix` those to put right, with the problem's code.
    E-mail, WeChat and address are masked as the numbers are (`core.members.actions.reveal_contacts`).
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


def member_card(store: Store, actor: Actor, number: str, on: date) -> MemberCard:
    """The profile of a member on the day `on`, contact data masked.

    Raises NotFound where there is none, or none that the actor may see.
    """
    with store.read() as c:
        return read_card(c, actor, number, on, store.policy)


def read_card(c: Connection, actor: Actor, number: str, on: date, policy: Policy) -> MemberCard:
    """`member_card` on a connection that is open already, as inside a write transaction."""
    row = found_row(c, actor, number, Right.SEE_MEMBER, _columns())
    phones = phone_lines(c, row["id"])
    fixes = c.execute(
        sa.select(FIX.c.field, FIX.c.problem)
        .where(FIX.c.member_id == row["id"], FIX.c.closed_at.is_(None))
        .order_by(FIX.c.id)
    )
    values: dict[str, Any] = {name: row[name] for name in _SAME} | hidden_values(row)
    return MemberCard(
        **values,
        stage=stage_of(row["last_on"], row["joined_on"], on, policy.stages),
        missing=missing_of(row, policy.completeness, dialable=row["dialable"]),
        to_fix=tuple((field, problem) for field, problem in fixes),
        phones=phones,
        birthday=birthday_of(row),
        owner=row["owner"] or "",
        owner_name=row["owner_name"] or "",
        usual_gap_days=_mean_gap(row),
    )


@dataclass(frozen=True, slots=True)
class Contacts:
    """How a member is reached, in full: `written` by field (e-mail, WeChat, address), empty ones left out."""

    phones: tuple[PhoneLine, ...]
    written: Mapping[str, str]


def contacts_of(c: Connection, member_id: int) -> Contacts:
    """A member's contact data in full, for whoever puts on record that it was shown."""
    row = c.execute(sa.select(*(MEMBER.c[name] for name in WRITTEN)).where(MEMBER.c.id == member_id)).mappings()
    written = {name: str(value) for name, value in row.one().items() if value}
    return Contacts(phone_lines(c, member_id, revealed=True), written)


def phone_lines(c: Connection, member_id: int, *, revealed: bool = False) -> tuple[PhoneLine, ...]:
    """A member's numbers, those that can be dialled first; shown in full only when `revealed`."""
    rows = c.execute(
        sa.select(PHONE)
        .where(PHONE.c.member_id == member_id)
        .order_by(PHONE.c.bad_reason != "", PHONE.c.e164.is_(None), PHONE.c.position, PHONE.c.id)
    ).mappings()
    return tuple(_phone_line(row, revealed) for row in rows)


def _phone_line(row: RowMapping, revealed: bool) -> PhoneLine:
    e164: str | None = row["e164"]
    hidden = masked(e164 or row["typed"])
    return PhoneLine(
        id=row["id"],
        shown=(national(e164) if e164 else row["typed"]) if revealed else hidden,
        masked=hidden,
        e164=e164 if revealed else None,
        extension=row["extension"],
        kind=PhoneKind(row["kind"]),
        bad_reason=row["bad_reason"],
        dialable=e164 is not None and not row["bad_reason"],
    )


def _columns() -> list[sa.ColumnElement[Any]]:
    joined = {"store", "store_name", "time_zone", "owner", "owner_name"}
    own = [
        MEMBER.c[name]
        for name in (*_SAME, "birth_year", "birth_month", "birth_day", "birth_calendar")
        if name not in joined
    ]
    return [
        *own,
        SHOP.c.code.label("store"),
        SHOP.c.name.label("store_name"),
        SHOP.c.time_zone,
        OWNER.c.code.label("owner"),
        OWNER.c.name.label("owner_name"),
    ]


def _mean_gap(row: Mapping[str, Any]) -> int | None:
    first, last, count = row["first_purchase_on"], row["last_purchase_on"], row["purchase_count"]
    if first is None or last is None or count < 2 or last <= first:
        return None
    return max(1, int((last - first).days / (count - 1) + 0.5))


_MADE = {"stage", "missing", "to_fix", "phones", "birthday", "owner", "owner_name", "usual_gap_days"}
_SAME = tuple(name for name in MemberCard.__dataclass_fields__ if name not in _MADE)
