"""Taking on, roles, other stores: by whom, and what stays as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.errors import BadInput, NotAllowed, NotFound, Refused
from core.members.lookup import MEMBER
from core.members.views import member_card
from core.people.access import Right, manages, rows
from core.people.actions import StaffForm, add_staff, change_role, move_staff
from core.people.signin import current
from core.people.views import staff_accounts, staff_actor
from tests.members.conftest import ON, House

FORM = StaffForm("S109", "周敏", Role.ASSISTANT, "S1", "zh", 40)


def store_manager(house: House) -> Actor:
    """The first store's manager."""
    add_staff(house.store, SHELL, StaffForm("K1", "店长", Role.STORE_MANAGER, "S1"))
    return staff_actor(house.store, "K1")


def test_taking_somebody_on(house: House) -> None:
    assert add_staff(house.store, house.manager, FORM) == "S109"
    assert staff_actor(house.store, "S109").role is Role.ASSISTANT
    with pytest.raises(BadInput, match="taken"):
        add_staff(house.store, SHELL, FORM)
    for wrong in (
        replace(FORM, code="a b"),
        replace(FORM, code=""),
        replace(FORM, code="S110", name=" \x1b "),
        replace(FORM, code="S110", language="fr"),
        replace(FORM, code="S110", daily_target=0),
    ):
        with pytest.raises(BadInput):
            add_staff(house.store, SHELL, wrong)
    with pytest.raises(NotFound):
        add_staff(house.store, SHELL, replace(FORM, code="S110", store="S9"))


def test_nobody_makes_their_equal_or_better(house: House) -> None:
    keeper = store_manager(house)
    add_staff(house.store, keeper, FORM)
    for role in Role:
        form = replace(FORM, code=f"X-{role}", role=role)
        for actor in (keeper, house.manager):
            if role in manages(actor.role):
                add_staff(house.store, actor, replace(form, code=f"{form.code}-{actor.code}"))
            else:
                with pytest.raises(NotAllowed):
                    add_staff(house.store, actor, form)
    with pytest.raises(NotAllowed):
        add_staff(house.store, keeper, replace(FORM, code="S210", store="S2"))
    with pytest.raises(NotAllowed):
        change_role(house.store, keeper, "S109", Role.MANAGER)
    with pytest.raises(NotAllowed):
        change_role(house.store, keeper, "M1", Role.CALLER)
    with pytest.raises(Refused):
        change_role(house.store, keeper, "K1", Role.ASSISTANT)
    with pytest.raises(NotAllowed):
        change_role(house.store, house.assistant, "S109", Role.CALLER)


def test_nobody_manages_a_role_above_what_the_table_gives_them() -> None:
    for role, scope in rows()[Right.MANAGE_STAFF].items():
        assert bool(scope) == bool(manages(role))
        assert role is Role.ADMIN or role not in manages(role)


def test_a_move_leaves_the_members_where_they_are(house: House) -> None:
    house.member("1", "李雷", "13800138000")
    keeper = store_manager(house)
    with pytest.raises(NotAllowed):
        move_staff(house.store, keeper, "S101", "S2")
    move_staff(house.store, house.manager, "S101", "S2", why="closer to home")
    moved = current(house.store, house.assistant)
    assert moved.store_id == house.shops[1]
    with house.store.read() as c:
        row = c.execute(sa.select(MEMBER.c.owner_id, MEMBER.c.store_id)).one()
    assert tuple(row) == (house.assistant.staff_id, house.shops[0])
    assert member_card(house.store, moved, "1", ON).name == "李雷"
    with pytest.raises(NotFound):
        move_staff(house.store, house.manager, "S101", "S9")


def test_a_role_counts_from_the_next_action(house: House) -> None:
    change_role(house.store, house.manager, "S101", Role.CALLER)
    assert current(house.store, house.assistant).role is Role.CALLER


def test_the_list_tells_of_pins_only_to_who_manages_them(house: House) -> None:
    assert {row.has_secret for row in staff_accounts(house.store, house.assistant)} == {None}
    assert {row.has_secret for row in staff_accounts(house.store, house.manager)} == {False}
    assert [row.code for row in staff_accounts(house.store, house.assistant)] == ["M1", "S101", "S201"]
