"""A small store with a caller's Monday in it: 王芳 of 南京路店, 2026-11-23 09:42, and names that mean harm."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.base.actor import SHELL, Role
from core.base.clock import FixedClock
from core.base.phones import understand
from core.base.settings import Settings
from core.calls.tables import Call, CallPurpose, Raised, RaisedKind
from core.followups.tables import Claim, FollowUp, PlanRun
from core.members.profile import key_rows, phone_values
from core.members.tables import Member, MemberNameKey, MemberPhone, ValueClass
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.purchases.tables import Purchase
from core.store.engine import Store
from tui import terminal

terminal.prepare(os.environ)

NOW = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
TODAY = date(2026, 11, 23)

HOSTILE = ("[/foo][b]x", "a\x1b[31mred\x1b]0;t\x07", "\u202eabc\u2066", "👨‍👩‍👧家", "很" * 30)


class Seed:
    """Puts people, members and their work into a store."""

    def __init__(self, store: Store, *, planned: bool = True) -> None:
        self.store = store
        self.members: dict[str, int] = {}
        with store.write(SHELL, why="seed") as tx:
            self.shop = tx.insert(Shop, code="S1", name="南京路店", city="上海", works_weekends=True)
            self.wang = tx.insert(Staff, code="W1", name="王芳", role=Role.ASSISTANT, store_id=self.shop)
            self.zhang = tx.insert(Staff, code="Z1", name="张三", role=Role.ASSISTANT, store_id=self.shop)
            if planned:
                tx.insert(PlanRun, day=TODAY, made_at=NOW, actor_code="shell", counts="{}")

    def member(self, number: str, name: str, phone: str, last: date, **more: Any) -> int:
        """A member of 王芳's; bought last on that day."""
        joined = more.pop("joined_on", date(2025, 3, 1))
        with self.store.write(SHELL, why="seed") as tx:
            key = tx.insert(
                Member,
                number=number,
                name=name,
                store_id=self.shop,
                owner_id=self.wang,
                joined_on=joined,
                first_purchase_on=more.pop("first_purchase_on", joined),
                last_purchase_on=last,
                last_on=last,
                purchase_count=3,
                amount_total=26800,
                completeness=more.pop("completeness", 82),
                dialable=True,
                created_at=NOW,
                updated_at=NOW,
                **more,
            )
            tx.insert(MemberPhone, member_id=key, **phone_values(understand(phone), 0))
            for row in key_rows(key, name):
                tx.insert(MemberNameKey, **row)
        self.members[number] = key
        return int(key)

    def due(self, number: str, programme: str, on: date, cycle: str = "c", **more: Any) -> int:
        """An open follow-up of a member."""
        with self.store.write(SHELL, why="seed") as tx:
            return int(
                tx.insert(
                    FollowUp,
                    member_id=self.members[number],
                    programme=programme,
                    cycle=cycle,
                    store_id=self.shop,
                    assignee_id=more.pop("assignee_id", self.wang),
                    due_on=on,
                    created_at=NOW - timedelta(days=3),
                    **more,
                )
            )

    def bought(self, number: str, day: date, amount: int, goods: str) -> None:
        """A purchase on record; the member's sums are not touched."""
        with self.store.write(SHELL, why="seed") as tx:
            tx.insert(
                Purchase,
                store_id=self.shop,
                order_number=f"{number}-{day}-{amount}",
                member_id=self.members[number],
                bought_at=datetime(day.year, day.month, day.day, 6, tzinfo=UTC),
                day=day,
                amount=amount,
                goods=goods,
                received_by=self.zhang,
            )

    def called(
        self, number: str, at: datetime, outcome: str, follow_up: int | None = None, note: str = ""
    ) -> None:
        """A call on record."""
        with self.store.write(SHELL, why="seed") as tx:
            call = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number}{at}"))
            tx.insert(
                Call,
                id=call,
                member_id=self.members[number],
                caller_id=self.wang,
                store_id=self.shop,
                started_at=at,
                ended_at=at,
                day=at.date(),
                outcome=outcome,
                reached=outcome in ("reached", "callback", "dissatisfied"),
                note=note,
                stored_at=at,
            )
            if follow_up is not None:
                tx.insert(CallPurpose, call_id=call, follow_up_id=follow_up, covered=False)

    def raised(self, number: str, matter: str) -> None:
        """An open complaint."""
        with self.store.write(SHELL, why="seed") as tx:
            tx.insert(
                Raised,
                member_id=self.members[number],
                kind=RaisedKind.COMPLAINT,
                category="service",
                matter=matter,
                store_id=self.shop,
                raised_at=NOW - timedelta(days=20),
            )

    def held(self, number: str, minutes: int = 5) -> None:
        """张三 is on that member."""
        with self.store.write(SHELL, why="seed") as tx:
            tx.insert(
                Claim,
                member_id=self.members[number],
                staff_id=self.zhang,
                terminal="other",
                claimed_at=NOW - timedelta(minutes=minutes),
                expires_at=NOW + timedelta(minutes=15 - minutes),
            )


