"""Purchases move a member's dates and sums in the same transaction, and end dormant follow-ups (R3.1)."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.base.actor import SHELL
from core.base.errors import Conflict
from core.followups.tables import FollowUp
from core.purchases.actions import record_batch
from core.purchases.recording import add_sales
from core.purchases.rules import Sale, Sums, is_over, sums_by_member
from core.store.engine import Store
from tests.purchases.conftest import JOINED


def sale(order: str, member: int, day: str, amount: int, store: int = 1, **more: Any) -> Sale:
    at = datetime.fromisoformat(f"{day}T04:00:00+00:00")
    return Sale(store, order, member, at, at.date(), amount, **more)


def sums(store: Store) -> dict[int, tuple[str, str, str, int, int]]:
    query = "select id, first_purchase_on, last_purchase_on, last_on, purchase_count, amount_total from member"
    with store.read() as c:
        return {
            row[0]: (str(row[1]), str(row[2]), str(row[3]), row[4], row[5]) for row in c.execute(sa.text(query))
        }


def reference(sales: list[Sale], members: range) -> dict[int, tuple[str, str, str, int, int]]:
    last = {one.key: one for one in sales}.values()
    found = {}
    for member in members:
        own = [one for one in last if one.member_id == member]
        days = sorted(one.day for one in own if one.amount > 0)
        found[member] = (
            str(days[0]) if days else "None",
            str(days[-1]) if days else "None",
            str(days[-1] if days else JOINED),
            len(days),
            sum(one.amount for one in own),
        )
    return found


@given(st.lists(st.tuples(st.integers(1, 3), st.dates(), st.integers(-500, 500))))
def test_only_positive_amounts_move_dates_and_counts(raw: list[tuple[int, date, int]]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    sales = [Sale(1, str(n), member, at, day, amount) for n, (member, day, amount) in enumerate(raw)]
    found = sums_by_member(sales)
    assert list(found) == sorted({member for member, *_ in raw})
    for member, total in found.items():
        days = [day for who, day, amount in raw if who == member and amount > 0]
        own = [amount for who, _, amount in raw if who == member]
        assert total == Sums(min(days, default=None), max(days, default=None), len(days), sum(own))


@pytest.mark.parametrize("seed", range(4))
def test_batches_in_any_order_end_in_the_sums_of_their_rows(shop: Store, seed: int) -> None:
    dice = random.Random(seed)
    sales = [
        sale(
            f"P{dice.randrange(40)}",
            dice.randint(1, 3),
            str(date(2026, 1, 1) + timedelta(days=dice.randrange(300))),
            dice.choice([0, -500, 100, 2500, 99]),
            dice.randint(1, 2),
        )
        for _ in range(120)
    ]
    done: list[Sale] = []
    while len(done) < len(sales):
        batch = sales[len(done) : len(done) + dice.randint(1, 30)]
        with shop.write(SHELL) as tx:
            counts = record_batch(tx, batch)
        assert counts.added + counts.updated + counts.unchanged == len(batch)
        done += batch
        assert sums(shop) == reference(done, range(1, 4))
    with shop.write(SHELL) as tx:
        last = list({one.key: one for one in sales}.values())
        assert record_batch(tx, last).unchanged == len(last)


def follow_up(store: Store, member: int, programme: str, cycle: str) -> int:
    with store.write(SHELL) as tx:
        return int(
            tx.insert(
                FollowUp,
                member_id=member,
                programme=programme,
                cycle=cycle,
                store_id=1,
                due_on=date(2026, 11, 1),
                created_at=tx.now,
            )
        )


def states(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as c:
        return [
            tuple(row)
            for row in c.execute(sa.text("select id, state, closed_why from follow_up order by id")).fetchall()
        ]


def test_a_purchase_ends_the_dormant_follow_ups_it_makes_pointless(shop: Store) -> None:
    with shop.write(SHELL) as tx:
        record_batch(tx, [sale("P1", 1, "2026-03-01", 100), sale("P2", 2, "2026-03-01", 100)])
    review = follow_up(shop, 1, "dormant-review", "2026-03-01")
    recovery = follow_up(shop, 1, "dormant-recovery", "2026-03-01+6")
    monthly = follow_up(shop, 1, "monthly", "2026-11")
    other = follow_up(shop, 2, "dormant-review", "2026-03-01")
    with shop.write(SHELL) as tx:
        record_batch(tx, [sale("P3", 1, "2026-11-20", -100), sale("P4", 1, "2026-02-01", 100)])
    assert {state for _, state, _ in states(shop)} == {"open"}
    with shop.write(SHELL) as tx:
        record_batch(tx, [sale("P5", 1, "2026-11-20", 100), sale("P6", 2, "2026-11-20", 0)])
    assert states(shop) == [
        (review, "returned", "bought again"),
        (recovery, "returned", "bought again"),
        (monthly, "open", ""),
        (other, "open", ""),
    ]
    with shop.read() as c:
        row = c.execute(sa.text("select closed_at, version from follow_up where id = :id"), {"id": review}).one()
        assert row.closed_at is not None
        assert row.version == 2


def test_a_corrected_purchase_that_moves_the_last_day_ends_them_too(shop: Store) -> None:
    with shop.write(SHELL) as tx:
        record_batch(tx, [sale("P1", 1, "2026-02-01", 100), sale("P2", 1, "2026-03-01", 100)])
    follow_up(shop, 1, "dormant-review", "2026-03-01")
    with shop.write(SHELL) as tx:
        record_batch(tx, [sale("P2", 2, "2026-03-01", 100)])
    assert [state for _, state, _ in states(shop)] == ["returned"]
    assert sums(shop)[1][1:] == ("2026-02-01", "2026-02-01", 1, 100)
    assert sums(shop)[2][1:] == ("2026-03-01", "2026-03-01", 1, 100)


def test_a_changed_purchase_is_on_record_field_by_field(shop: Store) -> None:
    with shop.write(SHELL) as tx:
        record_batch(tx, [sale("P1", 1, "2026-02-01", 100)])
    with shop.write(SHELL, why="correction") as tx:
        record_batch(tx, [sale("P1", 1, "2026-02-01", 250)])
    with shop.read() as c:
        rows = c.execute(
            sa.text(
                "select field, old, new, why from audit_entry where table_name = 'purchase' and deed = 'update'"
            )
        ).fetchall()
    assert [tuple(row) for row in rows] == [("amount", "100", "250", "correction")]


def test_the_same_order_stored_by_somebody_else_is_a_conflict(shop: Store) -> None:
    with shop.write(SHELL) as tx:
        add_sales(tx, [sale("P1", 1, "2026-02-01", 100)])
    with pytest.raises(Conflict), shop.write(SHELL) as tx:
        add_sales(tx, [sale("P0", 1, "2026-02-01", 100), sale("P1", 1, "2026-02-01", 100)])
    assert sums(shop)[1][3:] == (1, 100)


def test_cycles_that_count_from_another_day() -> None:
    assert not is_over("2026-03-01", "2026-03-01")
    assert not is_over("2026-03-01+6", "2026-03-01")
    assert is_over("2026-03-01+6", "2026-03-02")
