"""One process of the server's benchmark: `URL FIRST COUNT SECONDS THINK core|bare`; prints what cycles took."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
import uuid
from collections.abc import Callable

import psycopg
import sqlalchemy as sa

from core.base.rulebook import load_rulebook
from core.calls.actions import CallForm, log_call
from core.followups.actions import claim_next
from core.followups.worklist import WorklistQuery
from core.store.engine import Store
from scripts.dev.soak.ground import actors, caller_code, morning

WARM = 14
"""Cycles before the clock starts: by then the server has settled on its plans."""

_NEXT = """select f.id, f.member_id, m.number from follow_up f join member m on m.id = f.member_id
    where f.state = 'open' and f.due_on <= %s and (f.not_before is null or f.not_before <= %s) and {whose}
        and not exists (select 1 from claim c where c.member_id = f.member_id)
    order by f.rank, f.place, f.due_on, f.order_key limit 1 for update of m skip locked"""
_POOLS, _OWN = "f.assignee_id is null and f.rank >= 0", "f.assignee_id = %s"
_AUDIT = """insert into audit_entry (at, actor_code, deed, table_name, row_key, field, why, cause)
    values {rows}"""
_ROW = "(%s, %s, 'update', 'follow_up', %s, 'x', '', '')"
ENTRIES = 6
"""Audit entries that a call without an answer leaves."""

Cycle = Callable[[], None]


def core_cycle(url: str, number: int) -> Cycle:
    """Claim and log through core."""
    store = Store(url, morning(1), load_rulebook())
    me = actors(store)[caller_code(number)]

    def cycle() -> None:
        held = claim_next(store, me, WorklistQuery(), str(number))
        if held is None:
            raise RuntimeError("nobody is left to call")
        log_call(store, me, CallForm(call_id=str(uuid.uuid4()), number=held.number, outcome="no_answer"))

    return cycle


def bare_cycle(url: str, number: int) -> Cycle:
    """The same locks and the same rows, written with the driver alone."""
    store = Store(url, morning(1))
    me = actors(store)[caller_code(number)]
    store.close()
    address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    raw = psycopg.connect(address, prepare_threshold=1)
    whose, who = (_OWN, (me.staff_id,)) if number % 2 else (_POOLS, ())
    clock = morning(1)

    def cycle() -> None:
        now = clock.now()
        with raw.transaction():
            found = raw.execute(_NEXT.format(whose=whose), (now.date(), now, *who)).fetchone()
            if found is None:
                raise RuntimeError("nobody is left to call")
            follow_up, member, _ = found
            claimed = raw.execute(
                """insert into claim (member_id, staff_id, terminal, claimed_at, expires_at)
                values (%s, %s, '', %s, %s) on conflict do nothing""",
                (member, me.staff_id, now, now),
            )
        if not claimed.rowcount:  # taken and given back since the list was read
            cycle()
            return
        call = str(uuid.uuid4())
        with raw.transaction():
            raw.execute("select 1 from member where id = %s for update", (member,))
            raw.execute("select * from follow_up where member_id = %s and state = 'open' for update", (member,))
            raw.execute(
                """insert into call (id, member_id, caller_id, store_id, started_at, ended_at, day, stored_at,
                    dialled, channel, outcome, reached, reasons, note, promise, answers, effects, correction_why)
                values (%s, %s, %s, %s, %s, %s, %s, %s,
                    '', 'phone', 'no_answer', false, '', '', '', '{}', '[]', '')""",
                (call, member, me.staff_id, me.store_id, now, now, now.date(), now),
            )
            raw.execute("insert into call_purpose values (%s, %s, false)", (call, follow_up))
            raw.execute(
                "update follow_up set attempts = attempts + 1, not_before = %s + interval '2 hours' where id = %s",
                (now, follow_up),
            )
            raw.execute("update member set last_call_at = %s where id = %s", (now, member))
            raw.execute("delete from claim where member_id = %s", (member,))
            rows = [value for _ in range(ENTRIES) for value in (now, me.code, str(follow_up))]
            raw.execute(_AUDIT.format(rows=", ".join([_ROW] * ENTRIES)), rows)

    return cycle


def main(arguments: list[str]) -> int:
    """Warm up, say so, wait for a line, work for a span of time, print."""
    url, first, count, seconds, think, mode = arguments
    make = core_cycle if mode == "core" else bare_cycle
    cycles = [make(url, number) for number in range(int(first), int(first) + int(count))]
    for cycle in cycles:
        for _ in range(WARM if mode == "core" else 2):
            cycle()
    print("ready", flush=True)
    sys.stdin.readline()
    until, took = time.monotonic() + float(seconds), list[float]()

    def work(cycle: Cycle) -> None:
        while True:
            time.sleep(random.uniform(0, 2 * float(think)))
            began = time.perf_counter()
            if time.monotonic() > until:
                return
            cycle()
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(cycle,), daemon=True) for cycle in cycles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until + 2 - time.monotonic()))
    print(json.dumps(took))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
