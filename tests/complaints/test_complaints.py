"""What members say is followed through, on both databases: who has it, what is late, told, judged, kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.errors import BadInput, Conflict, HuifangError, NotFound, Refused
from core.base.language import catalogue
from core.calls.actions import take_back
from core.calls.forms import RaisedForm
from core.calls.tables import RaisedAct
from core.complaints.actions import act_on, take_down
from core.complaints.forms import Deed, IntakeForm
from core.complaints.views import MatterFilter, list_matters, matter_sheet
from core.complaints.watch import Watched, watch
from core.followups.worklist import WorklistQuery, worklist
from core.handover.actions import approve, review, submit
from core.handover.clearance import NotCleared, clearance, leave
from core.handover.forms import HandoverForm
from core.insight.timeline import timeline
from core.store.seal_check import verify
from core.store.seals import seal
from tests.complaints.conftest import Desk


def said(desk: Desk, number: str) -> list[str]:
    """The member's timeline, oldest first, in English."""
    events = timeline(desk.store, desk["K01"], number)
    return [event.said(catalogue("en"), desk.store.rulebook) for event in reversed(events)]


def test_a_complaint_from_the_call_to_its_second_resolution(desk: Desk) -> None:
    call = desk.call("00001", "dissatisfied", raised=(RaisedForm("领口开线", "complaint", "quality", "urgent"),))
    row = desk.one("select * from raised")
    key, owner = row["id"], desk["S101"].staff_id
    assert (row["owner_id"], row["call_id"], row["state"], row["level"]) == (owner, call, "open", 0)
    assert watch(desk.store, desk["S102"]) == Watched()
    desk.clock.advance(hours=2, minutes=1)
    assert watch(desk.store, desk["S102"]) == Watched(escalated=1)
    assert watch(desk.store, desk["S103"]) == Watched()
    desk.clock.advance(hours=2)
    assert watch(desk.store, desk["S102"]) == Watched(escalated=1)
    desk.clock.advance(days=9)
    assert watch(desk.store, desk["S102"]) == Watched()
    ups = desk.all("select level, to_id, by_id, by_code from raised_step where act = 'escalate' order by place")
    assert [(up["level"], up["to_id"], up["by_id"], up["by_code"]) for up in ups] == [
        (1, desk["S1M"].staff_id, None, "huifang"),
        (2, desk["K01"].staff_id, None, "huifang"),
    ]
    desk.act(key, "answer", "S101", text="已致歉")
    desk.act(key, "resolve", "S101", text="换了新的")
    task = desk.one("select * from follow_up where programme = 'problem'")
    assert (task["state"], task["assignee_id"], task["promise"]) == ("open", owner, "换了新的")
    listed = worklist(desk.store, desk["S101"], WorklistQuery()).rows
    assert [purpose.programme for row in listed for purpose in row.purposes] == ["problem"]
    desk.call("00001", "dissatisfied", note="还是开线", covered=(task["id"],))
    row = desk.one("select * from raised")
    assert (row["state"], row["round"], row["level"], row["score"]) == ("open", 1, 0, None)
    assert len(desk.all("select id from raised")) == 1  # reopened, not taken down a second time
    desk.act(key, "resolve", "S1M", text="退款并赔礼")
    task = desk.one("select * from follow_up where programme = 'problem' and state = 'open'")
    desk.call("00001", "reached", covered=(task["id"],), scores={"service": 4})
    row = desk.one("select * from raised")
    assert (row["state"], row["score"]) == ("closed", 4)
    assert [line for line in said(desk, "00001") if line.startswith("complaint")] == [
        "complaint: 领口开线",
        "complaint 1 late, goes up, to 陈红",
        "complaint 1 late, goes up, to 赵云",
        "complaint 1 first answer, member told: 已致歉",
        "complaint 1 put right: 换了新的",
        "complaint 1 reopened, member told: 还是开线",
        "complaint 1 put right: 退款并赔礼",
        "complaint 1 case closed, score 4, member told",
    ]


def test_what_was_judged_in_a_call_comes_back_with_it(desk: Desk) -> None:
    key = desk.take().row.id
    desk.act(key, "resolve", "S101", text="换了")
    before = desk.one("select * from raised")
    task = desk.one("select id from follow_up")["id"]
    desk.call("00001", "reached", covered=(task,))
    assert desk.one("select state from raised") == {"state": "closed"}
    take_back(desk.store, desk["S101"])
    after = desk.one("select * from raised")
    assert {k: v for k, v in after.items() if k != "version"} == {
        k: v for k, v in before.items() if k != "version"
    }
    steps = [row["act"] for row in desk.all("select act from raised_step order by place")]
    assert steps == ["take", "resolve", "close", "undo"]
    assert desk.one("select state from follow_up") == {"state": "open"}


