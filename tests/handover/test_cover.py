"""Cover: lists go to the substitute for some days and come back, the members keep their owner (R7.5, R4.6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.base.actor import Role
from core.base.errors import BadInput, NotAllowed, NotFound, Refused
from core.followups.actions import claim_next
from core.followups.why import why_list, why_member
from core.followups.worklist import WorklistQuery, overview, worklist
from core.people.access import Right, Scope, scope
from core.people.cover import cover_rows, end_cover, set_cover
from core.people.views import staff_actor
from tests.followups.conftest import stand_on
from tests.handover.conftest import ON, Office

LAST = ON + timedelta(days=2)


@pytest.fixture
def busy(office: Office) -> Office:
    """S101 has three due rows (one a promised callback), S102 one, S201 one of the other shop."""
    office.members(3)
    office.members(1, "S102", first=11)
    office.members(1, "S201", first=21, shop="S2")
    for number in ("00001", "00002", "00011", "00021"):
        office.follow_up(number)
    promised = office.store.clock.now() + timedelta(days=4)  # not overdue in these days: nobody else is offered it
    office.follow_up("00003", "callback", cycle="x", due_at=promised, promise="换货")
    return office


def listed(office: Office, code: str) -> set[str]:
    actor = staff_actor(office.store, code)
    rows = {row.number for row in worklist(office.store, actor, WorklistQuery()).rows}
    assert overview(office.store, actor, WorklistQuery()).total == len(rows)
    return rows


def test_lists_go_and_come_back(busy: Office) -> None:
    store = busy.store
    row = set_cover(store, busy["S1M"], "S101", ON, LAST, substitute="S102", why="年假")
    assert (row.state, row.away, row.substitute) == ("running", "S101", "S102")
    assert listed(busy, "S102") == {"00001", "00002", "00003", "00011"}
    assert listed(busy, "S101") == set()
    stand_on(store, LAST)
    assert listed(busy, "S102") == {"00001", "00002", "00003", "00011"}
    stand_on(store, LAST + timedelta(days=1))
    assert listed(busy, "S102") == {"00011"}
    assert {"00001", "00002", "00003"} == listed(busy, "S101")
    assert busy.owners()["S101"] == 3
    assert [row.state for row in cover_rows(store, busy["S1M"], everything=True)] == ["over"]
    assert cover_rows(store, busy["S1M"]) == ()


def test_a_cover_begins_on_its_day_and_may_end_early(busy: Office) -> None:
    store = busy.store
    row = set_cover(store, busy["K01"], "S101", ON + timedelta(days=1), LAST, substitute="S102")
    assert row.state == "planned"
    assert listed(busy, "S102") == {"00011"}
    stand_on(store, ON + timedelta(days=1))
    assert len(listed(busy, "S102")) == 4
    assert end_cover(store, busy["S101"], row.id, why="回来了").state == "ended"
    assert listed(busy, "S102") == {"00011"}
    with pytest.raises(Refused):
        end_cover(store, busy["S1M"], row.id)
    with pytest.raises(NotFound):
        end_cover(store, busy["S1M"], 999)


def test_a_substitute_of_another_store_works_those_members_and_no_others(busy: Office) -> None:
    store = busy.store
    assert listed(busy, "S201") == {"00021"}
    set_cover(store, busy["K01"], "S101", ON, LAST, substitute="S201")
    assert listed(busy, "S201") == {"00001", "00002", "00003", "00021"}
    substitute = staff_actor(store, "S201")
    held = [claim_next(store, substitute, WorklistQuery(), "t") for _ in range(4)]
    assert {one.number for one in held if one} == {"00001", "00002", "00003", "00021"}
    with pytest.raises((NotAllowed, NotFound)):
        why_member(store, substitute, "00011")
    lines = why_member(store, substitute, "00001")
    assert any(line.params.get("substitute") == "周敏" for line in lines)
    away = why_list(store, staff_actor(store, "S101"), WorklistQuery())
    assert any("Away today" in line.template for line in away)


def test_without_a_substitute_the_pool_of_the_store_calls(busy: Office) -> None:
    store = busy.store
    set_cover(store, busy["S1M"], "S101", ON, LAST)
    assert listed(busy, "S102") == {"00001", "00002", "00003", "00011"}
    assert listed(busy, "S201") == {"00021"}
    assert listed(busy, "C01") == {"00001", "00002", "00003"}
    assert listed(busy, "S101") == set()
    waits = store.policy.cover.model_copy(update={"without_substitute": "wait"})
    policy = store.policy.model_copy(update={"cover": waits})
    store.rulebook = store.rulebook.model_copy(update={"policy": policy})
    assert listed(busy, "S102") == {"00011"}
    assert listed(busy, "S101") == {"00001", "00002", "00003"}


def test_no_chains_no_doubles_no_nonsense(office: Office) -> None:
    store, boss = office.store, office["K01"]
    set_cover(store, boss, "S101", ON, LAST, substitute="S102")
    for away, substitute, code in (
        ("S101", "S103", "cover.there"),
        ("S102", "S103", "cover.stands_in"),
        ("S103", "S101", "cover.away"),
    ):
        with pytest.raises(Refused) as caught:
            set_cover(store, boss, away, ON, LAST, substitute=substitute)
        assert caught.value.code == code
    set_cover(store, boss, "S102", LAST + timedelta(days=1), LAST + timedelta(days=9), substitute="S103")
    for values in (
        ("S103", ON, ON - timedelta(days=1), "S201"),
        ("S103", date(2026, 1, 1), date(2026, 1, 2), "S201"),
        ("S103", ON - timedelta(days=1), LAST, "S201"),
        ("S103", ON, LAST, "S103"),
        ("S999", ON, LAST, ""),
        ("S103", ON, LAST, "S999"),
    ):
        with pytest.raises(BadInput):
            set_cover(store, boss, values[0], values[1], values[2], substitute=values[3])


@pytest.mark.parametrize("role", Role)
def test_who_may_set_a_cover(small: Office, role: Role) -> None:
    actor, reach = small.of_role(role), scope(role, Right.KEEP_COVER)
    for away, wanted in (("S103", Scope.STORE), ("S201", Scope.ALL)):
        if reach >= wanted:
            row = set_cover(small.store, actor, away, ON, LAST)
            assert end_cover(small.store, actor, row.id).state == "ended"
        else:
            row = set_cover(small.store, small["K02"], away, ON, LAST)
            for deed in (
                lambda away=away: set_cover(small.store, actor, away, LAST, LAST),
                lambda key=row.id: end_cover(small.store, actor, key),
            ):
                with pytest.raises(NotAllowed):
                    deed()
