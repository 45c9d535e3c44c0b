"""How a member is found by what a user types: number, card, phone, name, pinyin, initials (R6.5).

Each way is one range or one equality on an index, so that the answer does not depend on the number of members.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.phones import understand
from core.base.text import clean, half_width
from core.members.lookup import MEMBER, NAME_KEY, PHONE, entrusted, within
from core.members.names import search_key
from core.people.access import Right, Scope, scope

_END = "\U0010ffff"
_NUMERIC = re.compile(r"\+?[0-9][0-9 ()*.-]*")
_KEYS_A_MEMBER = 4
"""How many of one member's keys may begin with what was typed, before a list gets shorter than asked."""


def probes(words: str, region: str = "CN") -> list[sa.Select[Any]]:
    """The ways to look for these words, the surest first; each selects members' ids in a useful order."""
    typed = half_width(clean(words))
    if not typed:
        return []
    forms = list(dict.fromkeys((typed, typed.upper(), typed.lower())))
    columns = (MEMBER.c.number, MEMBER.c.card_number)
    ways = [sa.select(MEMBER.c.id).where(column.in_(forms)) for column in columns]
    if _NUMERIC.fullmatch(typed):
        return [*ways, *_by_phone(typed, region), *(_prefix(column, typed) for column in columns)]
    if typed.isascii():
        ways += [_prefix(column, form) for column in columns for form in forms]
    if key := search_key(words):
        ways.append(
            sa.select(NAME_KEY.c.member_id)
            .join_from(NAME_KEY, MEMBER, MEMBER.c.id == NAME_KEY.c.member_id)
            .where(NAME_KEY.c.key >= key, NAME_KEY.c.key < key + _END)
            .order_by(NAME_KEY.c.key, NAME_KEY.c.member_id)
        )
    return ways


def found_ids(c: Connection, actor: Actor, words: str, *, limit: int, region: str = "CN") -> list[int]:
    """The ids of at most `limit` members that the actor may see, the surest finds first."""
    reached = within(actor, Right.SEE_MEMBER, found=True)
    if _NUMERIC.fullmatch(half_width(clean(words))) and scope(actor.role, Right.SEE_MEMBER) is not Scope.ALL:
        reached = sa.or_(reached, entrusted(actor, Right.SEE_MEMBER))  # somebody received elsewhere is found too
    found: dict[int, None] = {}
    for way in probes(words, region):
        rows = c.execute(way.where(reached).limit(limit * _KEYS_A_MEMBER))
        found |= dict.fromkeys(rows.scalars().all())
        if len(found) >= limit:
            break
    return list(found)[:limit]


def matching(words: str, region: str = "CN") -> sa.ColumnElement[bool]:
    """The SQL condition on `member` that these words find it, however many there are."""
    ways = [way.order_by(None) for way in probes(words, region)]
    return MEMBER.c.id.in_(sa.union_all(*ways)) if ways else sa.false()


def _by_phone(typed: str, region: str) -> list[sa.Select[Any]]:
    digits = re.sub(r"\D", "", typed)
    joined = sa.select(PHONE.c.member_id).join_from(PHONE, MEMBER, MEMBER.c.id == PHONE.c.member_id)
    ways = []
    if len(digits) >= 7 and (number := understand(typed, region)).e164:
        ways.append(joined.where(PHONE.c.e164 == number.e164))
    if len(digits) == 4:
        ways.append(joined.where(PHONE.c.last4 == digits).order_by(PHONE.c.last4, PHONE.c.member_id))
    return ways


def _prefix(column: sa.Column[str], typed: str) -> sa.Select[Any]:
    return sa.select(MEMBER.c.id).where(column > typed, column < typed + _END).order_by(column)
