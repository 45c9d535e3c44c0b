"""What must hold when the dust has settled: holds, purposes, acknowledged outcomes, and the store's own checks."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.base.actor import SHELL
from core.insight.proof import verify_all
from core.store.check import check
from core.store.engine import Store
from core.store.seals import seal
from scripts.dev.soak.ground import SwiftClock

Event = dict[str, Any]
_SHOWN = 10


def events(journals: Iterable[Path]) -> list[Event]:
    """All lines of all journals, by time; one that a kill cut short is left out."""
    found = []
    for journal in journals:
        for line in journal.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
    return sorted(found, key=lambda event: event["t"])


def faults(store: Store, told: list[Event]) -> list[str]:
    """Everything that is not as it must be, in words; empty where all is well."""
    excused = late(store, told)
    return [
        *(f"fault of {event['who']}: {event['what']}" for event in told if event["e"] == "fault"),
        *_held_by_two(told),
        *_lost(store, told, excused),
        *_dialled_twice(store, excused),
        *_unsound(store),
    ]


def _held_by_two(told: list[Event]) -> Iterator[str]:
    """A hold lasts from its acknowledgement to the moment before it is given back, or until it runs out."""
    holds: dict[str, Event] = {}
    shown = 0
    for event in told:
        if event["e"] == "held":
            before = holds.get(event["number"])
            if before is not None and before["who"] != event["who"] and before["until"] > event["t"]:
                shown += 1
                if shown <= _SHOWN:
                    yield f"{event['number']} was held by two: {_of(told, event['number'])}"
            holds[event["number"]] = event
        elif event["e"] in ("free", "sent") and holds.get(event["number"], event)["who"] == event["who"]:
            holds.pop(event["number"], None)


def _of(told: list[Event], number: str) -> str:
    lines = [event for event in told if event.get("number") == number]
    began = lines[0]["t"]
    return ", ".join(
        f"{event['t'] - began:.1f} {event['e']} {event['who']}"
        + (f" until {event['until'] - began:.1f}" if "until" in event else "")
        for event in lines
    )


_ENTRIES = "select row_key from audit_entry where table_name = 'call' and deed = 'insert'"


def _lost(store: Store, told: list[Event], excused: set[str]) -> Iterator[str]:
    """Each acknowledged call is there once with its entry and its purposes; nothing is there that nobody sent."""
    sent = {event["call"] for event in told if event["e"] == "sent"}
    stored = {event["call"] for event in told if event["e"] == "stored"}
    with store.read() as c:
        there = set(c.exec_driver_sql("select id from call").scalars())
        entries = Counter(c.exec_driver_sql(_ENTRIES).scalars())
        purposes = set(c.exec_driver_sql("select distinct call_id from call_purpose").scalars())
    if stored - there:
        yield f"{len(stored - there)} acknowledged calls are not there: {sorted(stored - there)[:_SHOWN]}"
    if there - sent:
        yield f"{len(there - sent)} calls are there that nobody sent"
    if twice := [call for call in there if entries[call] != 1]:
        yield f"{len(twice)} calls have not exactly one entry: {twice[:_SHOWN]}"
    if bare := there - purposes - excused:
        yield f"{len(bare)} calls were for no purpose: {sorted(bare)[:_SHOWN]}"


_TRIED = sa.text(
    """select p.follow_up_id, c.id, c.member_id, c.started_at, c.outcome, c.effects from call_purpose p
        join call c on c.id = p.call_id order by p.follow_up_id, c.stored_at, c.started_at"""
)


def late(store: Store, told: list[Event]) -> set[str]:
    """The calls that were not yet stored when their caller's hold ran out: the store was away for too long."""
    assert isinstance(store.clock, SwiftClock)
    holds: dict[tuple[str, str], float] = {}
    until: dict[str, float] = {}
    answered = {event["call"]: event["t"] for event in told if event["e"] == "stored"}
    for event in told:
        if event["e"] == "held":
            holds[event["who"], event["number"]] = event["until"]
        elif event["e"] == "sent":
            until[event["call"]] = holds[event["who"], event["number"]]
    with store.read() as c:
        stored = c.exec_driver_sql("select id, stored_at from call").all()
    moments = {call: answered.get(call, store.clock.seconds_at(_moment(at))) for call, at in stored}
    return {call for call, at in moments.items() if at > until.get(call, 0)}


def _dialled_twice(store: Store, excused: set[str]) -> Iterator[str]:
    """No purpose was tried again once it was over, and nobody was dialled for nothing but what was put off."""
    tries: dict[int, list[Any]] = defaultdict(list)
    purposes: Counter[str] = Counter()
    resting: dict[str, list[str]] = defaultdict(list)
    with store.read() as c:
        for row in c.execute(_TRIED):
            tries[row.follow_up_id].append(row)
            purposes[row.id] += 1
    for key, rows in tries.items():
        for before, after in pairwise(rows):
            if before.id in excused or after.id in excused:
                continue
            changed = _changed(before, key)
            if changed.get("state", "open") != "open":
                yield f"follow-up {key} was over after {before.id}, and dialled for again in {after.id}"
            # a bad number leads on to the next one at once
            rest = None if store.rulebook.outcomes[before.outcome].number_bad else changed.get("not_before")
            if rest is not None and _moment(after.started_at) < _moment(rest):
                resting[after.id].append(f"{key} by {before.outcome} at {before.started_at} until {rest}")
    for call, put_off in resting.items():
        if len(put_off) == purposes[call]:
            yield f"call {call} was for nothing but what had been put off: {'; '.join(put_off)}"


def _changed(call: Any, key: int) -> dict[str, Any]:
    """What a call made of a follow-up, by column."""
    effects = json.loads(call.effects)
    return {field: new for table, row, field, _, new in effects if table == "follow_up" and str(row) == str(key)}


def _moment(value: object) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _unsound(store: Store) -> Iterator[str]:
    seal(store, SHELL)
    for finding in check(store).findings:
        yield f"check: {finding.template.format(**finding.params)}"
    report = verify_all(store)
    if not report.ok:
        yield f"audit verify: {report.findings[:_SHOWN]}"
