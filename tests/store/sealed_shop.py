"""A small store whose records are sealed."""

from __future__ import annotations

from datetime import date

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.calls.tables import Call, CallPurpose, Raised, RaisedStep
from core.followups.tables import FollowUp
from core.handover.tables import Handover, HandoverStep
from core.people.tables import Store as Shop
from core.store.engine import Store
from core.store.seals import seal
from tests.followups.conftest import fill
from tests.followups.reference import Person

PEOPLE = [Person(f"{n:04}", date(2026, 1, 5), "A1", [(date(2026, 3, 1), 100)]) for n in range(1, 13)]


def work(store: Store, clock: FixedClock, days: int = 3) -> None:
    """Some days of calls, changes and handover steps, each sealed the next morning."""
    fill(store, PEOPLE)
    with store.write(SHELL) as tx:
        handover = tx.insert(
            Handover,
            number="2026-0001",
            kind="members",
            giver_id=1,
            store_id=1,
            applicant_code="A1",
            reason="",
            state="draft",
            round=0,
            override="",
            created_at=tx.now,
            state_since=tx.now,
        )
        matter = tx.insert(
            Raised, member_id=1, kind="complaint", category="goods", matter="开线", store_id=1, raised_at=tx.now
        )
    for day in range(days):
        for nth in range(6):
            one_call(store, f"{day:08x}-0000-4000-8000-{nth * 7919:012x}", nth + 1, purposes=nth % 3)
            with store.write(SHELL, why="said 好的") as tx:
                tx.update(Shop, 1, {"city": f"city {day} {nth}", "name": f"店 {nth}"})
            clock.advance(minutes=3)
        with store.write(SHELL) as tx:
            tx.insert(
                HandoverStep,
                handover_id=handover,
                place=day,
                round=0,
                act="submit",
                state="submitted",
                by_code="A1",
                at=tx.now,
                comment="",
                detail="{}",
                digest="d",
            )
            tx.insert(
                RaisedStep,
                raised_id=matter,
                place=day + 1,
                round=0,
                act="progress",
                state="open",
                by_code="A1",
                at=tx.now,
                text="已联系厂家",
            )
        clock.advance(days=1)
        seal(store, SHELL)


def one_call(store: Store, call_id: str, member: int, *, purposes: int = 1) -> None:
    """A call put on record as the program does it."""
    with store.write(SHELL, cause=call_id) as tx:
        blank = {"dialled": "", "channel": "phone", "reasons": "", "note": "谢谢", "promise": "", "answers": "{}"}
        tx.insert(
            Call,
            id=call_id,
            member_id=member,
            store_id=1,
            started_at=tx.now,
            ended_at=tx.now,
            day=tx.now.date(),
            outcome="well",
            reached=True,
            effects="[]",
            correction_why="",
            stored_at=tx.now,
            **blank,
        )
        rows = []
        for nth in range(purposes):
            follow_up = tx.insert(
                FollowUp,
                member_id=member,
                programme="monthly",
                cycle=f"{call_id}{nth}",
                store_id=1,
                due_on=tx.now.date(),
                place=0,
                state="open",
                attempts=0,
                tried_parts="",
                skips=0,
                promise="",
                source="",
                closed_why="",
                created_at=tx.now,
            )
            rows.append({"call_id": call_id, "follow_up_id": follow_up, "covered": False})
        tx.insert_many(CallPurpose, rows, what="purposes")
