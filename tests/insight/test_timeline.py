"""A member's timeline holds everything, newest first, page by page."""

import uuid
from datetime import date, timedelta

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.language import catalogue
from core.calls.actions import log_call, take_back
from core.calls.tables import Call, CallPurpose, Raised, RaisedKind
from core.followups.tables import FollowUp, State
from core.gifts.actions import GiveForm, give_gift
from core.insight.timeline import timeline
from core.insight.wording import EventKind, event_words
from core.members.actions import edit_member
from core.purchases.tables import Purchase
from core.recovery.measures import MeasureForm, finish_measure, take_measure
from core.store.engine import Store
from tests.calls.desk import form, open_desk
from tests.gifts.conftest import stocked
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


def test_measures_gifts_and_coupons_stand_in_it(lite: Store, clock: FixedClock) -> None:
    shop = stocked(open_desk(lite))
    words = catalogue("en")

    def said() -> list[str]:
        shown = [event.said(words, lite.rulebook) for event in timeline(lite, shop.boss, "2")]
        return [line for line in shown if "offer" in line or "gift" in line or "coupon" in line]

    made = take_measure(lite, shop.fang, MeasureForm(number="2", code="offer", note="200-30"))
    clock.advance(hours=1)
    give_gift(lite, shop.fang, GiveForm(number="2", gift="TEA", occasion="recovery"))
    assert said() == ["gift: 茶, put aside", "measure: offer, by 26 Nov, 200-30"]
    finish_measure(lite, shop.fang, made.id, "came")
    assert said()[0] in ("measure offer: done, came", "gift: 茶, put aside")
    assert "measure offer: done, came" in said()


def test_a_measure_goes_with_the_call_that_is_taken_back(lite: Store, clock: FixedClock) -> None:
    shop = open_desk(lite)
    member = shop.member("1", last_on=date(2026, 3, 1))
    shop.follow_up(member, "dormant-recovery")
    made = log_call(lite, shop.fang, form("1", "reached", reasons=("price",))).call
    take_measure(lite, shop.fang, MeasureForm(number="1", code="offer", call_id=made))
    assert EventKind.MEASURE in {event.kind for event in timeline(lite, shop.fang, "1")}
    clock.advance(minutes=1)
    take_back(lite, shop.fang, "t", made)
    assert EventKind.MEASURE not in {event.kind for event in timeline(lite, shop.fang, "1")}
