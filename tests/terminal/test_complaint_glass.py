"""A complaint in real terminals: taken down in a call, late twice, put right, not good, reopened, put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.store.engine import Store
from tests.handover.conftest import Office, make_office
from tests.terminal.glass import START, Glass
from tests.tui.supervisors import planned

pytestmark = pytest.mark.terminal

ENTER, TAB = "\r", "\t"
F8, F11 = "\x1b[19~", "\x1b[23~"
PATIENCE = 30.0
MATTER = "大衣洗一次就起球"


class Shop:
    """People who sit down at a terminal at some time of the day, press keys, and leave."""

    def __init__(self, office: Office, home: Path) -> None:
        self.office, self.home = office, home
        self.keys = 0

    @contextmanager
    def at(self, staff: str, clock: str) -> Iterator[Callable[..., str]]:
        """A terminal of somebody's; gives a function that presses keys and waits for what they lead to."""
        hour, _, minute = clock.partition(":")
        program = START.replace("time(9, 42)", f"time({int(hour)}, {int(minute)})")
        glass = Glass(self.home, str(self.office.store.url), staff=staff, program=program)

        def press(*keys: str, then: str) -> str:
            for key in keys:
                self.keys += len(key) if not key.startswith("\x1b") else 1
                glass.press(key)
                glass.settle(0.05)
            awaited = then.split("|")
            found = glass.wait_for_any(awaited, PATIENCE)
            glass.settle(0.1)
            return found

        try:
            glass.wait_for(self.office[staff].name, PATIENCE)
            glass.settle()
            yield press
            assert glass.leave(PATIENCE) == 0
        finally:
            if glass.process.isalive():
                glass.kill()

    def row(self) -> dict[str, Any]:
        """The complaint as it stands."""
        with self.office.store.read() as c:
            return dict(c.execute(sa.text("select * from raised")).mappings().one())


def save(press: Callable[..., str]) -> None:
    """Save the call; where that was within a few seconds, whether the member was really reached is asked once."""
    if press(F8, then="真的和|已保存") == "真的和":
        press("y", then="已保存")


def test_a_complaint_through_the_glass(lite: Store, tmp_path: Path) -> None:
    office = make_office(lite)
    office.members(3)
    planned(office)
    office.follow_up("00001")
    shop = Shop(office, tmp_path)

    with shop.at("S101", "09:42") as press:
        press(ENTER, then="接通满意")
        press("2", then="问题或投诉")
        press(MATTER, TAB, then="投诉")
        press("2", "1", "2", F8, then="时立案")
        save(press)
    assert shop.keys - len(MATTER) < 25, shop.keys
    row = shop.row()
    assert (row["matter"], row["kind"], row["category"], row["urgency"]) == (
        MATTER,
        "complaint",
        "quality",
        "urgent",
    )
    assert (row["owner_id"], row["state"], row["level"]) == (office["S101"].staff_id, "open", 0)

    with shop.at("S1M", "12:00") as press:
        press(F11, then="升级给陈红")
    assert (shop.row()["level"], shop.row()["escalated_to"]) == (1, office["S1M"].staff_id)
    with shop.at("K01", "14:00") as press:
        press(F11, then="升级给赵云")
    assert (shop.row()["level"], shop.row()["escalated_to"]) == (2, office["K01"].staff_id)

    with shop.at("S101", "14:05") as press:
        press(F11, then=f"! {MATTER}")
        press(ENTER, then="逾期升级, 给 赵云")
        press("r", then="怎样处理好的")
        press("换了一件新的", ENTER, then="告知会员的电话已列入名单")
    assert shop.row()["state"] == "resolved"

    with shop.at("S101", "14:10") as press:
        press(ENTER, then="我们是这样处理的: 换了一件新的")
        press("2", then="问题或投诉")
        press("新的也起球", F8, then="时立案")
        save(press)
    row = shop.row()
    assert (row["state"], row["round"], row["level"]) == ("open", 1, 0)

    with shop.at("S1M", "14:20") as press:
        press(F11, "2", then=f"! {MATTER}")
        press(ENTER, then="新的也起球")
        press("r", then="怎样处理好的")
        press("全额退款", ENTER, then="告知会员的电话已列入名单")
        press("c", then="评几分")
        press("4", then="已结案")
    row = shop.row()
    assert (row["state"], row["score"], row["resolution"]) == ("closed", 4, "全额退款")
    steps = office.rows("select act from raised_step order by place")
    assert [act for (act,) in steps] == [
        "take", "escalate", "escalate", "resolve", "reopen", "resolve", "close",
    ]  # fmt: skip
    with pytest.raises(sa.exc.DBAPIError), lite.engine.begin() as c:
        c.exec_driver_sql("delete from raised_step")
