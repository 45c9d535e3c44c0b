"""Whom the keys in an entry of the trail stand for: members, staff, stores and applications by name."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.members.lookup import MEMBER, SHOP, STAFF
from core.store.tables import Deed

OF_MEMBER = (
    "member_phone",
    "follow_up",
    "call",
    "raised",
    "profile_fix",
    "purchase",
    "measure",
    "given",
    "coupon",
)
"""Tables whose rows belong to a member, by the name that other capabilities give them."""

KINDS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("owner_id", "assignee_id", "closed_by", "raised_by", "caller_id", "giver_id", "successor_id"),
            *(
                "applicant_id",
                "by_id",
                "staff_id",
                "away_id",
                "substitute_id",
                "made_by",
                "received_by",
                "about_id",
                "to_id",
                "escalated_to",
            ),
        ),
        "staff",
    ),
    "store_id": "store",
    "to_store_id": "store",
    "member_id": "member",
    "handover_id": "handover",
}
"""What the number in a field is the key of."""

_RECORDS = {
    **{name: name for name in ("member", "staff", "store", "handover")},
    "staff_secret": "staff",
    "staff_login": "login",
}
# other capabilities' tables, by name: they stand on higher floors
_HANDOVER = sa.table("handover", sa.column("id", sa.BigInteger()), sa.column("number", sa.String()))
_OTHERS = {
    "cover": sa.table("cover", sa.column("id", sa.BigInteger()), sa.column("away_id", sa.BigInteger())),
    "handover_step": sa.table(
        "handover_step", sa.column("id", sa.BigInteger()), sa.column("handover_id", sa.BigInteger())
    ),
}
_PARENTS = {"cover": "staff", "handover_step": "handover"}


def rows_of(name: str) -> sa.TableClause:
    """A member's table as far as the trail needs it: key and member."""
    key = sa.column("id", sa.String()) if name == "call" else sa.column("id", sa.BigInteger())
    return sa.table(name, key, sa.column("member_id", sa.BigInteger()))


def present(c: Connection) -> list[str]:
    """Those of the members' tables that this store has."""
    there = set(sa.inspect(c).get_table_names())
    return [name for name in OF_MEMBER if name in there]


def members_of(c: Connection, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The member that each record (table, key) belongs to, where it belongs to one."""
    wanted = set(records)
    found = {("member", key): int(key) for name, key in wanted if name == "member" and key.isdigit()}
    for name in sorted({name for name, _ in wanted} & set(OF_MEMBER)):
        table = rows_of(name)
        keys: list[Any] = [key for other, key in wanted if other == name and key != "*"]
        if name != "call":
            keys = [int(key) for key in keys if key.isdigit()]
        rows = c.execute(sa.select(table.c.id, table.c.member_id).where(table.c.id.in_(keys)))
        found |= {(name, str(key)): member_id for key, member_id in rows if member_id is not None}
    return found


def told(row: sa.Row[Any]) -> dict[str, str]:
    """The values of a record that was added; empty for any other entry."""
    if row.deed is not Deed.INSERT and row.deed != "insert":
        return {}
    try:
        values = json.loads(row.new or "")
    except ValueError:
        return {}
    return {name: str(value) for name, value in values.items()} if isinstance(values, dict) else {}


class Names:
    """The names for the keys in some entries, read with one query for each kind."""

    def __init__(self, c: Connection, rows: Sequence[sa.Row[Any]]) -> None:
        self._parents: dict[tuple[str, str], tuple[str, int]] = {
            record: ("member", key) for record, key in members_of(c, _records(rows)).items()
        }
        self._parents |= _other_parents(c, rows)
        wanted: dict[str, set[int]] = defaultdict(set)
        for kind, key in (*_keys(rows), *self._parents.values()):
            wanted[kind].add(key)
        self._people = _named(c, sa.select(STAFF.c.id, STAFF.c.name), STAFF.c.id, wanted["staff"])
        self._names = {
            "staff": self._people,
            "store": _named(c, sa.select(SHOP.c.id, SHOP.c.name), SHOP.c.id, wanted["store"]),
            "member": _named(
                c,
                sa.select(MEMBER.c.id, MEMBER.c.name + " (" + MEMBER.c.number + ")"),
                MEMBER.c.id,
                wanted["member"],
            ),
            "handover": _named(
                c, sa.select(_HANDOVER.c.id, _HANDOVER.c.number), _HANDOVER.c.id, wanted["handover"]
            ),
        }

    def person(self, key: int | None, code: str) -> str:
        """Who did it: a name, or the code where there is none."""
        return self._people.get(key, code) if key is not None else code

    def record(self, table: str, key: str) -> str:
        """Whose or what record that is, in a name; its key where there is none."""
        kind, number = self._parents.get((table, key), (_RECORDS.get(table, ""), _number(key)))
        return self._names.get(kind, {}).get(number, "" if key == "*" else key)

    def value(self, field: str, value: str) -> str:
        """What a value stands for: a name where it is somebody's key."""
        kind = KINDS.get(field)
        return self._names[kind].get(_number(value), value) if kind and value else value


def _records(rows: Iterable[sa.Row[Any]]) -> Iterator[tuple[str, str]]:
    return ((row.table_name, row.row_key) for row in rows)


def _keys(rows: Iterable[sa.Row[Any]]) -> Iterator[tuple[str, int]]:
    for row in rows:
        if row.actor_id is not None:
            yield "staff", row.actor_id
        if kind := _RECORDS.get(row.table_name):
            yield kind, _number(row.row_key)
        values = [(row.field, row.old), (row.field, row.new), *told(row).items()]
        yield from ((KINDS[field], _number(value)) for field, value in values if value and field in KINDS)


def _other_parents(c: Connection, rows: Iterable[sa.Row[Any]]) -> dict[tuple[str, str], tuple[str, int]]:
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for name, table in _OTHERS.items():
        keys = [_number(key) for other, key in _records(rows) if other == name]
        if keys:
            key, parent = table.c
            read = c.execute(sa.select(key, parent).where(key.in_(keys)))
            found |= {(name, str(one)): (_PARENTS[name], its) for one, its in read}
    return found


def _named(
    c: Connection, query: sa.Select[Any], column: sa.ColumnElement[Any], keys: Iterable[int]
) -> dict[int, str]:
    wanted = sorted(key for key in keys if key > 0)
    return dict(map(tuple, c.execute(query.where(column.in_(wanted))))) if wanted else {}


def _number(text: str) -> int:
    return int(text) if text and text.isdigit() and len(text) < 19 else 0
