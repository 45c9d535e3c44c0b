"""Big generated stores: `python -m scripts.dev.generate FILE --members 100000 --purchases 5 [--on 2026-11-23]`.

The same arguments make the same store. Everything is computed by SQLite itself from a small arithmetic hash, in
the order of the indexes, so that ten million purchases take minutes; `huifang check` finds the result sound.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.members.names import name_keys
from core.schema import METADATA
from core.store import migrate
from core.store.engine import Store

DAYS = 540
"""How far back the purchases go: 18 months."""

MEMBERS_OF_OWNER = 1000
OWNERS_OF_STORE = 7
DEFAULT_DAY = date(2026, 11, 23)

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖"
    "田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰春梅"
    "秀珍建国文志海燕晓红小云玲辉鹏飞雪莉佳欣怡子涵浩宇轩思远俊熙梓豪诗雨梦琪"
)
_CITIES = ("上海", "苏州", "杭州", "南京", "无锡", "宁波")
_GOODS = ("羊绒围巾", "衬衫", "皮鞋", "连衣裙", "大衣", "手袋", "童装", "毛衣")


def generate(file: Path, members: int, purchases: int, on: date = DEFAULT_DAY) -> None:
    """Make a store of `members` with `purchases` each on average, until the business day `on`.

    Raises StoreTrouble where the file is there already.
    """
    store = Store(f"sqlite:///{file.absolute()}")
    migrate.init(store)
    store.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-300000", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        owners = _people(connection, members)
        _outlines(connection, members, purchases, on)
        _purchases(connection, owners)
        _members(connection, owners)
        _names(connection, members)
        _phones(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _hash(key: str, salt: int) -> str:
    """SQL for a number from 0 to 1,048,575 that looks random and is always the same for one key."""
    mixed = f"((({key}) + {salt * 7919}) * 2654435761 & 4294967295)"
    return f"(({mixed} * 2246822519 >> 19) & 1048575)"


def _share(key: str, salt: int) -> str:
    return f"({_hash(key, salt)} / 1048576.0)"


def _below(key: str, salt: int, limit: str) -> str:
    return f"({_hash(key, salt)} % ({limit}))"


def _insert(connection: sqlite3.Connection, table: str, source: str, /, **columns: Any) -> None:
    """Insert what `source` selects: each column an SQL text, the others as the table's own defaults."""
    for column in METADATA.tables[table].columns:
        if column.name not in columns and column.name != "id" and not column.nullable:
            columns[column.name] = _default(column)
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(str(value) for value in columns.values())
    connection.execute(f'insert into "{table}" ({names}) select {values} from {source}')


def _default(column: sa.Column[Any]) -> str:
    default = column.default
    if column.name in ("created_at", "updated_at"):
        return "'2025-01-01 00:00:00.000000'"
    if default is None or not default.is_scalar:
        raise LookupError(f"generate.py must say what stands in {column.table.name}.{column.name}")
    value = default.arg  # type: ignore[attr-defined]
    if isinstance(value, str):
        return "'" + str(getattr(value, "value", value)) + "'"
    return str(int(value))


def _people(connection: sqlite3.Connection, members: int) -> int:
    """Stores with five to ten people, one manager, ten callers; returns how many account owners there are."""
    owners = max(4, round(members / MEMBERS_OF_OWNER))
    stores = max(2, round(owners / OWNERS_OF_STORE))
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) select i from n"
    connection.execute(f"create temp table counted as {numbers.format(max(owners, stores, 10))}")
    connection.execute("create temp table city(i integer primary key, name text)")
    connection.executemany("insert into city values (?, ?)", list(enumerate(_CITIES)))
    _insert(
        connection,
        "store",
        f"counted c join city on city.i = c.i % {len(_CITIES)} where c.i <= {stores}",
        id="c.i",
        code="printf('S%03d', c.i)",
        name="city.name || c.i || '店'",
        city="city.name",
    )
    groups = (
        (owners, 0, "A%05d", "assistant", f"1 + (c.i - 1) % {stores}"),
        (stores, owners, "M%04d", "store_manager", "c.i"),
        (10, owners + stores, "C%02d", "caller", "1"),
        (1, owners + stores + 10, "K%02d", "manager", "1"),
    )
    for count, offset, code, role, store in groups:
        _insert(
            connection,
            "staff",
            f"counted c where c.i <= {count}",
            id=f"{offset} + c.i",
            code=f"printf('{code}', c.i)",
            name=f"printf('{code}', c.i)",
            role=f"'{role}'",
            store_id=store,
        )
    return owners


def _outlines(connection: sqlite3.Connection, members: int, purchases: int, on: date) -> None:
    """For each member: when they joined and last bought (days ago), and how many purchases they have."""
    away = _share("i", 1)
    connection.execute(
        f"""
        create temp table outline as
        with recursive n(i) as (select 1 union all select i + 1 from n where i < {members}), last as (
            select i, cast(case when {away} < 0.55 then {_share("i", 2)} * 90
                when {away} < 0.65 then 90 + {_share("i", 2)} * 92
                when {away} < 0.87 then 182 + {_share("i", 2)} * 274
                else 456 + {_share("i", 2)} * {DAYS - 457} end as integer) as last_age,
                case when {_hash("i", 3)} % 50 = 0 then 0
                else 1 + {_below("i", 4, str(max(1, 2 * purchases - 1)))} end as bought
            from n)
        select i, last_age, bought,
            case when bought > 1 then {_below("i", 5, f"{DAYS} - last_age")} else 0 end as span,
            sum(bought) over (order by i) - bought as base
        from last
        """
    )
    connection.execute("create unique index temp.outline_i on outline (i)")
    connection.execute("create temp table day_of(age integer primary key, day text)")
    connection.executemany(
        "insert into day_of values (?, ?)",
        [(age, date.fromordinal(on.toordinal() - age).isoformat()) for age in range(DAYS + 1)],
    )


