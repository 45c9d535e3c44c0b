"""A member's timeline holds everything, newest first, page by page."""

import uuid
from datetime import date, timedelta

from core.base.actor import SHELL
from core.base.language import catalogue
from core.calls.tables import Call, CallPurpose, Raised, RaisedKind
from core.followups.tables import FollowUp, State
from core.insight.timeline import timeline
from core.insight.wording import EventKind, event_words
from core.members.actions import edit_member
from core.purchases.tables import Purchase
from tests.members.conftest import ON, House


def call(house: House, member_id: int, outcome: str, **more: object) -> str:
    key = str(uuid.uuid4())
    with house.store.write(house.assistant) as tx:
        values = {
            "id": key, "member_id": member_id, "caller_id": house.assistant.staff_id, "store_id": house.shops[0],
            "started_at": tx.now, "ended_at": tx.now, "day": ON, "outcome": outcome, "reached": True,
            "stored_at": tx.now, **more,
        }  # fmt: skip
        tx.insert(Call, **values)
    return key


def test_everything_in_order(house: House, clock) -> None:  # type: ignore[no-untyped-def]
    member_id = house.member("1", "张三", "13800138000")
    start = clock.now()
    with house.store.write(SHELL) as tx:
        tx.insert(
            Purchase, store_id=house.shops[0], order_number="1", member_id=member_id, bought_at=start, day=ON,
            amount=268_00, goods="围巾", received_by=house.assistant.staff_id,
        )  # fmt: skip
        clock.advance(hours=1)
        task = tx.insert(
            FollowUp, member_id=member_id, programme="welcome", cycle="once", store_id=house.shops[0], due_on=ON,
            created_at=start + timedelta(minutes=30), state=State.DONE, closed_at=start + timedelta(hours=3),
            closed_by=house.assistant.staff_id, closed_why="reached",
        )  # fmt: skip
    clock.advance(hours=1)
    made = call(house, member_id, "reached", note="都好", reasons="price busy")
    with house.store.write(house.assistant) as tx:
        tx.insert(CallPurpose, call_id=made, follow_up_id=task, covered=True)
    clock.advance(hours=2)
    edit_member(house.store, house.assistant, "1", {"phone": "13900139000"}, why="换号")
    clock.advance(hours=1)
    with house.store.write(house.assistant) as tx:
        tx.insert(
            Raised, member_id=member_id, kind=RaisedKind.COMPLAINT, category="goods", matter="开线",
            raised_at=tx.now, store_id=house.shops[0], raised_by=house.assistant.staff_id,
        )  # fmt: skip
    mistaken = call(house, member_id, "no_answer")
    call(house, member_id, "", corrects=mistaken, correction_why="taken back")

    events = timeline(house.store, house.manager, "1")
    assert [event.kind for event in events] == [
        EventKind.COMPLAINT,
        EventKind.CHANGE,
        EventKind.CLOSED,
        EventKind.CALL,
        EventKind.OPENED,
        EventKind.PURCHASE,
    ]
    said = [event_words(event, catalogue("en"), house.store.rulebook) for event in events]
    assert said == [
        "complaint: 开线",
        "phone changed: 138****8000 -> 139****9000, 换号",
        "welcome: done, reached, well",
        "call: reached, well, welcome, price busy at work, 都好",
        "welcome due 23 Nov",
        "bought for 268 at 南京路店, 围巾",
    ]
    assert {event.who for event in events} == {"王芳", ""}
    assert events[0].said(catalogue("en")) == "complaint: 开线"


def test_pages_lose_nothing(house: House) -> None:
    member_id = house.member("1", "张三")
    with house.store.write(SHELL) as tx:
        for index in range(25):
            day = date(2026, 10, 1) + timedelta(days=index // 2)
            tx.insert(
                Purchase, store_id=house.shops[0], order_number=str(index), member_id=member_id, day=day,
                amount=100, bought_at=tx.now + timedelta(days=index // 2 - 60),
            )  # fmt: skip
    seen = []
    page = timeline(house.store, house.manager, "1", 7)
    while page:
        seen += page
        page = timeline(house.store, house.manager, "1", 7, before=page[-1].at)
    assert len(seen) == 25
    assert [event.at for event in seen] == sorted((event.at for event in seen), reverse=True)
