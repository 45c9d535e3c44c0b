"""The plan against the reference reading of sections 3 and 4, and its idempotence (R4.1)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.errors import Cancelled
from core.followups.planning import ensure_planned, plan
from core.followups.worklist import WorklistQuery, all_rows
from core.store.engine import Store
from tests.followups.conftest import fill, stand_on
from tests.followups.reference import Person, classes, due_purposes, monthly, moved

EVERYTHING = WorklistQuery(everything=True)


def made_up(seed: int, on: date, size: int = 150) -> list[Person]:
    """People whose days crowd around every edge of the rules."""
    rng = random.Random(seed)
    edges = [0, 1, 6, 7, 8, 13, 14, 15, 21, 22, 28, 29, 30, 31, 89, 90, 91, 92, 179, 180, 181, 182, 183, 184]
    edges += [270, 273, 274, 275, 364, 365, 366, 367, 455, 456, 457, 458, 500]
    people = []
    for n in range(size):
        joined = on - timedelta(rng.choice(edges) + rng.randint(0, 2))
        days = [min(on, joined + timedelta(rng.choice([0, 1, 6, 7, 8, 20, 40, 80, 90, 170, 300])))]
        days += [on - timedelta(rng.choice(edges)) for _ in range(rng.choice([0, 0, 1, 2, 6]))]
        purchases = [
            (max(day, joined), rng.choice([0, -500, 100, 100, 100, 2500, 99999]))
            for day in days
            if rng.random() < 0.9
        ]
        people.append(Person(f"{n:04d}", joined, rng.choice(["A1", "A2", "A3"]), purchases))
    return people


def found(store: Store) -> dict[str, dict[str, date]]:
    """{member: {programme: due day}} of the worklist of everybody."""
    return {
        row.number: {purpose.programme: purpose.due_on for purpose in row.purposes}
        for row in all_rows(store, SHELL, EVERYTHING, page=37)
    }


def cut(store: Store) -> dict[str, str]:
    """The value classes stored."""
    with store.read() as c:
        rows = c.execute(sa.text("select number, value_class from member where value_class is not null"))
        return {row.number: row.value_class for row in rows}


def dump(store: Store) -> list[tuple[object, ...]]:
    """Every follow-up there is."""
    with store.read() as c:
        return [tuple(row) for row in c.execute(sa.text("select * from follow_up order by id"))]


PLACES = {"A": 1, "B": 2, "C": 3, None: 4}


def misplaced(store: Store) -> list[tuple[object, ...]]:
    """Open follow-ups that stand by class, but not where their member's class is."""
    with store.read() as c:
        rows = c.execute(
            sa.text(
                """select m.number, f.programme, m.value_class, f.place from follow_up f
                join member m on m.id = f.member_id
                where f.state = 'open' and f.programme in ('monthly', 'decline', 'introduce')"""
            )
        ).all()
    return [tuple(row) for row in rows if PLACES[row.value_class] != row.place]


@pytest.mark.parametrize("seed", range(6))
def test_a_month_opened_on_any_day_is_planned_as_the_rules_say(store: Store, seed: int) -> None:
    on = moved(date(2026, 1, 1) + timedelta(random.Random(seed).randint(0, 330)), 1)
    people = made_up(seed, on)
    fill(store, people)
    stand_on(store, on)
    result = plan(store, SHELL, on)
    assert cut(store) == classes(people, on)
    assert found(store) == due_purposes(people, on)
    assert result.planned["monthly"] == len(monthly(people, on, classes(people, on)))
    assert misplaced(store) == []


def test_what_stays_open_over_a_new_cut_stands_by_the_new_class(store: Store) -> None:
    on = date(2026, 11, 30)
    fill(store, made_up(3, on))
    stand_on(store, on)
    plan(store, SHELL, on)
    before = cut(store)
    with store.write(SHELL) as tx:
        tx.connection.execute(
            sa.text("update follow_up set programme = 'introduce', closes_on = null where programme = 'monthly'")
        )
        tx.connection.execute(sa.text("update purchase set amount = 1 + member_id * 7919 % 991"))
    stand_on(store, date(2026, 12, 1))
    plan(store, SHELL, date(2026, 12, 1))
    assert any(before.get(number) != value for number, value in cut(store).items())
    assert misplaced(store) == []


