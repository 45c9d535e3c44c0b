"""A small shop with a few members and their follow-ups, for tests of calls."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from core.base.actor import SHELL, Actor, Role
from core.calls.forms import CallForm
from core.followups.tables import FollowUp
from core.members.tables import Member, MemberPhone
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.schema import METADATA
from core.store.engine import Store

TODAY = date(2026, 11, 23)

WATCHED = ("follow_up", "member", "member_phone", "profile_fix", "raised", "claim", "call_purpose", "draft")


@dataclass
class Desk:
    """The store with its people; `fang` keeps the members, `call` centre and `boss` look on."""

    store: Store
    shop: int
    fang: Actor
    lei: Actor
    caller: Actor
    boss: Actor

    def member(self, number: str, *, phones: tuple[str, ...] = ("+8613800138000",), **values: Any) -> int:
        """A member of Wang Fang's."""
        with self.store.write(SHELL) as tx:
            row = {
                "number": number,
                "name": "李雷",
                "store_id": self.shop,
                "owner_id": self.fang.staff_id,
                "joined_on": date(2026, 1, 5),
                "last_on": date(2026, 11, 15),
                "last_purchase_on": date(2026, 11, 15),
                "first_purchase_on": date(2026, 1, 5),
                "purchase_count": 2,
                "dialable": bool(phones),
                "completeness": 30,
                "created_at": tx.now,
                "updated_at": tx.now,
            }
            key: int = tx.insert(Member, **(row | values))
            for place, typed in enumerate(phones):
                tx.insert(
                    MemberPhone,
                    member_id=key,
                    position=place,
                    typed=typed,
                    e164=typed,
                    kind="mobile",
                    last4=typed[-4:],
                )
            return key

    def follow_up(self, member: int, programme: str, **values: Any) -> int:
        """An open follow-up of the member, due today."""
        with self.store.write(SHELL) as tx:
            row = {
                "member_id": member,
                "programme": programme,
                "cycle": "2026-11" if programme == "monthly" else f"c{uuid.uuid4().hex[:8]}",
                "store_id": self.shop,
                "assignee_id": self.fang.staff_id,
                "due_on": TODAY,
                "created_at": tx.now,
            }
            key: int = tx.insert(FollowUp, **(row | values))
            return key

    def row(self, table: type[SQLModel], key: Any) -> Mapping[str, Any]:
        """One row by its key."""
        core: sa.Table = table.__table__  # type: ignore[attr-defined]
        with self.store.read() as c:
            found = c.execute(sa.select(core).where(core.primary_key.columns[0] == key)).mappings().one()
            return dict(found)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, in the order of its columns."""
        core = METADATA.tables[table]
        with self.store.read() as c:
            return [dict(row) for row in c.execute(sa.select(core).order_by(*core.columns)).mappings()]

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every row that a call may touch, but for versions."""
        return {
            table: [
                {k: v for k, v in row.items() if k not in ("version", "updated_at")} for row in self.rows(table)
            ]
            for table in WATCHED
        }


def form(number: str, outcome: str, **values: Any) -> CallForm:
    """A form with an id of its own."""
    return CallForm(**({"call_id": str(uuid.uuid4()), "number": number, "outcome": outcome} | values))


def open_desk(store: Store) -> Desk:
    """The shop and its people."""
    with store.write(SHELL) as tx:
        shop = tx.insert(Shop, code="S1", name="南京路店")
        other = tx.insert(Shop, code="S2", name="淮海路店")
        actors = {}
        people = (
            ("fang", "王芳", Role.ASSISTANT, shop),
            ("lei", "李磊", Role.ASSISTANT, other),
            ("caller", "陈红", Role.CALLER, shop),
            ("boss", "赵云", Role.MANAGER, shop),
        )
        for code, name, role, place in people:
            key = tx.insert(Staff, code=code, name=name, role=role, store_id=place)
            actors[code] = Actor(code, name, role, key, place)
    return Desk(store, shop, **actors)


def full_form(number: str, outcome: Any, now: datetime, **values: Any) -> CallForm:
    """A form with all that the outcome's flags ask for."""
    from datetime import timedelta

    from core.calls.forms import RaisedForm

    asked: dict[str, Any] = {}
    if outcome.schedules_callback:
        asked["callback_at"] = now + timedelta(days=2, hours=1)
    if outcome.opens_problem:
        asked["raised"] = (RaisedForm("领口开线", "complaint", "quality"),)
    if outcome.asks_channel:
        asked["channel"] = "wechat"
    if outcome.needs_note:
        asked["note"] = "说明"
    if outcome.reached and not (outcome.refused or outcome.schedules_callback):
        asked["reasons"] = ("price", "busy")
    return form(number, outcome.code, **(asked | values))
