"""The audit trail as people read it: what each role sees of it, and how it is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.base.actor import SHELL, Actor, Role
from core.base.clock import FixedClock
from core.base.errors import NotAllowed, NotFound
from core.base.language import catalogue
from core.imports.audit_export import export_trail
from core.members.actions import edit_member, reveal_contacts
from core.members.trail import TrailQuery, audit_of, trail
from core.members.trail_words import line_words
from core.people.tables import Store as Shop
from core.store.engine import Store
from tests.contracts.access_cases import PHONE, World, make_world

WORDS = catalogue("en")


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    """Two shops with people of each role and their members, and some changes."""
    made = make_world(store, tmp_path)
    for who in ("caller", "assistant"):
        edit_member(store, made.people[who], own(made), {"wechat": who}, why=f"told {who}", version=None)
    edit_member(store, SHELL, "far", {"interests": "far"}, why="far", version=None)
    reveal_contacts(store, made.people["manager"], own(made), why="to dial")
    return made


def own(world: World) -> str:
    """The number of the assistant's own member."""
    return "own-assistant"


def said(world: World, actor: Actor, query: TrailQuery) -> list[str]:
    return [line_words(line, WORDS) for line in trail(world.store, actor, query)]


def test_newest_first_and_in_words(world: World) -> None:
    lines = said(world, SHELL, TrailQuery(member=own(world)))
    assert lines[0] == "member own-assistant (own-assistant) looked at: contact data phone, WeChat"
    assert "WeChat from ca**** to ass****" in lines[1]
    assert "WeChat from - to ca****" in lines[2]
    oldest = said(world, SHELL, TrailQuery(member=own(world), oldest_first=True))
    assert oldest == lines[::-1]


def test_filters(world: World, clock: FixedClock) -> None:
    store = world.store
    clock.advance(days=3)
    edit_member(store, SHELL, own(world), {"wechat": "later"}, why="later", version=None)
    later = list(trail(store, SHELL, TrailQuery(since=date(2026, 11, 26), until=date(2026, 11, 26))))
    assert {line.why for line in later} == {"later"}
    assert not list(trail(store, SHELL, TrailQuery(since=date(2026, 11, 27))))
    code = world.people["caller"].code
    assert {line.who_code for line in trail(store, SHELL, TrailQuery(by=code))} == {code}
    key = later[0].row_key
    rows = list(trail(store, SHELL, TrailQuery(table="member", row=key)))
    assert {(line.table, line.row_key) for line in rows} == {("member", key)}


def test_a_store_manager_sees_the_own_store_only(world: World) -> None:
    manager = world.people["store_manager"]
    assert said(world, manager, TrailQuery(member=own(world)))
    seen = list(trail(world.store, manager, TrailQuery()))
    assert "far" not in {line.new for line in seen}
    assert "far" in {line.new for line in trail(world.store, world.people["service_desk"], TrailQuery())}
    with pytest.raises(NotFound):
        said(world, manager, TrailQuery(member="far"))


@pytest.mark.parametrize("role", [Role.CALLER, Role.ASSISTANT])
def test_others_see_the_records_they_may_see(world: World, role: Role) -> None:
    actor, store = world.people[str(role)], world.store
    with pytest.raises(NotAllowed):
        said(world, actor, TrailQuery())
    key = next(
        line.row_key for line in trail(store, SHELL, TrailQuery(member=own(world))) if line.table == "member"
    )
    assert [line.new for line in audit_of(store, actor, "member", key)][1:3] == ["ass****", "ca****"]
    with pytest.raises(NotAllowed):
        audit_of(store, actor, "store", "1")
    far = next(line.row_key for line in trail(store, SHELL, TrailQuery()) if line.new == "far")
    if role is Role.ASSISTANT:
        with pytest.raises(NotFound):
            audit_of(store, actor, "member", far)


def test_numbers_are_masked_wherever_they_stand(world: World, tmp_path: Path) -> None:
    everything = list(trail(world.store, SHELL, TrailQuery()))
    assert [line for line in everything if line.table == "member_phone" and "138****8000" in line.new]
    assert not [line for line in everything if PHONE in line.old + line.new]
    file = tmp_path / "trail.csv"
    assert export_trail(world.store, SHELL, file, TrailQuery(), purpose="review", words=WORDS) == len(everything)
    assert PHONE not in file.read_text("utf-8-sig")


def test_an_export_is_safe_and_on_record(world: World, tmp_path: Path) -> None:
    with world.store.write(SHELL, why="=1+1") as tx:
        tx.update(Shop, 1, {"city": "=HYPERLINK(1)"})
    file = tmp_path / "trail.csv"
    manager = world.people["store_manager"]
    count = export_trail(world.store, SHELL, file, TrailQuery(), purpose="yearly review", words=catalogue("zh"))
    text = file.read_text("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "'=1+1" in text
    newest = next(iter(trail(world.store, SHELL, TrailQuery())))
    assert (newest.deed.value, newest.field, newest.why) == ("read", "export", "yearly review")
    assert newest.new == f"{count} entries to trail.csv"
    fewer = export_trail(world.store, manager, tmp_path / "own.xlsx", TrailQuery(), purpose="mine", words=WORDS)
    assert 0 < fewer < count
    with pytest.raises(NotAllowed):
        export_trail(world.store, world.people["caller"], file, TrailQuery(), purpose="x", words=WORDS)
