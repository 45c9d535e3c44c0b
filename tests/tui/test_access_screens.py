"""Every pair of role and right through the screens: what the table allows works, the rest says why not (R15.2).

Core and commands stand in tests/contracts/test_access.py. Whoever adds a right names what tries it here, or in
NO_SCREEN where no screen offers it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.followups.tables import FollowUp
from core.handover import actions
from core.handover.forms import HandoverForm
from core.members.tables import Member
from core.people.access import Right, Scope, rows
from core.people.tables import Staff
from core.store.engine import Store
from tests.contracts.access_cases import ON, PHONE, World, make_world
from tui.screens.base import HuifangScreen
from tui.screens.forms import EditForm
from tui.widgets.field import Field
from tui.widgets.lines import Lines

ROOT = Path(__file__).resolve().parents[2]
TABLE = rows()
Found = dict[Right, dict[str, bool]]

OPENED = {"own": Scope.OWN, "peer": Scope.STORE, "far": Scope.ALL}
SHOPS = {"peer": Scope.STORE, "far": Scope.ALL}
ANY = {"": Scope.OWN}
TARGETS: dict[Right, dict[str, Scope]] = {
    Right.SEE_MEMBER: {**OPENED, "pool": Scope.OWN, "far-pool": Scope.ALL},
    Right.EDIT_MEMBER: SHOPS,
    Right.REVEAL_PHONE: SHOPS,
    Right.CALL: SHOPS,
    Right.SEE_WORKLIST: {"own": Scope.OWN},
    Right.PLAN: ANY,
    Right.EXPORT: ANY,
    Right.SEE_STAFF: ANY,
    Right.MANAGE_STAFF: SHOPS,
    Right.WATCH_VIEWS: ANY,
    Right.SEE_AUDIT: ANY,
    Right.SEE_HANDOVER: OPENED,
    Right.APPLY_HANDOVER: ANY,
    Right.REVIEW_HANDOVER: {"peer": Scope.STORE},
    Right.APPROVE_HANDOVER: {"peer": Scope.ALL},
    Right.FILE_HANDOVER: {"peer": Scope.ALL},
    Right.KEEP_COVER: SHOPS,
    Right.SEE_BOARD: OPENED,
    Right.REASSIGN: SHOPS,
}
"""What each right is tried on, with the least scope that reaches it."""

NO_SCREEN: dict[Right, str] = {
    Right.IMPORT: "core.imports.importing",
    Right.KEEP_CALENDAR: "core.people.calendars",
    Right.MAINTAIN_STORE: "core.store.backup",
}
"""Rights that only commands use: no screen may import what they are about."""

ELSEWHERE: dict[Right, str] = {
    **dict.fromkeys((Right.TAKE_MATTER, Right.SEE_MATTERS, Right.HANDLE_MATTER), "complaints"),
    **dict.fromkeys((Right.DECIDE_MATTER, Right.HANDLE_SUGGESTION), "complaints"),
    **dict.fromkeys((Right.SEE_REPORTS, Right.SEE_RECOVERY, Right.TAKE_MEASURE, Right.RANK), "recovery"),
    **dict.fromkeys((Right.SEE_GIFTS, Right.GIVE_GIFT, Right.KEEP_GIFTS), "gifts"),
}
"""Rights tried as every role by the tests of that capability."""


def test_every_right_is_tried_or_has_no_screen() -> None:
    parts = [set(TARGETS), set(NO_SCREEN), set(ELSEWHERE)]
    assert set.union(*parts) == set(Right)
    assert sum(map(len, parts)) == len(Right)
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tui").rglob("*.py"))
    assert not [name for name in NO_SCREEN.values() if name in sources]


def expected(role: Role, right: Right) -> dict[str, bool]:
    """What the table says of a role."""
    reach = TABLE[right][role]
    if right is Right.REVIEW_HANDOVER:  # a manager reviews only where no store manager may (R7.1)
        return {"peer": reach is Scope.STORE}
    return {target: reach is not Scope.NONE and reach >= least for target, least in TARGETS[right].items()}


@pytest.fixture
def world(lite: Store, tmp_path: Path) -> World:
    """The people and members of the table, with rows due and an application in each state that waits."""
    made = make_world(lite, tmp_path)
    with lite.write(SHELL) as tx:
        for code, role, shop in (
            ("taker", Role.ASSISTANT, "peer"), ("keeper", Role.STORE_MANAGER, "peer"),
            ("boss", Role.MANAGER, "peer"),
            ("far-taker", Role.ASSISTANT, "far"),
        ):  # fmt: skip
            store_id = made.people[shop].store_id
            key = tx.insert(Staff, code=code, name=code, role=role, store_id=store_id)
            made.people[code] = Actor(code, code, role, key, store_id)
        days = {"joined_on": ON, "last_on": ON, "created_at": tx.now, "updated_at": tx.now}
        for number, owner in (("p1", "peer"), ("p2", "peer"), ("p3", "peer"), ("f1", "far")):
            who = made.people[owner]
            tx.insert(Member, number=number, name=number, owner_id=who.staff_id, store_id=who.store_id, **days)
        due = sa.text("select id, owner_id, store_id from member where number not in ('p1', 'p2', 'p3', 'f1')")
        for member, owner_id, store_id in tx.connection.execute(due).all():
            tx.insert(
                FollowUp, member_id=member, programme="monthly", cycle="2026-11", store_id=store_id,
                assignee_id=owner_id, due_on=ON, created_at=tx.now,
            )  # fmt: skip
    for member, giver, taker in (("p1", "peer", "taker"), ("p2", "peer", "taker"), ("p3", "peer", "taker"),
                                 ("f1", "far", "far-taker")):  # fmt: skip
        form = HandoverForm(giver=giver, members=(member,), successors=(taker,), reason="x")
        made.members[member] = actions.submit(lite, made.people[giver], form).row.number
    for member in ("p2", "p3"):
        actions.review(lite, made.people["keeper"], made.members[member])
    actions.approve(lite, made.people["boss"], made.members["p3"])
    return made


def own_application(world: World, role: Role) -> None:
    """An application for the own member of who is tried, where the role may have one."""
    form = HandoverForm(giver=str(role), members=(f"own-{role}",), successors=("taker",), reason="x")
    world.members["own"] = actions.submit(world.store, SHELL, form).row.number


@pytest.mark.parametrize("role", Role)
def test_a_role(role: Role, world: World, screens: Callable[..., Any]) -> None:
    actor = world.people[str(role)]
    own_application(world, role)
    found: Found = {}

    async def drive() -> None:
        async with screens(staff=actor.code, lang="en") as page:
            for part in (today, searched, handovers, log, people, board, members):
                async for right, tried in part(page, world, actor):
                    assert right not in found
                    found[right] = tried

    asyncio.run(drive())
    assert found == {right: expected(role, right) for right in TARGETS}


Tries = Any


async def tries(page: Any, name: str) -> bool:
    """Do what a key stands for: False where it is refused, which the screen must say; it is in the help too."""
    screen = page.app.screen
    assert isinstance(screen, HuifangScreen)
    reason = screen.why_not(name)
    if not reason:
        return True
    screen.action_key(name)
    await page.pilot.pause()
    assert page.app.screen is screen
    assert said(page).startswith(reason[:30]), f"{name} says nothing of {reason!r}:\n{page.text}"
    return False


def said(page: Any) -> str:
    """What the line that speaks says."""
    place = page.app.screen.query_one("#say").region.y
    text: str = page.lines[place].strip(" -")
    return text


async def on(page: Any, key: str) -> bool:
    """Put the cursor on a row; False where it is not shown."""
    if not page.app.screen.query_one(Lines).select(key):
        return False
    await page.quiet()
    return True


async def command(page: Any, name: str) -> None:
    """Open a screen as F9 does, without typing its name."""
    page.app.show_today()
    page.app.today.action_key(name)
    await page.quiet()


async def today(page: Any, world: World, actor: Actor) -> Tries:
    """The day was planned by opening it, and nobody else's rows are on the list."""
    with world.store.read() as c:
        yield Right.PLAN, {"": bool(c.execute(sa.text("select count(*) from plan_run")).scalar())}
    shown = set(page.names)
    for target, allowed in expected(actor.role, Right.SEE_MEMBER).items():
        assert allowed or target not in shown
    yield Right.SEE_WORKLIST, {"own": f"own-{actor.role}" in shown}


