"""Files to import, and a store that knows two shops and four people."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.imports.importing import import_file
from core.imports.result import ImportResult
from core.store.engine import Store

MEMBERS = ("会员编号", "姓名", "手机号码", "生日", "入会日期", "入会门店", "维护人工号")
PURCHASES = ("单号", "会员编号", "消费时间", "门店编号", "接待人工号", "金额", "件数")


class WriteFile(Protocol):
    """Writes rows under headings to a CSV file as Excel saves it."""

    def __call__(self, name: str, headings: Sequence[str], *rows: Sequence[object]) -> Path: ...


@pytest.fixture
def written(tmp_path: Path) -> WriteFile:
    """Write a CSV file into the test's folder."""

    def write(name: str, headings: Sequence[str], *rows: Sequence[object]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headings, *rows])
        return path

    return write


@pytest.fixture
def ready(store: Store, written: WriteFile) -> Store:
    """A store with shops S1, S2 and staff A1, A2 (S1), B1 (S2), M1."""
    people(store, written)
    return store


@pytest.fixture
def ready_lite(lite: Store, written: WriteFile) -> Store:
    """The same on SQLite, where the database is not the point."""
    people(lite, written)
    return lite


def people(store: Store, written: WriteFile) -> None:
    """Shops and staff."""
    stores = written(
        "stores.csv", ("门店编号", "门店名称", "城市"), ("S1", "南京路店", "上海"), ("S2", "观前街店", "苏州")
    )
    staff = written(
        "staff.csv",
        ("工号", "姓名", "角色", "门店编号"),
        ("A1", "王芳", "店员", "S1"),
        ("A2", "李静", "assistant", "S1"),
        ("B1", "赵磊", "店员", "S2"),
        ("M1", "陈红", "店长", "S1"),
    )
    assert import_file(store, SHELL, "stores", stores).added == 2
    assert import_file(store, SHELL, "staff", staff).added == 4


def bring(store: Store, kind: str, path: Path, **options: Any) -> ImportResult:
    """Import as the shell's administrator, and check that the counts add up."""
    done = import_file(store, SHELL, kind, path, **options)
    assert done.read == done.added + done.updated + done.unchanged + done.anonymous + done.rejected
    return done


def rows(store: Store, query: str, **params: object) -> list[tuple[Any, ...]]:
    """What a query finds, as text where the databases differ."""
    with store.read() as c:
        return [tuple(row) for row in c.execute(sa.text(query), params)]


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """The whole content of the store that imports write, without row numbers and times of writing."""
    queries = {
        "store": "select code, name, city, time_zone from store order by code",
        "staff": "select s.code, s.name, s.role, o.code from staff s join store o on o.id = s.store_id"
        " order by s.code",
        "member": "select m.number, m.name, o.code, s.code, m.joined_on, m.birth_year, m.birth_month, m.birth_day,"
        " m.completeness, m.dialable, m.first_purchase_on, m.last_purchase_on, m.last_on, m.purchase_count,"
        " m.amount_total from member m join store o on o.id = m.store_id left join staff s on s.id = m.owner_id"
        " order by m.number",
        "phone": "select m.number, p.position, p.typed, p.e164, p.kind from member_phone p"
        " join member m on m.id = p.member_id order by m.number, p.position",
        "key": "select m.number, k.key from member_name_key k join member m on m.id = k.member_id"
        " order by m.number, k.key",
        "fix": "select m.number, f.field, f.typed, f.problem from profile_fix f"
        " join member m on m.id = f.member_id order by m.number, f.field",
        "purchase": "select o.code, p.order_number, m.number, p.bought_at, p.day, s.code, p.amount, p.items,"
        " p.goods from purchase p join store o on o.id = p.store_id join member m on m.id = p.member_id"
        " left join staff s on s.id = p.received_by order by o.code, p.order_number",
    }
    return {name: rows(store, query) for name, query in queries.items()}