def test_month_ends_and_leap_days(lite: Store) -> None:
    on = date(2028, 2, 29)
    people = [
        Person(f"{n:03d}", date(2026, 1, 1) + timedelta(n), "A1", [(date(2026, 1, 1) + timedelta(n), 100)])
        for n in range(780)
    ]
    fill(lite, people)
    stand_on(lite, on)
    plan(lite, SHELL, on)
    assert found(lite) == due_purposes(people, on)


def test_planning_again_changes_nothing(store: Store) -> None:
    on = date(2026, 11, 23)
    fill(store, made_up(7, on))
    stand_on(store, on)
    first = plan(store, SHELL, on)
    before = dump(store)
    second = plan(store, SHELL, on)
    assert dump(store) == before
    assert sum(second.planned.values()) == 0
    assert {k: v for k, v in second.already.items() if v} == {k: v for k, v in first.planned.items() if v}


def test_missed_days_are_caught_up(lite: Store, tmp_path: object) -> None:
    start = date(2026, 11, 2)
    people = made_up(11, start, 400)
    fill(lite, people)
    for day in (start, date(2026, 11, 19)):
        stand_on(lite, day)
        plan(lite, SHELL, day)
    due = {p.number: due_purposes([p], date(2026, 11, 19)) for p in people}
    for number, purposes in found(lite).items():
        expected = due[number].get(number, {})
        assert {k for k in purposes if k.startswith(("dormant", "welcome"))} == {
            k for k in expected if k.startswith(("dormant", "welcome"))
        }


def test_the_monthly_plan_is_made_once(lite: Store) -> None:
    on = date(2026, 11, 2)
    fill(lite, made_up(3, on))
    stand_on(lite, on)
    made = plan(lite, SHELL, on).planned["monthly"]
    stand_on(lite, date(2026, 11, 20))
    assert plan(lite, SHELL).planned["monthly"] == 0
    stand_on(lite, date(2026, 12, 1))
    result = plan(lite, SHELL)
    assert result.planned["monthly"] > 0
    assert result.closed["monthly"] == made


def test_an_empty_store_leaves_the_month_open(lite: Store) -> None:
    on = date(2026, 11, 2)
    stand_on(lite, on)
    assert sum(plan(lite, SHELL).planned.values()) == 0
    fill(lite, made_up(3, on))
    assert plan(lite, SHELL).planned["monthly"] > 0


def test_the_day_is_planned_when_first_opened(lite: Store) -> None:
    fill(lite, made_up(5, date(2026, 11, 23)))
    assert ensure_planned(lite, SHELL) is not None
    assert ensure_planned(lite, SHELL) is None


def test_a_cancelled_plan_leaves_nothing(store: Store) -> None:
    fill(store, made_up(5, date(2026, 11, 23)))

    def stop(step: str, _share: float) -> None:
        if step == "record":
            raise Cancelled("cancelled", "stopped")

    with pytest.raises(Cancelled):
        plan(store, SHELL, progress=stop)
    assert dump(store) == []
    assert cut(store) == {}
    assert sum(plan(store, SHELL).planned.values()) > 0


def test_a_plan_past_the_known_calendar_says_so(lite: Store) -> None:
    stand_on(lite, date(2026, 12, 1))
    assert plan(lite, SHELL).unknown_after is None
    stand_on(lite, date(2029, 1, 5))
    assert plan(lite, SHELL).unknown_after is not None


