"""Profiles are edited field by field: checked, with a reason, kept in the history, never over another's."""

import pytest
import sqlalchemy as sa

from core.base.errors import BadInput, Conflict, NotFound
from core.members import actions, upkeep
from core.members.history import field_history
from core.members.lookup import FIX, NAME_KEY, PHONE
from core.members.tables import PhoneKind
from core.members.views import member_card
from core.store.tables import AuditEntry
from tests.members.conftest import ON, House


def keys(house: House, member_id: int) -> set[str]:
    with house.store.read() as c:
        return set(c.execute(sa.select(NAME_KEY.c.key).where(NAME_KEY.c.member_id == member_id)).scalars())


def test_a_name_takes_its_keys_along(house: House) -> None:
    member_id = house.member("1001", "张三", "13800138000")
    card = actions.edit_member(house.store, house.assistant, "1001", {"name": " 李　四 "})
    assert card.name == "李　四"
    assert {"李四", "lisi", "ls"} <= keys(house, member_id)
    assert "zhangsan" not in keys(house, member_id)


def test_completeness_follows_the_fields(house: House) -> None:
    house.member("1001", "张三", "13800138000")
    before = member_card(house.store, house.assistant, "1001", ON)
    assert (before.completeness, before.missing[0]) == (30, "birthday")
    changes = {"birthday": "农历八月十五", "gender": "女", "occupation": "教师"}
    card = actions.edit_member(house.store, house.assistant, "1001", changes)
    assert card.completeness == 55
    assert card.birthday is not None
    assert card.birthday.text() == "农历 08-15"
    assert "birthday" not in card.missing


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "  "),
        ("birthday", "1987-02-29"),
        ("birthday", "soon"),
        ("email", "nobody"),
        ("gender", "blue"),
        ("consent_call", "maybe"),
        ("phone", "400-820-8820"),
        ("phone", "12345"),
        ("wechat", "x" * 61),
        ("religion", "x"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_changes_nothing(house: House, field: str, text: str) -> None:
    house.member("1001", "张三", "13800138000")
    before = member_card(house.store, house.assistant, "1001", ON)
    with pytest.raises(BadInput) as caught:
        actions.edit_member(house.store, house.assistant, "1001", {"occupation": "x", field: text}, why="asked")
    assert caught.value.field == field
    assert member_card(house.store, house.assistant, "1001", ON) == before


@pytest.mark.parametrize(
    "change", [{"phone": "13900139000"}, {"email": "a@b.cn"}, {"wechat": "w"}, {"address": "路1号"}]
)
def test_contact_changes_need_a_reason(house: House, change: dict[str, str]) -> None:
    house.member("1001", "张三", "13800138000")
    with pytest.raises(BadInput) as caught:
        actions.edit_member(house.store, house.assistant, "1001", change, why=" ")
    assert caught.value.field == "why"
    actions.edit_member(house.store, house.assistant, "1001", change, why="本人来电")
    (told,) = [entry for entry in field_history(house.store, house.assistant, "1001") if entry.field in change]
    assert (told.why, told.who) == ("本人来电", "王芳")


@pytest.mark.parametrize("change", [{"name": "李四"}, {"occupation": "教师"}, {"birthday": "1988-05-06"}])
def test_what_is_no_contact_needs_no_reason_and_is_on_record(house: House, change: dict[str, str]) -> None:
    house.member("1001", "张三", "13800138000")
    actions.edit_member(house.store, house.assistant, "1001", change)
    (told,) = field_history(house.store, house.assistant, "1001")
    assert (told.field, told.new, told.who, told.why) == (*next(iter(change.items())), "王芳", "")
    with pytest.raises(BadInput) as caught:  # together with a contact they need one, and none of them is changed
        actions.edit_member(house.store, house.assistant, "1001", {**change, "name": "王五", "wechat": "w"})
    assert caught.value.field == "why"
    assert len(field_history(house.store, house.assistant, "1001")) == 1


def test_what_is_unchanged_needs_no_reason_and_leaves_no_trace(house: House) -> None:
    house.member("1001", "张三", "13800138000", "garbled", wechat="w1")
    card = member_card(house.store, house.assistant, "1001", ON)
    same = {"phone": card.phones[0].masked, "wechat": "w1", "name": "张三"}
    for phone in ("138 0013 8000", "+8613800138000", "", "１３８００１３８０００"):
        assert actions.edit_member(house.store, house.assistant, "1001", same | {"phone": phone}) == card
    assert field_history(house.store, house.assistant, "1001") == ()


def test_two_editors_are_shown_the_difference(house: House) -> None:
    house.member("1001", "张三", "13800138000")
    seen = member_card(house.store, house.manager, "1001", ON)
    actions.edit_member(house.store, house.assistant, "1001", {"occupation": "教师"}, version=seen.version)
    mine = {"occupation": "医生", "phone": "13900139000"}
    with pytest.raises(Conflict) as caught:
        actions.edit_member(house.store, house.manager, "1001", mine, why="x", version=seen.version)
    assert caught.value.differences == (
        ("occupation", "教师", "医生"),
        ("phone", "138****8000", "139****9000"),
    )
    now = member_card(house.store, house.manager, "1001", ON)
    card = actions.edit_member(house.store, house.manager, "1001", mine, why="x", version=now.version)
    assert card.occupation == "医生"


def test_a_new_number_stands_in_for_the_old(house: House) -> None:
    member_id = house.member("1001", "张三", "13800138000", "01088881234")
    card = actions.edit_member(house.store, house.assistant, "1001", {"phone": "139-0013-9000"}, why="换号")
    assert [line.masked for line in card.phones] == ["139****9000", "010****1234"]
    assert card.phones[0].kind is PhoneKind.MOBILE
    (told,) = field_history(house.store, house.assistant, "1001")
    assert (told.field, told.old, told.new, told.why) == ("phone", "138****8000", "139****9000", "换号")
    with house.store.read() as c:
        kept = c.execute(sa.select(PHONE.c.typed).where(PHONE.c.member_id == member_id)).scalars().all()
    assert "13800138000" not in kept


def test_several_numbers_at_once(house: House) -> None:
    house.member("1001", "张三", "13800138000")
    typed = {"phone": "13900139000，010-88881234"}
    card = actions.edit_member(house.store, house.assistant, "1001", typed, why="x")
    assert [line.masked for line in card.phones] == ["139****9000", "010****1234"]
    assert actions.edit_member(house.store, house.assistant, "1001", typed) == card


def test_numbers_are_added_removed_and_marked_good(house: House) -> None:
    member_id = house.member("1001", "张三", "13800138000")
    lines = actions.add_phone(house.store, house.assistant, "1001", "13900139000", why="又一个")
    assert [line.masked for line in lines] == ["139****9000", "138****8000"]
    first, second = lines
    with house.store.write(house.assistant) as tx:
        weights = house.store.policy.completeness
        assert upkeep.mark_bad(tx, member_id, first.id, "not_existing", weights)
        assert not upkeep.mark_bad(tx, member_id, second.id, "suspended", weights)
    card = member_card(house.store, house.assistant, "1001", ON)
    assert (card.dialable, card.to_fix) == (False, (("phone", "suspended"),))
    lines = actions.mark_phone_good(house.store, house.assistant, "1001", first.id, why="又通了")
    assert lines[0].masked == "139****9000"
    card = member_card(house.store, house.assistant, "1001", ON)
    assert (card.dialable, card.to_fix, card.completeness) == (True, (), 30)
    lines = actions.remove_phone(house.store, house.assistant, "1001", second.id, why="停用")
    assert [line.masked for line in lines] == ["139****9000"]
    with pytest.raises(NotFound):
        actions.remove_phone(house.store, house.assistant, "1001", second.id, why="停用")


def test_a_number_on_file_only_moves_to_the_front(house: House) -> None:
    house.member("1001", "张三", "13800138000", "13900139000")
    card = actions.edit_member(house.store, house.assistant, "1001", {"phone": "+86 139 0013 9000"}, why="x")
    assert [line.masked for line in card.phones] == ["139****9000"]


def test_an_understood_number_closes_the_fix(house: House) -> None:
    member_id = house.member("1001", "张三", "1380013")
    with house.store.write(house.assistant) as tx:
        upkeep.open_fix(tx, member_id, "phone", "phone.digits", "1380013")
        upkeep.open_fix(tx, member_id, "phone", "phone.digits", "1380013")
    assert member_card(house.store, house.assistant, "1001", ON).to_fix == (("phone", "phone.digits"),)
    card = actions.edit_member(house.store, house.assistant, "1001", {"phone": "13800138000"}, why="补全")
    assert (card.to_fix, card.dialable) == ((), True)
    with house.store.read() as c:
        assert c.execute(sa.select(FIX.c.closed_by)).scalars().all() == [house.assistant.staff_id]


def test_a_birthday_is_one_change(house: House) -> None:
    house.member("1001", "张三")
    actions.edit_member(house.store, house.assistant, "1001", {"birthday": "1988-05-06"})
    actions.edit_member(house.store, house.assistant, "1001", {"birthday": "05-07"})
    told = field_history(house.store, house.assistant, "1001")
    assert [(change.field, change.old, change.new) for change in told] == [
        ("birthday", "1988-05-06", "05-07"),
        ("birthday", "", "1988-05-06"),
    ]


def test_joining_moves_the_stage_only_without_purchases(house: House) -> None:
    house.member("1001", "张三")
    card = actions.edit_member(house.store, house.assistant, "1001", {"joined_on": "2026-01-02"})
    assert (card.last_on.isoformat(), card.stage.value) == ("2026-01-02", "dormant_6m")
    with pytest.raises(BadInput):
        actions.edit_member(house.store, house.assistant, "1001", {"joined_on": "2027-01-02"})


def test_numbers_are_masked_until_revealed_and_that_is_on_record(house: House) -> None:
    house.member("1001", "张三", "13800138000")
    (hidden,) = member_card(house.store, house.assistant, "1001", ON).phones
    assert (hidden.shown, hidden.e164) == ("138****8000", None)
    (line,) = actions.reveal_contacts(house.store, house.assistant, "1001", why="回电").phones
    assert (line.shown, line.e164) == ("138 0013 8000", "+8613800138000")
    with house.store.read() as c:
        audit = AuditEntry.__table__.c  # type: ignore[attr-defined]
        entry = c.execute(sa.select(audit.actor_code, audit.why).where(audit.field == "phones_revealed")).one()
    assert tuple(entry) == ("S101", "回电")


def test_others_members_are_out_of_reach(house: House) -> None:
    house.member("1001", "张三", "13800138000")
    for deed in (
        lambda: member_card(house.store, house.other, "1001", ON),
        lambda: actions.edit_member(house.store, house.other, "1001", {"name": "x"}),
        lambda: actions.reveal_contacts(house.store, house.other, "1001", why="x"),
        lambda: field_history(house.store, house.other, "1001"),
        lambda: member_card(house.store, house.manager, "none", ON),
    ):
        with pytest.raises(NotFound):
            deed()


def test_an_owner_who_moved_keeps_their_member(house: House) -> None:
    house.member("1001", "张三", store_id=house.shops[1])
    assert member_card(house.store, house.assistant, "1001", ON).store == "S2"
