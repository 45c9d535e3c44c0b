"""Proof that an application's record is as it was written: each step seals the one before it (R7.4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.base.clock import business_day

_CONTENT = sa.text(
    """select m.number, s.code, coalesce(hm.value_class, ''), coalesce(o.code, ''), hm.last_promise, hm.outcome
    from handover_member hm join member m on m.id = hm.member_id join staff s on s.id = hm.successor_id
        left join staff o on o.id = hm.owner_id
    where hm.handover_id = :handover order by m.number"""
)
_HEAD = sa.text(
    """select h.number, h.kind, g.code, s.code, h.applicant_code, coalesce(t.code, ''), h.reason, h.override
    from handover h join staff g on g.id = h.giver_id join store s on s.id = h.store_id
        left join store t on t.id = h.to_store_id
    where h.id = :handover"""
)
_STEPS = sa.text(
    """select place, round, act, state, by_code, at, comment, detail, digest from handover_step
    where handover_id = :handover order by place"""
).columns(at=UTCDateTime())
_LAST = sa.text("select digest from handover_step where handover_id = :handover order by place desc limit 1")
_ALL = sa.text("select id, number, state from handover order by id")
_ORPHANS = sa.text(
    """select distinct handover_id from handover_step where handover_id not in (select id from handover)
    order by handover_id"""
)


@dataclass(frozen=True, slots=True)
class Broken:
    """What does not agree: a step's own record, or the application and its members after its last step.

    `what` is altered, missing (a step), state, members (the application), or gone; `day` that of the step.
    """

    number: str
    place: int
    what: str
    day: date | None


def content_digest(c: Connection, handover: int) -> str:
    """The seal of an application's head and members as they stand."""
    seal = hashlib.sha256()
    for row in (c.execute(_HEAD, {"handover": handover}).one(), *c.execute(_CONTENT, {"handover": handover})):
        seal.update(("\x1f".join(map(str, row)) + "\x1e").encode())
    return seal.hexdigest()


def step_digest(before: str, content: str, step: dict[str, Any]) -> str:
    """The seal of a step: the seal before it, the content after it, and the step's own columns."""
    at: datetime = step["at"]
    values = {**step, "at": at.astimezone(UTC).isoformat()}
    text = json.dumps([before, content, {k: str(values[k]) for k in sorted(values)}], ensure_ascii=False)
    return f"{content}:{hashlib.sha256(text.encode()).hexdigest()}"


def last_digest(c: Connection, handover: int) -> str:
    """The seal of the last step, empty where there is none."""
    return c.execute(_LAST, {"handover": handover}).scalar() or ""


def broken(c: Connection, handovers: Iterable[int] | None = None) -> Iterator[Broken]:
    """What of the applications (all of them for None) was altered behind the program's back."""
    wanted = None if handovers is None else set(handovers)
    for row in c.execute(_ALL).all():
        if wanted is None or row.id in wanted:
            yield from _broken(c, row.id, row.number, row.state)
    if wanted is None:
        for key in c.execute(_ORPHANS).scalars():
            yield Broken(f"#{key}", 0, "gone", None)


def _broken(c: Connection, handover: int, number: str, state: str) -> Iterator[Broken]:
    before, content, last_state, place = "", "", "", 0
    day: date | None = None
    for row in c.execute(_STEPS, {"handover": handover}).mappings():
        step = {name: row[name] for name in ("round", "act", "state", "by_code", "at", "comment", "detail")}
        content = row["digest"].partition(":")[0]
        place += 1
        day = business_day(row["at"])
        if row["place"] != place:
            yield Broken(number, place, "missing", day)
            place = row["place"]
        if step_digest(before, content, {"place": place, **step}) != row["digest"]:
            yield Broken(number, place, "altered", day)
        before, last_state = row["digest"], row["state"]
    if last_state != state:
        yield Broken(number, place, "state", day)
    if content != content_digest(c, handover):
        yield Broken(number, place, "members", day)