def test_decline_is_found_on_the_day_it_begins(lite: Store) -> None:
    """Between two month plans only moved windows are looked at; the answer must be the same."""
    start = date(2026, 10, 8)
    rng = random.Random(2)
    people = [
        Person(
            f"{n:03d}",
            date(2025, 1, 1),
            "A1",
            [(start - timedelta(rng.randint(-20, 200)), rng.choice([100, 5000, -300])) for _ in range(9)],
        )
        for n in range(120)
    ]
    fill(lite, people)
    expected: set[str] = set()
    kept: dict[str, str] = {}
    for day in (d for d in (start + timedelta(k) for k in range(23)) if d.month == 10):
        known = [Person(p.number, p.joined, p.owner, [x for x in p.purchases if x[0] <= day]) for p in people]
        stand_on(lite, day)
        if day == start:
            plan(lite, SHELL)
            kept = cut(lite)
        elif working_day(day):
            plan(lite, SHELL)
        expected |= {
            p.number
            for p in people
            if working_day(day)
            and kept.get(p.number) in ("A", "B")
            and stage_with_future(p, day)
            and next(k for k in known if k.number == p.number).declining(day)
        }
    with lite.read() as c:
        rows = c.execute(
            sa.text(
                "select m.number from follow_up f join member m on m.id = f.member_id where programme='decline'"
            )
        )
        assert {row.number for row in rows} == expected
    assert len(expected) > 10


def working_day(day: date) -> bool:
    return moved(day, 1) == day


def stage_with_future(person: Person, day: date) -> bool:
    """The store knows all purchases from the start: its last purchase is the newest one."""
    return person.stage(day) == "regular"


def test_the_real_log(lite: Store, realdata: object) -> None:
    """Seed A, whole log: the figures of the requirements; stores and names aside, from the orders themselves."""
    people = from_orders(realdata, None)
    on = date(2011, 12, 9)
    fill(lite, people)
    stand_on(lite, on)
    result = plan(lite, SHELL, on)
    rows = found(lite)
    counted = Counter(name for purposes in rows.values() for name in purposes)
    stages = Counter(p.stage(on) for p in people)
    assert stages == {"regular": 1355, "dormant_6m": 781, "lost": 451, "dormant_3m": 305, "new": 80}
    assert Counter(cut(lite).values()) == {"A": 271, "B": 407, "C": 677}
    assert {k: v for k, v in counted.items() if k != "decline"} == {
        "dormant-recovery": 781,
        "dormant-review": 305,
        "monthly": 87,
        "welcome": 43,
    }
    assert sum(1 for purposes in rows.values() if set(purposes) - {"decline"}) == 1216
    assert result.planned["monthly"] == 1355
    assert rows == due_purposes(people, on)


@pytest.mark.parametrize("until", [date(2010, 6, 1), date(2011, 2, 28), date(2011, 9, 30), date(2011, 10, 31)])
def test_the_real_log_on_other_days(lite: Store, realdata: object, until: date) -> None:
    people = from_orders(realdata, until)
    fill(lite, people)
    stand_on(lite, until)
    plan(lite, SHELL, until)
    assert cut(lite) == classes(people, until)
    assert found(lite) == due_purposes(people, until)


def from_orders(realdata: object, until: date | None) -> list[Person]:
    """The order log's customers, with the store and owner that `make_inputs.py` gives them for seed A."""
    import csv
    import hashlib
    import lzma
    from datetime import datetime
    from pathlib import Path

    def h(text: str, n: int) -> int:
        return int(hashlib.sha256(text.encode()).hexdigest(), 16) % n

    bought: dict[str, list[tuple[date, int]]] = {}
    joined: dict[str, date] = {}
    with lzma.open(Path(str(realdata)) / "online_retail_ii_A_orders.csv.xz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = datetime.fromisoformat(row["timestamp"]).date()
            customer = row["customer_id"]
            if not customer or (until and day > until):
                continue
            bought.setdefault(customer, []).append((day, round(float(row["amount"]) * 100)))
            joined[customer] = min(day, joined.get(customer, day))
    return [
        Person(c, joined[c], f"S{1 + h('Astore' + c, 4)}0{1 + h('Aowner' + c, 4)}", bought[c])
        for c in sorted(bought)
    ]