def monday(store: Store) -> Seed:
    """The morning of the sketch in SCREENS.md."""
    seed = Seed(store)
    seed.member("10234", "李雷", "13900138000", date(2026, 11, 15), value_class=ValueClass.A, gender="male",
                last_promise="换货到店后通知", best_time="下午")  # fmt: skip
    seed.member(
        "10235", "韩梅梅", "13900138001", date(2026, 11, 15), joined_on=date(2026, 11, 15), gender="female"
    )
    seed.member("10236", "欧阳明月", "13900138002", date(2026, 5, 3), value_class=ValueClass.B, gender="female")
    seed.member("10237", "单小飞", "13900138003", date(2026, 8, 22), value_class=ValueClass.A)
    seed.member(
        "10238",
        "张伟",
        "13900138004",
        date(2026, 10, 20),
        value_class=ValueClass.C,
        last_reached_on=date(2026, 10, 21),
    )
    seed.member("10239", "赵敏", "13900138005", date(2026, 11, 1), value_class=ValueClass.C)
    seed.due("10234", "callback", TODAY, due_at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC), promise="换货到了再打")
    seed.due("10235", "welcome", date(2026, 11, 20), closes_on=date(2026, 12, 4))
    seed.due("10236", "dormant-recovery", date(2026, 11, 3), closes_on=date(2027, 2, 2), attempts=2)
    seed.due("10236", "monthly", date(2026, 11, 9), cycle="2026-11", closes_on=date(2026, 11, 30))
    seed.due("10237", "dormant-review", date(2026, 11, 22), closes_on=date(2027, 2, 21))
    seed.due("10238", "monthly", date(2026, 11, 23), cycle="2026-11", closes_on=date(2026, 11, 30), place=1)
    seed.due("10239", "monthly", date(2026, 11, 23), cycle="2026-11", closes_on=date(2026, 11, 30), place=2)
    seed.bought("10234", date(2026, 11, 15), 26800, "围巾")
    seed.bought("10237", date(2026, 8, 22), 58800, "大衣")
    seed.called("10234", datetime(2026, 11, 19, 2, 20, tzinfo=UTC), "no_answer")
    seed.raised("10237", "袖口开线, 要求换货")
    seed.held("10239")
    return seed


def hostile(store: Store) -> Seed:
    """Members whose names mean harm."""
    seed = Seed(store)
    for index, name in enumerate(HOSTILE):
        number = f"2000{index}"
        seed.member(number, name, f"1390013900{index}", date(2026, 11, 15), joined_on=date(2026, 11, 15),
                    last_promise=name, best_time=name)  # fmt: skip
        seed.due(number, "welcome", date(2026, 11, 20), closes_on=date(2026, 12, 4), promise=name)
        seed.bought(number, date(2026, 11, 15), 100, name)
        seed.called(number, datetime(2026, 11, 19, 2, index, tzinfo=UTC), "no_answer", note=name)
    return seed


@pytest.fixture
def desk_store(lite: Store) -> Store:
    """The store of the sketch."""
    monday(lite)
    return lite


@pytest.fixture
def hostile_store(lite: Store) -> Store:
    """A store full of harmful names."""
    hostile(lite)
    return lite


@pytest.fixture
def settings(lite: Store, tmp_path: Path) -> Settings:
    """Settings that name the test's store."""
    return Settings(home=tmp_path, database=str(lite.url), lang=None, staff=None)


Made = Callable[..., Any]


@pytest.fixture
def screens(settings: Settings, clock: FixedClock) -> Iterator[Made]:
    """Makes page drivers: `async with screens(lang="en", size=(120, 40)) as page`."""
    from tests.tui.pages import opened

    def make(*, lang: str = "zh", size: tuple[int, int] = (80, 24), staff: str | None = "W1") -> Any:
        return opened(settings, clock, lang=lang, size=size, staff=staff)

    return make