def test_a_call_is_not_taken_back_from_under_those_who_see_to_it(desk: Desk) -> None:
    desk.call("00001", "dissatisfied", raised=(RaisedForm("开线", "complaint"),))
    key = desk.one("select id from raised")["id"]
    desk.act(key, "progress", "S1M", text="在查")
    with pytest.raises(Conflict):
        take_back(desk.store, desk["S101"])
    desk.act(key, "withdraw", "S1M", text="记错了")
    with pytest.raises(Conflict):
        take_back(desk.store, desk["S101"])


@pytest.mark.parametrize(("about", "owner"), [("", "S101"), ("S101", "S1M"), ("S1M", "S101"), ("王芳", "S1M")])
def test_it_goes_to_the_owner_unless_it_is_about_them(about: str, owner: str, small: Desk) -> None:
    assert small.take(about=about).row.owner == owner


def test_about_the_store_manager_who_keeps_the_member(small: Desk) -> None:
    small.office.change("00001", owner_id=small["S1M"].staff_id)
    row = small.take(about="S1M").row
    assert row.owner == "K01"
    with pytest.raises(Refused, match="This is about you"):
        small.act(row.id, "resolve", "S1M", text="没事")
    assert small.act(row.id, "resolve", "K01", text="谈过了").acts


def test_nobody_closes_with_a_call_what_is_about_them(small: Desk) -> None:
    key = small.take(about="S102").row.id
    small.act(key, "resolve", "S1M", text="谈过了")
    task = small.one("select id from follow_up")["id"]
    small.call("00001", "reached", "S102", covered=(task,))
    assert small.one("select state from raised") == {"state": "resolved"}
    assert small.all("select act from raised_step")[-1] == {"act": "tell"}


def test_somebody_on_no_file(desk: Desk) -> None:
    form = IntakeForm(what=RaisedForm("排队太久", "complaint"), said_by="路人甲", contact="13800001111")
    sheet = take_down(desk.store, desk["C01"], form)
    assert (sheet.row.name, sheet.row.number, sheet.row.owner) == ("路人甲", "", "S1M")
    done = desk.act(sheet.row.id, "resolve", "S1M", text="加了收银台")
    assert desk.all("select id from follow_up") == []
    with pytest.raises(BadInput):
        desk.act(sheet.row.id, "close", "S1M")
    assert desk.act(done.row.id, "close", "S1M", text="电话无人接听").row.state == "closed"
    with pytest.raises(BadInput):
        take_down(desk.store, desk["C01"], IntakeForm(what=RaisedForm("排队太久", "complaint")))
    with pytest.raises(NotFound):
        take_down(desk.store, desk["S201"], IntakeForm(what=RaisedForm("x", "complaint"), number="00001"))


def test_a_problem_is_told_on_its_promised_day_and_after(desk: Desk) -> None:
    key = desk.take(kind="problem", category="place", matter="灯坏了").row.id
    row = desk.one("select * from raised")
    assert str(row["promised_on"])[:10] == "2026-11-30"
    desk.clock.advance(days=7)
    assert watch(desk.store, desk["S101"]).planned == 1
    assert watch(desk.store, desk["S101"]).planned == 0
    first = desk.one("select * from follow_up")
    desk.call("00001", "reached", covered=(first["id"],), note="再等两天")
    assert desk.one("select state from raised") == {"state": "open"}
    assert desk.all("select act, told from raised_step where act = 'tell'")[0]["told"]
    desk.act(key, "promise", "S101", text="下周修好", promised="+3d")
    assert watch(desk.store, desk["S101"]).planned == 0
    desk.act(key, "resolve", "S101", text="修好了")
    second = desk.one("select * from follow_up where state = 'open'")
    desk.call("00001", "reached", covered=(second["id"],))
    assert desk.one("select state from raised") == {"state": "closed"}


def test_a_leaver_goes_once_all_is_closed_or_moved(desk: Desk) -> None:
    mine = desk.take("00001").row.id
    theirs = desk.take("00002", kind="problem", matter="灯暗", about="S102").row.id
    stranger = take_down(
        desk.store, desk["S101"], IntakeForm(what=RaisedForm("排队", "complaint"), said_by="路人")
    ).row.id
    desk.act(stranger, "assign", "S1M", to="S101", text="你来")
    with pytest.raises(NotCleared):
        leave(desk.store, desk["S1M"], "S101")
    assert clearance(desk.store, desk["S101"], "S101").counts["complaints"] == 2
    desk.act(mine, "resolve", "S101", text="换了")
    desk.act(mine, "close", "S101", score=5)
    number = submit(desk.store, desk["S101"], HandoverForm("S101", "leaving", ("S102",), "离职")).row.number
    review(desk.store, desk["S1M"], number)
    approve(desk.store, desk["K01"], number)
    rows = {row["id"]: row["owner_id"] for row in desk.all("select id, owner_id from raised")}
    assert rows == {mine: desk["S101"].staff_id, theirs: None, stranger: None}
    leave(desk.store, desk["S1M"], "S101")
    assert watch(desk.store, desk["S1M"]).assigned == 2
    owners = {
        row["id"]: row["owner_id"] for row in desk.all("select id, owner_id from raised where id <> :m", m=mine)
    }
    assert set(owners.values()) == {desk["S1M"].staff_id}
    desk.act(theirs, "resolve", "S1M", text="换了灯")