async def searched(page: Any, world: World, actor: Actor) -> Tries:
    """Everybody has the same number: the search shows those who may be seen."""
    await command(page, "find")
    page.app.screen.query_one("#typed", Field).value = PHONE
    await page.rest()
    shown = set(page.names)
    yield (
        Right.SEE_MEMBER,
        {
            target: (f"own-{actor.role}" if target == "own" else target) in shown
            for target in TARGETS[Right.SEE_MEMBER]
        },
    )


async def handovers(page: Any, world: World, actor: Actor) -> Tries:
    """The applications seen, a new one, and the step that each waits for."""
    await command(page, "handover")
    numbers = {"own": world.members["own"], "peer": world.members["p1"], "far": world.members["f1"]}
    yield Right.SEE_HANDOVER, {target: number in page.names for target, number in numbers.items()}
    yield Right.APPLY_HANDOVER, {"": await tries(page, "apply")}
    steps = (
        (Right.REVIEW_HANDOVER, "p1", "agree"),
        (Right.APPROVE_HANDOVER, "p2", "agree"),
        (Right.FILE_HANDOVER, "p3", "file"),
    )
    for right, member, key in steps:
        if await on(page, world.members[member]):
            await page.press("enter")
            yield right, {"peer": await tries(page, key)}
            await page.press("escape")
        else:
            yield right, {"peer": False}


