"""One exercise for each right, in core and as a command: what tests/contracts/test_access.py tries as every role.

Whoever adds a right to `core.people.access` adds its case here, or names the test that tries it in ELSEWHERE.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from core.base.actor import SHELL, Actor, Role
from core.base.policy import Policy
from core.calls.actions import log_call
from core.calls.forms import CallForm
from core.followups.planning import plan
from core.followups.worklist import WorklistQuery, worklist
from core.imports.export import export_file
from core.imports.importing import import_file
from core.insight.watch import unusual
from core.members.actions import edit_member, reveal_contacts
from core.members.tables import Member, MemberPhone
from core.members.trail import TrailQuery, trail
from core.members.views import member_card
from core.people.access import Right, Scope
from core.people.accounts import unlock_account
from core.people.calendars import set_weekends
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.people.views import staff_accounts
from core.store.backup import backup
from core.store.engine import Store

ON = date(2026, 11, 23)
PHONE = "13800138000"


@dataclass
class World:
    """Two shops; in the first one person of each role and a colleague, in the second an assistant.

    `members` are numbers by what they are to somebody of the first shop: own-ROLE, peer's, pool, far, far-pool.
    """

    store: Store
    folder: Path
    people: dict[str, Actor] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The numbers this store works by."""
        return self.store.policy


def make_world(store: Store, folder: Path) -> World:
    """Put the people and their members into an empty store."""
    world = World(store, folder)
    with store.write(SHELL) as tx:
        shops = {code: tx.insert(Shop, code=code, name=code) for code in ("S1", "S2")}

        def person(code: str, role: Role, shop: str) -> None:
            key = tx.insert(Staff, code=code, name=code, role=role, store_id=shops[shop])
            world.people[code] = Actor(code, code, role, key, shops[shop])

        def member(number: str, owner: str | None, shop: str) -> None:
            owner_id = world.people[owner].staff_id if owner else None
            days = {"joined_on": ON, "last_on": ON, "created_at": tx.now, "updated_at": tx.now}
            key = tx.insert(
                Member, number=number, name=number, owner_id=owner_id, store_id=shops[shop], dialable=True, **days
            )
            tx.insert(MemberPhone, member_id=key, typed=PHONE, e164="+86" + PHONE, kind="mobile", last4="8000")

        for role in Role:
            person(str(role), role, "S1")
            member(f"own-{role}", str(role), "S1")
        person("peer", Role.ASSISTANT, "S1")
        person("far", Role.ASSISTANT, "S2")
        for number, owner, shop in (
            ("peer", "peer", "S1"), ("pool", None, "S1"), ("far", "far", "S2"), ("far-pool", None, "S2"),
        ):  # fmt: skip
            member(number, owner, shop)
    return world


Core = Callable[[World, Actor, str], object]
Words = Callable[[World, Actor, str], list[Any]]
_STORES = {"S1": Scope.STORE, "S2": Scope.ALL}
_ANY = {"": Scope.OWN}


@dataclass(frozen=True, slots=True)
class Case:
    """How a right is tried: on which targets, each with the least scope that reaches it, in core and as a command.

    A target of "own" stands for the actor's own; `command` is None where there is no command for it.
    """

    targets: dict[str, Scope]
    core: Core
    command: Words | None


MEMBERS = {
    "own": Scope.OWN, "pool": Scope.OWN, "peer": Scope.STORE, "far": Scope.ALL, "far-pool": Scope.ALL,
}  # fmt: skip


def number(actor: Actor, target: str) -> str:
    """The member meant."""
    return f"own-{actor.role}" if target == "own" else target


def desk(actor: Actor, target: str) -> str:
    """The person meant."""
    return actor.code if target == "own" else target


def _call(world: World, actor: Actor, target: str) -> object:
    return log_call(
        world.store, actor, CallForm(call_id=str(uuid.uuid4()), number=number(actor, target), outcome="no_answer")
    )


def _stores_file(world: World) -> Path:
    file = world.folder / "stores.csv"
    file.write_text("门店编号,门店名称\nS3,三店\n", encoding="utf-8")
    return file