def _purchases(connection: sqlite3.Connection, owners: int) -> None:
    """Spread over the member's time, the first on the joining day; one in forty is a refund."""
    most = connection.execute("select max(bought) from outline").fetchone()[0]
    connection.execute(
        "create temp table nth as with recursive n(j) as "
        f"(select 0 union all select j + 1 from n where j < {most}) select j from n"
    )
    connection.execute("create temp table goods(i integer primary key, name text)")
    connection.executemany("insert into goods values (?, ?)", list(enumerate(_GOODS)))
    key = "(o.base + n.j + 1)"
    amount = f"(3000 + ({_hash(key, 1)} * {_hash(key, 2)} >> 22))"
    refund = f"n.j > 0 and n.j < o.bought - 1 and {_hash(key, 3)} % 40 = 0"
    store = f"(select store_id from staff where id = {_owner(owners)})"
    _insert(
        connection,
        "purchase",
        "outline o cross join nth n cross join day_of d on d.age = o.last_age + o.span"
        " - (case when o.bought > 1 then o.span * n.j / (o.bought - 1) else 0 end)"
        f" cross join goods on goods.i = {_below(key, 5, str(len(_GOODS)))}"
        " where n.j < o.bought order by o.i, n.j",
        id=key,
        store_id=store,
        order_number=f"printf('D%09d', {key})",
        member_id="o.i",
        bought_at=f"d.day || printf(' %02d:%02d:00.000000', 2 + {_below(key, 4, '10')}, {key} % 60)",
        day="d.day",
        amount=f"case when {refund} then -{amount} / 2 else {amount} end",
        received_by=_owner(owners),
        items=f"1 + {_below(key, 6, '3')}",
        goods="goods.name",
    )


def _owner(owners: int) -> str:
    return f"(1 + (o.i - 1) % {owners})"


def _members(connection: sqlite3.Connection, owners: int) -> None:
    connection.execute(
        """
        create temp table sums as select member_id, min(case when amount > 0 then day end) as first_on,
            max(case when amount > 0 then day end) as last_on,
            count(case when amount > 0 then 1 end) as bought, sum(amount) as total
        from purchase group by member_id
        """
    )
    connection.execute("create unique index temp.sums_member on sums (member_id)")
    _insert(
        connection,
        "member",
        "outline o join day_of d on d.age = o.last_age + o.span left join sums on sums.member_id = o.i"
        " order by o.i",
        id="o.i",
        number="printf('%08d', o.i)",
        name="''",
        gender=f"case {_below('o.i', 11, '3')} when 2 then 'male' else 'female' end",
        birth_year=f"1950 + {_below('o.i', 12, '55')}",
        birth_month=f"1 + {_below('o.i', 13, '12')}",
        birth_day=f"1 + {_below('o.i', 14, '28')}",
        store_id=f"(select store_id from staff where id = {_owner(owners)})",
        owner_id=f"case when {_hash('o.i', 15)} % 100 > 0 then {_owner(owners)} end",
        joined_on="d.day",
        source="'柜台'",
        completeness=f"30 + {_below('o.i', 16, '60')}",
        first_purchase_on="sums.first_on",
        last_purchase_on="sums.last_on",
        last_on="coalesce(sums.last_on, d.day)",
        purchase_count="coalesce(sums.bought, 0)",
        amount_total="coalesce(sums.total, 0)",
        dialable="1",
    )


def _names(connection: sqlite3.Connection, members: int) -> None:
    """Names from a pool, each with every key it is found by."""
    pairs = ["", *_GIVEN]
    pool = [first + middle + last for first in _SURNAMES for middle in pairs for last in _GIVEN]
    step = 7919  # prime: walks through the whole pool
    chosen = [pool[place * step % len(pool)] for place in range(min(len(pool), max(50, members // 8)))]
    connection.execute("create temp table named(i integer primary key, name text)")
    connection.executemany("insert into named values (?, ?)", list(enumerate(chosen)))
    connection.execute("create temp table spelt(i integer, key text)")
    connection.executemany(
        "insert into spelt values (?, ?)",
        [(place, key) for place, name in enumerate(chosen) for key in name_keys(name)],
    )
    which = _below("member.id", 21, str(len(chosen)))
    connection.execute(f"update member set name = (select name from named where i = {which})")
    connection.execute("create index temp.spelt_i on spelt (i)")
    connection.execute(
        "insert into member_name_key (key, member_id) select spelt.key, member.id"
        f" from member join spelt on spelt.i = {which} order by spelt.key, member.id"
    )


def _phones(connection: sqlite3.Connection) -> None:
    number = f"(13800000000 + ({_hash('id', 31)} * 953 + id * 7) % 99999989)"
    _insert(
        connection,
        "member_phone",
        "member order by id",
        id="id",
        member_id="id",
        typed=number,
        e164=f"'+86' || {number}",
        kind="'mobile'",
        last4=f"substr({number}, 8)",
    )


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--purchases", type=int, default=5)
    parser.add_argument("--on", type=date.fromisoformat, default=DEFAULT_DAY)
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    generate(given.file, given.members, given.purchases, given.on)
    size = given.file.stat().st_size / 1e6
    print(f"{given.file}: {size:.0f} MB in {time.perf_counter() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
