"""The queue of profiles to put right, and completeness by assistant and store (R6.4)."""

from core.members.fixes import completeness_by_owner, completeness_by_store, fix_queue
from core.members.tables import Status, ValueClass
from core.members.upkeep import open_fix
from tests.members.conftest import House

WHOLE = {
    "birth_month": 5, "birth_day": 6, "gender": "female", "wechat": "w", "email": "a@b.cn", "address": "a",
    "occupation": "o", "source": "counter", "preferences": "p", "interests": "i", "best_time": "pm",
}  # fmt: skip


def test_the_most_valuable_come_first(house: House) -> None:
    house.member("1", "甲", "13800138000", **WHOLE)
    house.member("2", "乙", amount_total=900)
    house.member("3", "丙", value_class=ValueClass.B, amount_total=100)
    house.member("4", "丁", value_class=ValueClass.A, amount_total=50)
    house.member("5", "戊", value_class=ValueClass.A, amount_total=60)
    house.member("6", "己", value_class=ValueClass.A, status=Status.CANCELLED)
    asked = house.member("7", "庚", amount_total=1)
    with house.store.write(house.manager) as tx:
        open_fix(tx, asked, "phone", "phone.digits", "138")
    rows = fix_queue(house.store, house.manager)
    assert [row.number for row in rows] == ["7", "5", "4", "3", "2"]
    assert rows[0].to_fix == (("phone", "phone.digits"),)
    assert rows[1].missing[0] == "phone"
    assert [row.number for row in fix_queue(house.store, house.manager, limit=2)] == ["7", "5"]
    assert fix_queue(house.store, house.manager, "S2") == ()
    assert fix_queue(house.store, house.other) == ()


def test_completeness_of_people_and_stores(house: House) -> None:
    house.member("1", "甲", "13800138000", **WHOLE)
    house.member("2", "乙")
    house.member("3", "丙", "13800138001", store_id=house.shops[1], owner_id=house.other.staff_id)
    by_owner = completeness_by_owner(house.store, house.manager)
    assert [(row.code, row.members, row.mean, row.whole) for row in by_owner] == [
        ("S201", 1, 30, 0),
        ("S101", 2, 55, 1),
    ]
    by_store = completeness_by_store(house.store, house.assistant)
    assert [(row.code, row.members) for row in by_store] == [("S1", 2)]
