"""A leaver's 1,500 members split among three through the screens of a real terminal, to the filing."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store.engine import Store
from tests.handover.conftest import make_office
from tests.terminal.leaver import Cast, Leaver
from tests.tui.supervisors import planned

pytestmark = pytest.mark.terminal

CAST = Cast("S101", "S1M", "K01", "F01", ("S102", "S103", "S201"), "C01")


@pytest.mark.slow
def test_a_leavers_members_are_split_refused_resubmitted_and_filed(lite: Store, tmp_path: Path) -> None:
    office = make_office(lite)
    office.members(1500)
    planned(office)
    names = {code: actor.name for code, actor in office.people.items()}
    leaver = Leaver(tmp_path, str(lite.url), CAST, names, 1500)
    before = {"S101": 1500}
    after = {"S102": 500, "S103": 500, "C01": 500}
    kept: dict[str, object] = {}
    leaver.whole(lambda step: kept.update({step: office.owners()}))
    assert kept == {
        **dict.fromkeys(("submit", "refuse", "submit again", "review"), before),
        **dict.fromkeys(("approve", "file"), after),
    }
    acts = [row[0] for row in office.rows("select act from handover_step order by id")]
    assert acts == ["submit", "refuse", "adjust", "submit", "review", "approve", "execute", "file"]
    assert office.rows("select count(*) from follow_up where programme = 'introduce'") == [(1500,)]
    assert {staff: count for staff, count in leaver.keys.items() if staff in ("K01", "F01")} == {
        "K01": 4,
        "F01": 4,
    }
