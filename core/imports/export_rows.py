"""The rows of each export, streamed from SQL: headings as an import reads them, codes in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlmodel import SQLModel

import core.calls.tables
import core.purchases.tables  # noqa: F401
from core.base.actor import Actor
from core.base.clock import zone
from core.base.language import Catalogue
from core.base.phones import masked as masked_number
from core.base.phones import national
from core.base.rulebook import Rulebook
from core.imports.columns import Kind, columns, written
from core.imports.outlets import Cell
from core.members.birthdays import Birthday
from core.members.fields import GENDERS
from core.members.lookup import MEMBER, OWNER, PHONE, SHOP, STAFF, within
from core.people.access import Right

Record = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export: headings, the statement, and how its rows become those of the file."""

    headings: tuple[str, ...]
    statement: sa.Select[Any]
    records: Callable[[Iterable[Row[Any]]], Iterator[Record]]


_PURCHASE: sa.Table = SQLModel.metadata.tables["purchase"]
_CALL: sa.Table = SQLModel.metadata.tables["call"]
_TEXTS = (
    "source", "referrer", "card_number", "age_band", "occupation", "preferences", "body_size", "personality",
    "interests", "best_time", "anniversaries", "evaluation",
)  # fmt: skip
_CONTACTS = ("email", "wechat", "address")
_CONSENTS = ("consent_call", "consent_sms", "consent_email")


def member_rows(actor: Actor, rulebook: Rulebook, words: Catalogue, *, masked: bool) -> Selection:
    """Members with their profile and sums, by number."""
    fields = (
        "number", "name", "gender", "phone", "birthday", "joined_on", "store", "owner", "status",
        *_CONTACTS, *_TEXTS, *_CONSENTS,
    )  # fmt: skip
    derived = (
        words.say("value class"),
        words.say("completeness"),
        words.say("first purchase"),
        words.say("last purchase"),
        words.say("purchases"),
        words.say("amount of all purchases"),
    )
    statement = (
        sa.select(MEMBER, SHOP.c.code.label("store"), OWNER.c.code.label("owner"))
        .add_columns(PHONE.c.typed, PHONE.c.e164, PHONE.c.extension)
        .select_from(
            MEMBER.join(SHOP, SHOP.c.id == MEMBER.c.store_id)
            .outerjoin(OWNER, OWNER.c.id == MEMBER.c.owner_id)
            .outerjoin(PHONE, PHONE.c.member_id == MEMBER.c.id)
        )
        .where(within(actor, Right.EXPORT))
        .order_by(MEMBER.c.number, PHONE.c.position, PHONE.c.id)
    )

    def records(rows: Iterable[Row[Any]]) -> Iterator[Record]:
        for _, group in groupby(rows, key=attrgetter("number")):
            yield _member(list(group), words, masked)

    return Selection((*_headings(Kind.MEMBERS, fields, words), *derived), statement, records)


def _member(group: list[Row[Any]], words: Catalogue, masked: bool) -> Record:
    row = group[0]
    birthday = (
        Birthday(row.birth_month, row.birth_day, row.birth_year, row.birth_calendar == "lunar").text(
            words.say("lunar")
        )
        if row.birth_month and row.birth_day
        else ""
    )
    numbers = [_number(phone, masked) for phone in group if phone.typed]
    yes_no = {True: words.say("yes"), False: words.say("no")}
    return (
        row.number,
        row.name,
        words.say(GENDERS[row.gender]) if row.gender in GENDERS and row.gender else row.gender,
        "; ".join(numbers),
        birthday,
        row.joined_on,
        row.store,
        row.owner or "",
        written("status", row.status.value, words),
        *(("" if masked else getattr(row, name)) for name in _CONTACTS),
        *(getattr(row, name) for name in _TEXTS),
        *(yes_no[getattr(row, name)] for name in _CONSENTS),
        row.value_class.value if row.value_class else "",
        row.completeness,
        row.first_purchase_on,
        row.last_purchase_on,
        row.purchase_count,
        Decimal(row.amount_total) / 100,
    )


def _number(phone: Row[Any], masked: bool) -> str:
    if masked:
        return masked_number(phone.e164 or phone.typed)
    shown = national(phone.e164) if phone.e164 else phone.typed
    return f"{shown} 转 {phone.extension}" if phone.e164 and phone.extension else shown


