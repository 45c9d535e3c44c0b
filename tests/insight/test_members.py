"""Members are listed with stage and sums, and found by whatever a user has at hand."""

from datetime import date, datetime, time

import pytest

from core.base.actor import SHELL
from core.base.clock import at
from core.base.errors import NotFound
from core.insight.members import buying_habits, find_members, list_members
from core.members.rules import Stage, add_months, latest_before, stage_of
from core.members.tables import Status, ValueClass
from core.members.views import MemberFilter
from core.purchases.tables import Purchase
from tests.members.conftest import ON, House


def buy(house: House, member_id: int, day: date, amount: int) -> None:
    moment: datetime = at(day, time(15, 0))
    with house.store.write(SHELL) as tx:
        tx.insert(
            Purchase,
            store_id=house.shops[0],
            order_number=f"{member_id}-{day}-{amount}",
            member_id=member_id,
            bought_at=moment,
            day=day,
            amount=amount,
        )


def found(house: House, words: str) -> list[str]:
    return [row.number for row in find_members(house.store, house.manager, words, ON)]


def test_a_member_is_found_by_whatever_is_at_hand(house: House) -> None:
    house.member("10234", "单小飞", "13800138000", card_number="C-77")
    house.member("10235", "张三", "010-88881234")
    house.member("VIP001", "John Smith", "+852 9123 4567")
    house.member("8000", "李四")
    for words in ("10234", "单小飞", "单", "单小", "shan", "shanxiaofei", "sxf", "danxf"[:3], "C-77", "c-77"):
        assert "10234" in found(house, words), words
    assert found(house, "8000") == ["8000", "10234"]
    assert found(house, "138 0013 8000") == ["10234"]
    assert found(house, "+86 13800138000") == ["10234"]
    assert found(house, "１３８００１３８０００") == ["10234"]
    assert found(house, "1234") == ["10235"]
    assert found(house, "010-8888-1234") == ["10235"]
    assert found(house, "zs") == found(house, "zhangsan") == found(house, "ZHANG San") == ["10235"]
    assert found(house, "smith") == found(house, "john s") == found(house, "vip0") == ["VIP001"]
    assert found(house, "102") == ["10234", "10235"]
    for nothing in ("", "  ", "%", "_", "zz", "'; drop table member", "[/foo]", "\x1b[31m", "9999999999999999"):
        assert found(house, nothing) == [], nothing


def test_finding_respects_the_limit_and_the_reach(house: House) -> None:
    for index in range(12):
        house.member(f"{index:03}", "张三")
    assert len(find_members(house.store, house.manager, "zhang", ON, limit=5)) == 5
    assert len(find_members(house.store, house.assistant, "zs", ON)) == 12
    assert find_members(house.store, house.other, "zs", ON) == ()
    listed = list_members(house.store, house.assistant, MemberFilter(find="zhangsan"), ON)
    assert [row.number for row in listed] == [f"{index:03}" for index in range(12)]


def test_the_list_says_stage_and_sums(house: House) -> None:
    member_id = house.member(
        "1", "张三", "13800138000", joined_on=date(2024, 1, 1), last_purchase_on=ON, value_class=ValueClass.B
    )
    for day, amount in (
        (add_months(ON, -12), 100_00),
        (date(2025, 11, 24), 20_00),
        (ON, 3_00),
        (ON, -1_00),
    ):
        buy(house, member_id, day, amount)
    (row,) = list_members(house.store, house.manager, MemberFilter(), ON)
    assert (row.amount_12m, row.stage, row.value_class, row.phone_masked) == (
        22_00,
        Stage.REGULAR,
        ValueClass.B,
        "138****8000",
    )
    assert (row.owner, row.owner_name, row.store, row.status) == ("S101", "王芳", "S1", Status.ACTIVE)
    habits = buying_habits(house.store, house.manager, "1", ON)
    assert (habits.amount_12m, habits.purchases_12m, habits.usual_gap_days) == (22_00, 2, 182)


def test_stages_in_sql_are_those_of_the_rule(house: House) -> None:
    stages = house.store.policy.stages
    days = {latest_before(ON, months).replace(day=day) for months in (1, 3, 6, 15) for day in (22, 23, 24)}
    for index, day in enumerate(sorted(days)):
        house.member(f"a{index:02}", "张三", joined_on=date(2020, 1, 1), last_purchase_on=day)
        house.member(f"b{index:02}", "张三", joined_on=day)
    rows = {row.number: row.stage for row in list_members(house.store, house.manager, MemberFilter(), ON)}
    for index, day in enumerate(sorted(days)):
        assert rows[f"a{index:02}"] is stage_of(day, date(2020, 1, 1), ON, stages)
        assert rows[f"b{index:02}"] is stage_of(day, day, ON, stages)
    for stage in Stage:
        listed = list_members(house.store, house.manager, MemberFilter(stage=stage), ON)
        assert [row.number for row in listed] == [number for number, found in rows.items() if found is stage]


def test_filters(house: House) -> None:
    house.member("1", "张三", value_class=ValueClass.A)
    house.member("2", "李四", store_id=house.shops[1], owner_id=None, status=Status.FROZEN)

    def numbers(wanted: MemberFilter) -> list[str]:
        return [row.number for row in list_members(house.store, house.manager, wanted, ON)]

    assert numbers(MemberFilter(value=ValueClass.A)) == ["1"]
    assert numbers(MemberFilter(store="S2")) == numbers(MemberFilter(status=Status.FROZEN)) == ["2"]
    assert [row.owner for row in list_members(house.store, house.other, MemberFilter(), ON)] == [""]
    with pytest.raises(NotFound):
        numbers(MemberFilter(store="S9"))
