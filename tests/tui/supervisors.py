"""An office for the supervisors' screens: 王芳's members, a leaver's application, people with PINs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from core.base.actor import SHELL
from core.calls.tables import RaisedKind
from core.followups.tables import PlanRun
from core.handover import actions
from core.handover.forms import HandoverForm
from core.store.engine import Store
from tests.handover.conftest import ON, Office, make_office
from tui.widgets.lines import Lines

Made = Callable[..., Any]


def run(coroutine: Any) -> None:
    """Drive the screens."""
    asyncio.run(coroutine)


async def to(page: Any, key: str) -> None:
    """Put the cursor on that row."""
    assert page.app.screen.query_one(Lines).select(key), page.text
    await page.quiet()


def state(office: Office) -> list[tuple[Any, ...]]:
    """Every application and where it stands."""
    return office.rows("select number, state from handover order by id")


LEAVING = HandoverForm(giver="S101", kind="leaving", successors=("S102", "S103"), reason="回老家, 月底离职")


def office_of(store: Store, members: int = 12) -> Office:
    """Members of 王芳 with tasks, a callback and a complaint; the day is planned."""
    office = make_office(store)
    office.members(members)
    office.members(3, owner="S102", first=90001)
    planned(office)
    for number in range(1, min(members, 6) + 1):
        office.follow_up(f"{number:05d}")
    office.follow_up("00002", "callback", cycle="c1", due_at=datetime(2026, 11, 25, 2, 0, tzinfo=UTC),
                     due_on=date(2026, 11, 25))  # fmt: skip
    office.raise_matter("00003")
    office.raise_matter("00004", RaisedKind.PROBLEM)
    return office


def planned(office: Office) -> None:
    """The day is planned: the screens need not do it."""
    with office.store.write(SHELL) as tx:
        tx.insert(PlanRun, day=ON, made_at=tx.now, actor_code="shell", counts="{}")


def applied(office: Office, *, upto: str = "submit") -> str:
    """王芳 leaves: her application, taken as far as `upto`; its number."""
    number = actions.submit(office.store, office["S101"], LEAVING).row.number
    if upto in ("review", "approve", "file"):
        actions.review(office.store, office["S1M"], number)
    if upto in ("approve", "file"):
        actions.approve(office.store, office["K01"], number)
    if upto == "file":
        actions.file(office.store, office["F01"], number)
    return number