def purchase_rows(actor: Actor, rulebook: Rulebook, words: Catalogue, *, masked: bool) -> Selection:
    """Purchases, oldest first; contact data does not occur."""
    fields = (
        "order", "member", "bought_at", "store", "staff", "amount", "items",
        "goods", "category", "payment", "occasion",
    )  # fmt: skip
    statement = (
        sa.select(
            _PURCHASE.c.order_number,
            MEMBER.c.number,
            _PURCHASE.c.bought_at,
            SHOP.c.time_zone,
            SHOP.c.code,
            STAFF.c.code.label("staff"),
            _PURCHASE.c.amount,
            *(_PURCHASE.c[name] for name in fields[6:]),
        )
        .select_from(
            _PURCHASE.join(MEMBER, MEMBER.c.id == _PURCHASE.c.member_id)
            .join(SHOP, SHOP.c.id == _PURCHASE.c.store_id)
            .outerjoin(STAFF, STAFF.c.id == _PURCHASE.c.received_by)
        )
        .where(within(actor, Right.EXPORT))
        .order_by(_PURCHASE.c.day, _PURCHASE.c.id)
    )

    def records(rows: Iterable[Row[Any]]) -> Iterator[Record]:
        for order, member, at, place, shop, staff, amount, *rest in map(tuple, rows):
            yield order, member, _wall(at, place), shop, staff or "", Decimal(amount) / 100, *rest

    return Selection(_headings(Kind.PURCHASES, fields, words), statement, records)


def call_rows(actor: Actor, rulebook: Rulebook, words: Catalogue, *, masked: bool) -> Selection:
    """Calls, oldest first, with outcomes and reasons in words; a correction names the record it corrects."""
    headings = (
        words.say("call"),
        words.say("time"),
        words.say("member number"),
        words.say("name"),
        words.say("caller"),
        words.say("store"),
        words.say("number dialled"),
        words.say("way"),
        words.say("outcome"),
        words.say("reached"),
        words.say("reasons"),
        words.say("goods"),
        words.say("place"),
        words.say("service"),
        words.say("price"),
        words.say("note"),
        words.say("promise"),
        words.say("callback"),
        words.say("corrects"),
    )
    caller = STAFF.alias("caller")
    statement = (
        sa.select(_CALL, MEMBER.c.number, MEMBER.c.name.label("member_name"), SHOP.c.code.label("shop"))
        .add_columns(SHOP.c.time_zone, caller.c.code.label("caller"))
        .select_from(
            _CALL.join(MEMBER, MEMBER.c.id == _CALL.c.member_id)
            .join(SHOP, SHOP.c.id == _CALL.c.store_id)
            .outerjoin(caller, caller.c.id == _CALL.c.caller_id)
        )
        .where(within(actor, Right.EXPORT))
        .order_by(_CALL.c.day, _CALL.c.started_at, _CALL.c.id)
    )

    def records(rows: Iterable[Row[Any]]) -> Iterator[Record]:
        return (_call(row, rulebook, words, masked) for row in rows)

    return Selection(headings, statement, records)


def _call(row: Row[Any], rulebook: Rulebook, words: Catalogue, masked: bool) -> Record:
    dialled = masked_number(row.dialled) if masked and row.dialled else row.dialled
    reasons = [_named(rulebook.reasons, code, words) for code in row.reasons.replace(",", " ").split()]
    return (
        row.id,
        _wall(row.started_at, row.time_zone),
        row.number,
        row.member_name,
        row.caller or "",
        row.shop,
        dialled,
        row.channel,
        _named(rulebook.outcomes, row.outcome, words),
        words.say("yes") if row.reached else words.say("no"),
        ", ".join(reasons),
        row.goods,
        row.place,
        row.service,
        row.price,
        row.note,
        row.promise,
        _wall(row.callback_at, row.time_zone) if row.callback_at else None,
        row.corrects or "",
    )


def _named(entries: Mapping[str, Any], code: str, words: Catalogue) -> str:
    entry = entries.get(code)
    return entry.name(words) if entry is not None else code


def _wall(moment: datetime, zone_name: str) -> datetime:
    """What the clock on the store's wall showed."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone(zone_name)).replace(tzinfo=None)


def _headings(kind: Kind, fields: tuple[str, ...], words: Catalogue) -> tuple[str, ...]:
    known = columns(kind)
    return tuple(known[field].name(words) for field in fields)
