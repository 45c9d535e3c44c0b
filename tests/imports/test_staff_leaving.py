"""An import lets nobody leave who still has something in hand (R7.2)."""

from __future__ import annotations

import pytest

from core.base.actor import SHELL
from core.base.language import catalogue
from core.followups.tables import Claim
from core.handover.clearance import NotCleared
from core.imports.people_files import StaffFile
from core.members.tables import Member
from core.store.engine import Store
from tests.imports.conftest import MEMBERS, WriteFile, bring, rows

STAFF = ("工号", "姓名", "角色", "门店编号", "离职日期")
WANG = ("A1", "王芳", "店员", "S1", "2026-11-20")
LI = ("A2", "李静", "assistant", "S1", "2026-11-20")
NEW = ("A9", "旧人", "店员", "S1", "2025-01-31")


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_leaver_with_members_is_refused_the_others_leave(
    ready: Store, written: WriteFile, dry_run: bool
) -> None:
    members = written("m.csv", MEMBERS, ("1001", "张三", "", "", "2026-01-02", "S1", "A1"))
    bring(ready, "members", members)
    with ready.write(SHELL) as tx:
        keys = dict(rows(ready, "select code, id from staff"))
        (member,) = rows(ready, "select id from member")[0]
        tx.insert(Claim, member_id=member, staff_id=keys["A2"], terminal="t", claimed_at=tx.now, expires_at=tx.now)
    file = written("staff.csv", STAFF, WANG, LI, NEW)
    done = bring(ready, "staff", file, words=catalogue("en"), dry_run=dry_run, rejects=file.with_name("r.csv"))
    assert (done.added, done.updated, done.rejected) == (1, 1, 1)
    reason = file.with_name("r.csv").read_text("utf-8-sig")
    assert "王芳 still has 1 thing in hand" in reason
    assert "staff clearance A1" in reason
    left = dict(rows(ready, "select code, left_on from staff where left_on is not null"))
    assert set(left) == (set() if dry_run else {"A2", "A9"})
    assert len(rows(ready, "select 1 from claim")) == (1 if dry_run else 0)
    if not dry_run:
        assert bring(ready, "staff", file, words=catalogue("en")).rejected == 1
        with ready.write(SHELL) as tx:
            tx.update(Member, member, {"owner_id": keys["B1"]})
        assert bring(ready, "staff", file).updated == 1


def test_members_who_come_meanwhile_stop_the_import(
    ready_lite: Store, written: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = StaffFile.resolved

    def late(self: StaffFile, connection: object, states: object) -> object:
        found = looked(self, connection, states)  # type: ignore[arg-type]
        bring(ready_lite, "members", written("m.csv", MEMBERS, ("1", "张三", "", "", "2026-01-02", "S1", "A1")))
        return found

    monkeypatch.setattr(StaffFile, "resolved", late)
    with pytest.raises(NotCleared):
        bring(ready_lite, "staff", written("staff.csv", STAFF, WANG))
    assert rows(ready_lite, "select code from staff where left_on is not null") == []
