"""Fast fingers in a real terminal: a whole form in one burst of bytes lands where it was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from core.store.engine import Store
from tests.handover.conftest import make_office
from tests.terminal.glass import Glass
from tests.tui.supervisors import planned

pytestmark = pytest.mark.terminal

F8, F12 = "\x1b[19~", "\x1b[24~"


def test_a_complaint_typed_in_one_burst(lite: Store, tmp_path: Path) -> None:
    office = make_office(lite)
    office.members(3)
    planned(office)
    glass = Glass(tmp_path, str(lite.url), staff="S102")
    try:
        glass.wait_for(office["S102"].name)
        glass.settle()
        glass.press(f"{F12}路人王女士{F8}收银太慢\t222\t\t\t\t2" + "13800001111" + F8)
        glass.wait_for("已受理")
        glass.leave()
    finally:
        if glass.process.isalive():
            glass.kill()
    with lite.read() as c:
        row = c.execute(sa.text("select matter, said_by, contact, channel, kind from raised")).one()
    assert tuple(row) == ("收银太慢", "路人王女士", "13800001111", "shop", "complaint")
