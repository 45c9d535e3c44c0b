"""Recovery measures: taken after a call, in the review, by hand; done, dropped; who may (R5.8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.base.actor import Actor, Role
from core.base.clock import FixedClock
from core.base.errors import BadInput, NotAllowed, NotFound, Refused
from core.calls.actions import log_call, take_back
from core.followups.tables import FollowUp
from core.purchases.actions import PurchaseForm, record_purchase
from core.recovery.lists import measures, unanswered
from core.recovery.measures import MeasureForm, change_measure, drop_measure, finish_measure, take_measure
from core.recovery.review import decide_review, review_sheet
from core.recovery.tables import MeasureState
from core.recovery.views import MeasureFilter
from tests.calls.desk import TODAY, Desk, form
from tests.recovery.conftest import with_policy

Away = tuple[Desk, int]


def reached(shop: Desk, actor: Actor | None = None) -> str:
    """A call that reached member 1, who said why they stay away."""
    return log_call(shop.store, actor or shop.fang, form("1", "reached", reasons=("price",))).call


def test_a_measure_after_a_call(away: Away) -> None:
    shop, _ = away
    call = reached(shop)
    assert [row.call_id for row in unanswered(shop.store, shop.fang, TODAY)] == [call]
    made = take_measure(shop.store, shop.fang, MeasureForm(number="1", code="offer", call_id=call, note="满减"))
    assert (made.code, made.owner, made.due_on, made.state) == ("offer", "fang", TODAY + timedelta(days=3), "open")
    again = take_measure(shop.store, shop.fang, MeasureForm(number="1", code="offer", call_id=call))
    assert again == made
    assert len(shop.rows("measure")) == 1
    assert unanswered(shop.store, shop.fang, TODAY) == ()
    with pytest.raises(Refused) as caught:
        take_measure(shop.store, shop.fang, MeasureForm(number="1", code="gift", call_id=call))
    assert caught.value.code == "measure.taken"


def test_what_comes_of_a_measure(away: Away, clock: FixedClock) -> None:
    shop, _ = away
    made = take_measure(shop.store, shop.fang, MeasureForm(number="1", code="visit", due_on=TODAY))
    clock.advance(days=1)
    assert measures(shop.store, shop.fang, MeasureFilter(late=True))[0].late
    moved = change_measure(shop.store, shop.fang, made.id, due_on=TODAY + timedelta(days=3), owner="caller")
    assert (moved.owner, moved.due_on, moved.late) == ("caller", TODAY + timedelta(days=3), False)
    with pytest.raises(BadInput):
        finish_measure(shop.store, shop.fang, made.id, "  ")
    done = finish_measure(shop.store, shop.fang, made.id, "见到了, 下周来")
    assert (done.state, done.result) == (MeasureState.DONE, "见到了, 下周来")
    for after in (
        lambda: drop_measure(shop.store, shop.fang, made.id, "x"),
        lambda: finish_measure(shop.store, shop.fang, made.id, "x"),
        lambda: change_measure(shop.store, shop.fang, made.id, due_on=TODAY + timedelta(days=9)),
    ):
        with pytest.raises(Refused) as caught:
            after()
        assert caught.value.code == "measure.over"
    said = PurchaseForm("S1", "n1", "1", clock.now(), 8800)
    record_purchase(shop.store, shop.fang, said)
    listed = measures(shop.store, shop.fang, MeasureFilter(everything=True))
    assert [row.back_on for row in listed] == [TODAY + timedelta(days=1)]


def test_leaving_alone_is_done_at_once_and_says_why(away: Away) -> None:
    shop, _ = away
    with pytest.raises(BadInput) as caught:
        take_measure(shop.store, shop.fang, MeasureForm(number="1", code="leave_alone"))
    assert caught.value.field == "note"
    made = take_measure(shop.store, shop.fang, MeasureForm(number="1", code="leave_alone", note="家里有事"))
    assert (made.state, made.result, made.due_on) == (MeasureState.DONE, "家里有事", TODAY)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "sing"}, "measure"),
        ({"code": "offer", "due_on": TODAY - timedelta(days=1)}, "due"),
        ({"code": "offer", "due_on": date(2028, 1, 1)}, "due"),
        ({"code": "offer", "owner": "nobody"}, "owner"),
        ({"code": "offer", "note": "长" * 1001}, "note"),
        ({"code": "offer", "call_id": "b5b0c1c0-0000-4000-8000-000000000000"}, "call"),
    ],
)
def test_a_wrong_form_names_its_field(away: Away, values: dict[str, object], field: str) -> None:
    shop, _ = away
    with pytest.raises(BadInput) as caught:
        take_measure(shop.store, shop.fang, MeasureForm(number="1", **values))  # type: ignore[arg-type]
    assert caught.value.field == field
    assert shop.rows("measure") == []


def test_a_call_that_did_not_reach_or_was_taken_back_has_no_measure(away: Away, clock: FixedClock) -> None:
    shop, _ = away
    silent = log_call(shop.store, shop.fang, form("1", "no_answer")).call
    with pytest.raises(BadInput):
        take_measure(shop.store, shop.fang, MeasureForm(number="1", code="offer", call_id=silent))
    clock.advance(hours=3)
    call = reached(shop)
    take_measure(shop.store, shop.fang, MeasureForm(number="1", code="offer", call_id=call))
    take_back(shop.store, shop.fang)
    assert measures(shop.store, shop.fang) == ()
    with pytest.raises(BadInput):
        take_measure(shop.store, shop.fang, MeasureForm(number="1", code="offer", call_id=call))


def test_who_may_take_and_see_measures(away: Away) -> None:
    shop, _ = away
    with pytest.raises(NotFound):
        take_measure(shop.store, shop.lei, MeasureForm(number="1", code="offer"))
    made = take_measure(shop.store, shop.caller, MeasureForm(number="1", code="offer"))
    with pytest.raises(NotAllowed):
        finish_measure(shop.store, shop.lei, made.id, "x")
    with pytest.raises(NotFound):
        drop_measure(shop.store, shop.boss, made.id + 1, "x")
    assert [len(measures(shop.store, who)) for who in (shop.fang, shop.lei, shop.caller, shop.boss)] == [
        1,
        0,
        0,
        1,
    ]
    other = Actor("M2", "店长", Role.STORE_MANAGER, 99, (shop.lei.store_id or 0))
    assert measures(shop.store, other) == ()


def test_a_member_whose_owner_left_is_the_callers(away: Away) -> None:
    shop, _ = away
    with shop.store.write(shop.boss) as tx:
        from core.people.tables import Staff

        tx.update(Staff, shop.fang.staff_id, {"left_on": TODAY})
    made = take_measure(shop.store, shop.caller, MeasureForm(number="1", code="offer"))
    assert made.owner == "caller"


def test_the_review_decides_on_a_measure(desk: Desk) -> None:
    member = desk.member("1", last_on=date(2026, 8, 20))
    review = desk.follow_up(member, "dormant-review", cycle="2026-08-20")
    take_measure(desk.store, desk.fang, MeasureForm(number="1", code="apology"))
    sheet = review_sheet(desk.store, desk.fang, "1")
    assert sheet.choices == ("call", "message", "gift", "visit", "leave_alone")
    assert [row.code for row in sheet.measures] == ["apology"]
    decided = decide_review(desk.store, desk.fang, "1", "gift", note="生日快到了")
    made = next(row for row in measures(desk.store, desk.fang) if row.id == decided.measure)
    assert (made.code, made.origin, made.due_on) == ("gift", "review", TODAY + timedelta(days=7))
    assert desk.row(FollowUp, review)["closed_why"] == "gift: 生日快到了"


def test_a_member_held_out_is_only_left_alone(desk: Desk) -> None:
    with_policy(desk.store, recovery={"holdout": True, "holdout_share": 1.0})
    member = desk.member("1", last_on=date(2026, 8, 20))
    desk.follow_up(member, "dormant-review", cycle="2026-08-20")
    assert review_sheet(desk.store, desk.fang, "1").held_out
    for decision in ("call", "gift"):
        with pytest.raises(Refused) as caught:
            decide_review(desk.store, desk.fang, "1", decision, day=TODAY)
        assert caught.value.code == "review.held_out"
    assert decide_review(desk.store, desk.fang, "1", "leave_alone", note="对照组").measure