async def log(page: Any, world: World, actor: Actor) -> Tries:
    """The log's export."""
    await command(page, "handover_log")
    yield Right.EXPORT, {"": await tries(page, "export")}


async def people(page: Any, world: World, actor: Actor) -> Tries:
    """The staff: seen by all, managed and covered by some, and what was changed about them."""
    await command(page, "people")
    yield Right.SEE_STAFF, {"": {"peer", "far"} <= set(page.names)}
    managed, covered = {}, {}
    for target in ("far", "peer"):
        assert await on(page, target)
        managed[target] = await tries(page, "goes")
        covered[target] = await tries(page, "cover")
    yield Right.MANAGE_STAFF, managed
    yield Right.KEEP_COVER, covered
    page.app.screen.action_key("audit")
    await page.quiet()
    yield Right.SEE_AUDIT, {"": "may not do this" not in page.text}


async def board(page: Any, world: World, actor: Actor) -> Tries:
    """The lines of the board, the unusual days, and giving a queue away."""
    await command(page, "board")
    keys = {"own": f"S1/{actor.code}", "peer": "S1/peer", "far": "S2/far"}
    yield Right.SEE_BOARD, {target: key in page.names for target, key in keys.items()}
    yield Right.WATCH_VIEWS, {"": await tries(page, "watch")}
    given = {}
    for target in ("peer", "far"):
        given[target] = await tries(page, "reassign") if await on(page, keys[target]) else False
    yield Right.REASSIGN, given


async def members(page: Any, world: World, actor: Actor) -> Tries:
    """A member opened by number: the profile changed, the contact data shown, the call opened."""
    edited, revealed, called = {}, {}, {}
    for target in ("far", "peer"):
        if target == "peer" and edited["far"] and revealed["far"] and called["far"]:
            edited["peer"] = revealed["peer"] = called["peer"] = True  # nearer than one that is reached
            continue
        page.app.show_member(target)
        await page.quiet()
        if page.app.screen.seen is None:
            assert "There is no member" in said(page)
            edited[target] = revealed[target] = called[target] = False
            page.app.screen.action_key("edit")
            await page.pilot.pause()
            assert not isinstance(page.app.screen, EditForm)
            page.app.show_today()
            continue
        edited[target] = await _edits(page)
        await page.press("r", "x", "enter")
        revealed[target] = "138 0013 8000" in page.text
        await page.press("c")
        called[target] = page.app.screen.__class__.__name__ == "CallScreen" and page.app.screen.sheet is not None
        await page.press("escape")
    yield Right.EDIT_MEMBER, edited
    yield Right.REVEAL_PHONE, revealed
    yield Right.CALL, called


async def _edits(page: Any) -> bool:
    await page.press("e")
    form = page.app.screen
    assert isinstance(form, EditForm)
    next(field for field in form.query(Field) if field.name == "interests").value = "茶"
    await page.press("f8")
    return page.app.screen is not form
