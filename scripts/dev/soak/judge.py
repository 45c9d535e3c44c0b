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
    return [
        *(f"fault of {event['who']}: {event['what']}" for event in told if event["e"] == "fault"),
        *_held_by_two(told),
        *_lost(store, told),
        *_dialled_twice(store),
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
                    yield f"{event['number']} was held by {before['who']} and {event['who']}"
            holds[event["number"]] = event
        elif event["e"] in ("free", "sent") and holds.get(event["number"], event)["who"] == event["who"]:
            holds.pop(event["number"], None)


_ENTRIES = "select row_key from audit_entry where table_name = 'call' and deed = 'insert'"


def _lost(store: Store, told: list[Event]) -> Iterator[str]:
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
    if bare := there - purposes:
        yield f"{len(bare)} calls were for no purpose: {sorted(bare)[:_SHOWN]}"


_TRIED = sa.text(
    """select p.follow_up_id, c.id, c.started_at, c.outcome, c.effects from call_purpose p
        join call c on c.id = p.call_id where p.follow_up_id in (
            select follow_up_id from call_purpose group by follow_up_id having count(*) > 1)
        order by p.follow_up_id, c.stored_at, c.started_at"""
)


def _dialled_twice(store: Store) -> Iterator[str]:
    """No purpose was tried again once it was over, or before the time to which the try before had put it off."""
    tries: dict[int, list[Any]] = defaultdict(list)
    with store.read() as c:
        for row in c.execute(_TRIED):
            tries[row.follow_up_id].append(row)
    again = [(key, *pair) for key, rows in tries.items() for pair in pairwise(rows)]
    wrong = [pair for pair in again if not _may_follow(store, *pair)]
    for key, before, after in wrong[:_SHOWN]:
        said = f"{before.outcome} at {before.started_at}, {after.outcome} at {after.started_at}"
        yield f"follow-up {key} was dialled twice: {said}; {before.effects}"
    if wrong[_SHOWN:]:
        yield f"and {len(wrong) - _SHOWN} more follow-ups"


def _may_follow(store: Store, key: int, before: Any, after: Any) -> bool:
    changed = {
        field: new
        for table, row, field, _, new in json.loads(before.effects)
        if table == "follow_up" and str(row) == str(key)
    }
    if changed.get("state", "open") != "open":
        return False
    outcome = store.rulebook.outcomes[before.outcome]
    if outcome.number_bad:
        return True  # there is another number to dial at once
    rest = changed.get("not_before")
    return rest is not None and _moment(after.started_at) >= _moment(rest)


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
