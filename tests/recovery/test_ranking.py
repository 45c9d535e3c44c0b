"""The ranking of dormant members: judged on days held back, the best one taken, planning only copies it (R3.6)."""

from __future__ import annotations

import csv
import lzma
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import NotAllowed
from core.followups.planning import plan
from core.members.rules import latest_before
from core.members.tables import Member
from core.purchases.tables import Purchase
from core.recovery.ranking import auc, latest, rank
from core.recovery.tables import Chosen
from core.store.engine import Store
from tests.calls.desk import Desk, open_desk
from tests.recovery.conftest import with_policy

Bought = dict[str, list[tuple[date, int]]]


@given(rows=st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_the_auc_is_the_share_of_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    back = [score for score, came in rows if came]
    others = [score for score, came in rows if not came]
    if not back or not others:
        return
    pairs = [(a > b) + (a == b) / 2 for a in back for b in others]
    assert auc([s for s, _ in rows], [c for _, c in rows]) == pytest.approx(sum(pairs) / len(pairs))


def filled(store: Store, clock: FixedClock, bought: Bought, on: date) -> Desk:
    """A shop with these members and purchases, on the morning of a day."""
    shop = open_desk(store)
    clock.moment = datetime(on.year, on.month, on.day, 1, tzinfo=UTC)
    with store.write(SHELL) as tx:
        members, purchases = [], []
        for key, (number, listed) in enumerate(sorted(bought.items()), 1):
            days = [day for day, amount in listed if amount > 0 and day <= on]
            joined = min(day for day, _ in listed)
            members.append(
                {
                    "id": key,
                    "number": number,
                    "name": number,
                    "store_id": shop.shop,
                    "owner_id": shop.fang.staff_id,
                    "joined_on": joined,
                    "last_on": max(days, default=joined),
                    "last_purchase_on": max(days, default=None),
                    "amount_total": sum(amount for _, amount in listed),
                    "created_at": tx.now,
                    "updated_at": tx.now,
                }
            )
            purchases += [
                {
                    "store_id": shop.shop,
                    "order_number": f"{number}-{n}",
                    "member_id": key,
                    "bought_at": datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
                    "day": day,
                    "amount": amount,
                }
                for n, (day, amount) in enumerate(listed)
            ]
        tx.insert_many(Member, members, what="members")
        tx.insert_many(Purchase, purchases, what="purchases")
    return shop


def places(store: Store) -> list[Any]:
    with store.read() as c:
        text = """select m.number, m.amount_total, m.last_on, f.place, r.place as ranked, r.expected
            from follow_up f join member m on m.id = f.member_id left join recovery_place r on r.member_id = m.id
            where f.programme = 'dormant-recovery' and f.state = 'open' order by f.place, m.number"""
        return list(c.execute(sa.text(text).columns(last_on=sa.Date)))


@pytest.fixture(scope="module")
def orders() -> Bought:
    """A gift shop's two years: real customers, days and amounts; skips where they are not at hand."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "realdata"
    if not folder.is_dir():
        pytest.skip("the real data is not beside this checkout")
    bought: Bought = defaultdict(list)
    with lzma.open(folder / "online_retail_ii_A_orders.csv.xz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["customer_id"]:
                day = date.fromisoformat(row["timestamp"][:10])
                bought[row["customer_id"]].append((day, round(float(row["amount"]) * 100)))
    return bought


def test_on_a_real_shop_the_best_order_is_taken(orders: Bought, store: Store, clock: FixedClock) -> None:
    on = date(2011, 12, 9)
    shop = filled(store, clock, orders, on)
    plan(store, SHELL, on)
    assert all(row.place == -row.amount_total for row in places(store))
    found = rank(store, shop.boss, on)

    cut = on - timedelta(days=90)
    gone, lost = (
        latest_before(cut, getattr(store.policy.stages, name)) for name in ("dormant_months", "lost_months")
    )
    spend, recency, back = [], [], []
    for listed in orders.values():
        before = [day for day, amount in listed if amount > 0 and day <= cut]
        if before and lost < max(before) <= gone:
            spend.append(sum(amount for day, amount in listed if day <= cut))
            recency.append(max(before).toordinal())
            back.append(any(amount > 0 and cut < day <= on for day, amount in listed))
    assert (found.judged, found.returned) == (len(back), sum(back)) == (1388, 459)
    assert found.auc_spend == pytest.approx(auc(spend, back))
    assert found.auc_recency == pytest.approx(auc(recency, back))
    assert found.auc_expected == pytest.approx(0.675, abs=5e-4)
    assert (round(found.auc_spend or 0, 3), round(found.auc_recency or 0, 3)) == (0.659, 0.627)
    assert found.chosen is Chosen.EXPECTED
    assert latest(store, shop.boss) == found

    rows = places(store)
    never = {number for number, listed in orders.items() if all(amount <= 0 for _, amount in listed)}
    assert {row.number for row in rows if row.ranked is None} <= never  # the model knows nothing of them: last
    assert all(row.place == (row.ranked or 0) for row in rows)
    ordered = [row.expected for row in rows if row.expected is not None]
    assert len(ordered) > 150
    assert ordered == pytest.approx(sorted(ordered, reverse=True), abs=1e-6)
    with store.write(SHELL) as tx:
        tx.connection.execute(sa.text("delete from follow_up"))
        tx.connection.execute(sa.text("delete from plan_run"))
    plan(store, SHELL, on)
    assert [(row.number, row.place) for row in places(store)] == [(row.number, row.place) for row in rows]


def made_up(spend_tells: bool, seed: int = 3) -> Bought:
    """800 members who all bought once a year before; who spent most (or nobody in particular) comes back."""
    chance = random.Random(seed)
    bought: Bought = {}
    for n in range(800):
        amount = chance.randint(1_000, 90_000)
        first = date(2025, 11, 1) + timedelta(days=chance.randint(0, 200))
        listed = [(first, amount), (first + timedelta(days=chance.randint(1, 60)), amount)]
        if chance.random() < (amount / 90_000 if spend_tells else 0.3):
            listed.append((date(2026, 9, 1) + timedelta(days=chance.randint(0, 80)), 5_000))
        bought[f"{n:04d}"] = listed
    return bought


def test_past_spend_stays_where_nothing_beats_it(store: Store, clock: FixedClock) -> None:
    on = date(2026, 11, 23)
    shop = filled(store, clock, made_up(True), on)
    plan(store, SHELL, on)
    found = rank(store, shop.boss, on)
    assert found.chosen is Chosen.SPEND
    assert (found.auc_spend or 0) > max(found.auc_expected or 0, found.auc_recency or 0)
    assert found.placed == 0
    rows = places(store)
    assert rows
    assert all(row.place == -row.amount_total and row.ranked is None for row in rows)


def test_with_too_few_who_came_back_nothing_is_judged(store: Store, clock: FixedClock) -> None:
    on = date(2026, 11, 23)
    shop = filled(store, clock, {"1": [(date(2026, 1, 5), 900)], "2": [(date(2026, 2, 5), 900)]}, on)
    found = rank(store, shop.boss, on)
    assert (found.chosen, found.judged, found.returned, found.auc_spend) == (Chosen.SPEND, 2, 0, None)
    with_policy(store, ranking={"least_returned": 1})
    assert rank(store, shop.boss, on).chosen is Chosen.SPEND
    assert open_store_is_empty(store)


def open_store_is_empty(store: Store) -> bool:
    with store.read() as c:
        return c.execute(sa.text("select count(*) from recovery_place")).scalar() == 0


def test_an_empty_shop_is_ranked_by_spend(store: Store) -> None:
    shop = open_desk(store)
    assert latest(store, shop.boss) is None
    found = rank(store, shop.boss)
    assert (found.members, found.chosen, found.model) == (0, Chosen.SPEND, None)


def test_only_managers_judge(store: Store) -> None:
    shop = open_desk(store)
    for who in (shop.fang, shop.caller):
        with pytest.raises(NotAllowed):
            rank(store, who)