def test_suggestions_come_from_calls_and_are_worked_through(desk: Desk) -> None:
    for answer in ("无", "没有。", " ", "None"):
        desk.call("00004", "reached", answers={"suggestion": answer})
    assert desk.all("select id from raised") == []
    desk.clock.advance(minutes=5)
    desk.call("00005", "reached", answers={"suggestion": "早点开门"})
    take_back(desk.store, desk["S101"])
    assert desk.one("select state from raised") == {"state": "withdrawn"}
    desk.call("00005", "reached", answers={"suggestion": "早点开门"})
    only = MatterFilter(kinds=("suggestion",))
    (row,) = list_matters(desk.store, desk["S1M"], only)
    assert (row.matter, row.owner, row.number) == ("早点开门", "", "00005")
    with pytest.raises(Refused):
        desk.act(row.id, "accept", "S101", text="好")
    with pytest.raises(BadInput):
        desk.act(row.id, "decline", "S1M")
    desk.act(row.id, "accept", "S1M", text="从下月起")
    desk.act(row.id, "resolve", "S1M", text="八点半开门了")
    task = desk.one("select * from follow_up where programme = 'problem'")
    assert task["assignee_id"] == desk["S101"].staff_id
    desk.call("00005", "dissatisfied", covered=(task["id"],), note="还不够早")
    assert matter_sheet(desk.store, desk["S1M"], row.id).row.state == "closed"


@pytest.mark.parametrize(
    "values", [{"matter": ""}, {"kind": "wish"}, {"urgency": "soon"}, {"about": "X99"}, {"matter": "x" * 5000}]
)
def test_what_cannot_be_taken_down(values: dict[str, str], small: Desk) -> None:
    with pytest.raises(Refused):
        small.take(**values)
    assert small.all("select id from raised") == []


def test_two_at_once_and_a_stale_sheet(desk: Desk) -> None:
    sheet = desk.take()
    desk.act(sheet.row.id, "progress", "S101", text="在查", version=sheet.row.version)
    with pytest.raises(Conflict):
        desk.act(sheet.row.id, "resolve", "S1M", text="换了", version=sheet.row.version)
    assert [row["act"] for row in desk.all("select act from raised_step order by place")] == ["take", "progress"]


@pytest.mark.parametrize("deed", ["update raised_step set text = 'x'", "delete from raised_step"])
def test_steps_cannot_be_altered(deed: str, desk: Desk) -> None:
    key = desk.take().row.id
    desk.act(key, "progress", "S101", text="在查")
    with pytest.raises((HuifangError, sa.exc.DBAPIError)), desk.store.write(SHELL) as tx:
        tx.connection.execute(sa.text(deed))
    desk.clock.advance(days=2)
    seal(desk.store, SHELL)
    assert verify(desk.store).findings == ()
    assert len(desk.all("select id from raised_step")) == 2


def test_something_from_before_there_were_clocks(desk: Desk) -> None:
    key = desk.office.raise_matter("00001", raised_at=desk.clock.now() - timedelta(days=30))
    found = watch(desk.store, desk["S101"])
    assert found.escalated == 2
    row = desk.one("select * from raised where id = :key", key=key)
    assert row["resolve_due_at"] is not None
    assert str(row["promised_on"])[:10] < str(date(2026, 11, 1))
    assert watch(desk.store, desk["S101"]) == Watched()


def test_everybody_takes_down_and_the_shell_does_nothing_more(small: Desk) -> None:
    keys = [small.take("00001", code).row.id for code in ("S101", "C01", "S1M", "K01", "F01")]
    assert len(set(keys)) == 5
    with pytest.raises(Refused, match="--as CODE"):
        act_on(small.store, SHELL, keys[0], RaisedAct.PROGRESS, Deed(text="x"))


def test_many_at_once_lose_no_step_and_escalate_once(desk: Desk) -> None:
    key = desk.take(urgency="urgent").row.id
    desk.clock.advance(hours=2, minutes=30)
    with ThreadPoolExecutor(8) as pool:
        watched = [pool.submit(watch, desk.store, desk["S102"]) for _ in range(4)]
        acted = [pool.submit(desk.act, key, "progress", "S1M", text=f"第{n}步") for n in range(4)]
        assert sum(one.result().escalated for one in watched) == 1
        assert all(one.result().row.id == key for one in acted)
    steps = desk.all("select place, act, text from raised_step order by place")
    assert [step["place"] for step in steps] == list(range(1, 7))
    assert sorted(step["text"] for step in steps if step["act"] == "progress") == [f"第{n}步" for n in range(4)]
    assert [step["act"] for step in steps].count("escalate") == 1