CASES: dict[Right, Case] = {
    Right.SEE_MEMBER: Case(
        MEMBERS,
        lambda w, a, t: member_card(w.store, a, number(a, t), ON),
        lambda w, a, t: ["member", "show", number(a, t)],
    ),
    Right.EDIT_MEMBER: Case(
        MEMBERS,
        lambda w, a, t: edit_member(w.store, a, number(a, t), {"interests": "茶"}),
        lambda w, a, t: ["member", "edit", number(a, t), "--interests", "花"],
    ),
    Right.REVEAL_PHONE: Case(
        MEMBERS,
        lambda w, a, t: reveal_contacts(w.store, a, number(a, t), why="to call"),
        lambda w, a, t: ["member", "reveal", number(a, t), "--reason", "to call"],
    ),
    Right.SEE_WORKLIST: Case(
        {"own": Scope.OWN, "peer": Scope.STORE, "far": Scope.ALL},
        lambda w, a, t: worklist(w.store, a, WorklistQuery(staff=desk(a, t))),
        lambda w, a, t: ["worklist", "--staff", desk(a, t)],
    ),
    Right.CALL: Case(
        MEMBERS, _call, lambda w, a, t: ["call", "log", "--member", number(a, t), "--outcome", "no_answer"]
    ),
    Right.PLAN: Case(_ANY, lambda w, a, t: plan(w.store, a, ON), lambda w, a, t: ["plan"]),
    Right.IMPORT: Case(
        _ANY,
        lambda w, a, t: import_file(w.store, a, "stores", _stores_file(w), dry_run=True),
        lambda w, a, t: ["import", "stores", _stores_file(w), "--dry-run"],
    ),
    Right.EXPORT: Case(
        _ANY,
        lambda w, a, t: export_file(w.store, a, "members", w.folder / f"{uuid.uuid4()}.csv", purpose="test"),
        lambda w, a, t: ["export", "members", w.folder / f"{uuid.uuid4()}.csv", "--purpose", "test"],
    ),
    Right.SEE_STAFF: Case(_ANY, lambda w, a, t: staff_accounts(w.store, a), lambda w, a, t: ["staff", "list"]),
    Right.MANAGE_STAFF: Case(
        {"peer": Scope.STORE, "far": Scope.ALL},
        lambda w, a, t: unlock_account(w.store, a, t),
        lambda w, a, t: ["staff", "unlock", t],
    ),
    Right.WATCH_VIEWS: Case(_ANY, lambda w, a, t: unusual(w.store, a), lambda w, a, t: ["staff", "watch"]),
    Right.SEE_AUDIT: Case(
        _ANY, lambda w, a, t: list(trail(w.store, a, TrailQuery())), lambda w, a, t: ["audit", "show"]
    ),
    Right.KEEP_CALENDAR: Case(
        _STORES,
        lambda w, a, t: set_weekends(w.store, a, t, True),
        lambda w, a, t: ["calendar", "weekends", t, "work"],
    ),
    Right.MAINTAIN_STORE: Case(
        _ANY,
        lambda w, a, t: backup(w.store, w.folder / f"{uuid.uuid4()}.db", actor=a),
        lambda w, a, t: ["backup", w.folder / f"{uuid.uuid4()}.db"],
    ),
}

ELSEWHERE: dict[Right, str] = {
    Right.SEE_HANDOVER: "tests/handover",
    Right.APPLY_HANDOVER: "tests/handover",
    Right.REVIEW_HANDOVER: "tests/handover",
    Right.APPROVE_HANDOVER: "tests/handover",
    Right.FILE_HANDOVER: "tests/handover",
    Right.KEEP_COVER: "tests/handover",
    Right.SEE_BOARD: "tests/insight",
    Right.REASSIGN: "tests/insight",
    Right.TAKE_MATTER: "tests/complaints",
    Right.SEE_MATTERS: "tests/complaints",
    Right.HANDLE_MATTER: "tests/complaints",
    Right.DECIDE_MATTER: "tests/complaints",
    Right.HANDLE_SUGGESTION: "tests/complaints",
    Right.SEE_REPORTS: "tests/insight",
    Right.SEE_RECOVERY: "tests/recovery",
    Right.TAKE_MEASURE: "tests/recovery",
    Right.RANK: "tests/recovery",
    Right.SEE_GIFTS: "tests/gifts",
    Right.GIVE_GIFT: "tests/gifts",
    Right.KEEP_GIFTS: "tests/gifts",
}
"""Rights tried as every role by the tests of that folder, because their exercise takes more than one step."""
