"""A leaver's 1,500 members split among three through the screens of a real terminal, to the filing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.store.engine import Store
from tests.handover.conftest import make_office
from tests.terminal.glass import Glass
from tests.tui.supervisors import planned

pytestmark = pytest.mark.terminal

ENTER = "\r"
F6, F8 = "\x1b[17~", "\x1b[19~"


def test_a_leavers_members_are_split_refused_resubmitted_and_filed(lite: Store, tmp_path: Path) -> None:
    office = make_office(lite)
    office.members(1500)
    planned(office)
    keys: dict[str, int] = {}

    def at(staff: str, deeds: Callable[[Glass], None]) -> None:
        glass = Glass(tmp_path, str(lite.url), staff=staff)
        try:
            glass.wait_for("S1店")  # somebody is in
            glass.settle()
            deeds(glass)
            keys[staff] = keys.get(staff, 0) + glass.sent
            assert glass.leave() == 0
        finally:
            if glass.process.isalive():
                glass.kill()

    def press(glass: Glass, key: str, then: str) -> None:
        glass.sent += 1
        glass.press(key)
        glass.wait_for(then)
        glass.settle(0.15)

    def name(glass: Glass, text: str, then: str) -> None:
        glass.sent += len(text) + 1
        glass.press(text)
        glass.wait_for(text)
        glass.settle(0.15)
        glass.press(ENTER)
        glass.wait_for(then)
        glass.settle(0.15)

    def apply(glass: Glass) -> None:
        press(glass, F6, "没有您可以查看的申请")
        press(glass, "n", "交接什么?")
        press(glass, "2", "谁接任?")
        for code, so_far in (("S102", "已选: S102"), ("S103", "S102, S103"), ("S201", "S102, S103, S201")):
            name(glass, code, so_far)
        press(glass, ENTER, "会员如何分配?")
        press(glass, "1", "为何交接?")
        name(glass, "离职", "李静 500, 赵磊 500, 周敏 500")
        press(glass, F8, "提交申请?")
        press(glass, "y", "待店长审核")

    def refuse(glass: Glass) -> None:
        press(glass, F6, "待我处理")
        press(glass, ENTER, "店长 ..")
        press(glass, "r", "为何退回?")
        name(glass, "周敏在外店", "退回 11-23")

    def again(glass: Glass) -> None:
        press(glass, F6, "2026-0001")
        press(glass, ENTER, "周敏在外店")
        press(glass, "m", "如何分配?")
        press(glass, "4", "谁接任?")
        for code, so_far in (("S102", "已选: S102"), ("S103", "S102, S103"), ("C01", "S102, S103, C01")):
            name(glass, code, so_far)
        press(glass, ENTER, "马超 500")
        press(glass, "a", "重新提交 2026-0001?")
        press(glass, "y", "待店长审核")

    def decide(key: str, asked: str, then: str) -> Callable[[Glass], None]:
        def deeds(glass: Glass) -> None:
            press(glass, F6, "待我处理")
            press(glass, ENTER, "交接 2026-0001")
            press(glass, key, asked)
            press(glass, "y", then)

        return deeds

    at("S101", apply)
    at("S1M", refuse)
    assert office.owners() == {"S101": 1500}
    at("S101", again)
    at("S1M", decide("a", "以店长身份同意", "待经理审批"))
    assert office.owners() == {"S101": 1500}
    at("K01", decide("a", "批准 2026-0001?", "客服备案 .."))
    assert office.owners() == {"S102": 500, "S103": 500, "C01": 500}
    at("F01", decide("x", "备案 2026-0001?", "已备案"))
    acts = [row[0] for row in office.rows("select act from handover_step order by id")]
    assert acts == ["submit", "refuse", "adjust", "submit", "review", "approve", "execute", "file"]
    assert office.rows("select count(*) from follow_up where programme = 'introduce'") == [(1500,)]
    assert {staff: count for staff, count in keys.items() if staff in ("K01", "F01")} == {"K01": 4, "F01": 4}
