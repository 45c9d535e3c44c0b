"""E-mail, WeChat and address are masked wherever they stand, until asked for on record (R15.5)."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.base.actor import SHELL, Actor, Role
from core.base.errors import Conflict
from core.base.language import catalogue
from core.calls.actions import dial, open_call
from core.followups.claims import claim
from core.imports.audit_export import export_trail
from core.imports.export import export_file
from core.insight.members import find_members, list_members
from core.insight.timeline import timeline
from core.members.actions import edit_member, reveal_contacts
from core.members.contacts import WRITTEN, hidden
from core.members.history import field_history
from core.members.tables import Member
from core.members.trail import TrailQuery, trail
from core.members.trail_words import line_words
from core.members.views import MemberFilter, member_card
from core.store.tables import AuditEntry
from tests.members.conftest import ON, House

FULL = {"email": "zhangsan@example.com", "wechat": "hf_zhangsan", "address": "南京西路1266号恒隆广场3座"}
NEW = {"email": "zhang.new@example.org", "wechat": "13800138111", "address": "人民大道200号院内7号楼"}


@pytest.fixture
def known(house: House) -> House:
    """A member with all of it, changed once."""
    house.member("1001", "张三", "13800138000", **FULL)
    edit_member(house.store, house.assistant, "1001", NEW, why="told us")
    return house


def told(value: object) -> list[str]:
    """What of the contact data stands in a text."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return [secret for secret in (*FULL.values(), *NEW.values(), "zhang.new", "恒隆", "200号") if secret in text]


def test_a_card_a_list_a_search_a_history_a_timeline_and_the_trail_hide_it(known: House, tmp_path: Path) -> None:
    store, who, words = known.store, known.manager, catalogue("en")
    card = member_card(store, who, "1001", ON)
    assert (card.email, card.wechat, card.address) == ("zh****@example.org", "138****8111", "人民大道****")
    assert not told(asdict(card))
    assert not told([asdict(row) for row in list_members(store, who, MemberFilter(), ON)])
    assert not told([asdict(row) for row in find_members(store, who, "1001", ON)])
    assert not told([asdict(change) for change in field_history(store, who, "1001")])
    events = timeline(store, who, "1001")
    assert len([event for event in events if event.facts.get("field") in WRITTEN]) == 3
    assert not told([event.said(words) for event in events])
    lines = list(trail(store, SHELL, TrailQuery()))
    assert [line for line in lines if line.field == "address"]
    assert not told([asdict(line) | {"said": line_words(line, words)} for line in lines])
    export_trail(store, SHELL, tmp_path / "trail.csv", TrailQuery(), purpose="x", words=words)
    assert not told((tmp_path / "trail.csv").read_text("utf-8-sig"))


def test_a_new_members_values_in_the_trail_are_hidden_too(house: House) -> None:
    with house.store.write(SHELL) as tx:
        tx.insert(
            Member, number="9", name="新", store_id=house.shops[0], joined_on=ON, last_on=ON, created_at=tx.now,
            updated_at=tx.now, **FULL,
        )  # fmt: skip
    (line,) = [line for line in trail(house.store, SHELL, TrailQuery(table="member")) if line.facts]
    assert "zh****@example.com" in line.new
    assert not told([line.new, line_words(line, catalogue("zh"))])


def test_exports_hide_it_from_a_store_manager_only(known: House, tmp_path: Path) -> None:
    keeper = Actor("K", "店长", Role.STORE_MANAGER, known.manager.staff_id, known.shops[0])
    for actor, hides in ((keeper, True), (known.manager, False)):
        file = tmp_path / f"{actor.code}.csv"
        export_file(known.store, actor, "members", file, purpose="x")
        with file.open(encoding="utf-8-sig", newline="") as rows:
            assert bool(told("".join(map("".join, csv.reader(rows))))) is not hides


def test_a_reveal_shows_all_and_is_on_record(known: House) -> None:
    found = reveal_contacts(known.store, known.assistant, "1001", why="写信")
    assert dict(found.written) == NEW
    assert [line.shown for line in found.phones] == ["138 0013 8000"]
    audit = AuditEntry.__table__.c  # type: ignore[attr-defined]
    with known.store.read() as c:
        entry = c.execute(
            sa.select(audit.actor_code, audit.new, audit.why).where(audit.field == "phones_revealed")
        ).one()
    assert tuple(entry) == ("S101", "phone email wechat address", "写信")


def test_a_call_shows_it_with_the_number_dialled(known: House) -> None:
    claim(known.store, known.assistant, "1001", "t1")
    assert not told(asdict(open_call(known.store, known.assistant, "1001", "t1")))
    assert dict(dial(known.store, known.assistant, "1001").written) == NEW


def test_what_came_back_masked_changes_nothing(known: House) -> None:
    before = member_card(known.store, known.assistant, "1001", ON)
    shown = {name: getattr(before, name) for name in WRITTEN}
    assert edit_member(known.store, known.assistant, "1001", shown) == before
    assert dict(reveal_contacts(known.store, known.assistant, "1001", why="x").written) == NEW


def test_a_conflict_shows_both_masked(known: House) -> None:
    seen = member_card(known.store, known.manager, "1001", ON)
    edit_member(known.store, known.assistant, "1001", {"occupation": "教师"})
    with pytest.raises(Conflict) as caught:
        edit_member(known.store, known.manager, "1001", FULL, why="x", version=seen.version)
    assert len(caught.value.differences) == 3
    assert not told(caught.value.differences)


@given(field=st.sampled_from(WRITTEN), value=st.text(min_size=1, max_size=60))
def test_never_more_than_a_third_of_it_is_shown(field: str, value: str) -> None:
    shown = hidden(field, value)
    assert "****" in shown
    if field == "email" and "@" in value:
        user = value.rpartition("@")[0]
        assert shown.partition("****")[0] == user[: min(2, len(user) // 3)]
    elif not (set(value) & set("0123456789")):
        kept = shown.partition("****")[0]
        assert value.startswith(kept)
        assert len(kept) <= min(6, len(value) // 3)
