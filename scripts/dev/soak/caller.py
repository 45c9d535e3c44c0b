"""One process of callers, each a thread with a store, a connection and a terminal of its own.

`python -m scripts.dev.soak.caller URL FIRST COUNT STOP CLOCK THINK JOURNAL`: the soak starts it, and kills it.
What happened goes to the journal as it happens: a line is there even where the process is gone the moment after.
"""

from __future__ import annotations

import json
import os
import random
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.base.actor import Actor
from core.base.errors import HuifangError, Refused, StoreTrouble
from core.base.rulebook import load_rulebook
from core.calls.actions import CallForm, DraftForm, RaisedForm, dial, log_call, save_draft
from core.followups.actions import claim_next, skip
from core.followups.claims import Claimed, release, renew
from core.followups.planning import plan
from core.followups.worklist import WorklistQuery
from core.handover import actions as handover
from core.handover.forms import HandoverForm
from core.store.engine import Store
from core.store.troubles import Unsure
from scripts.dev.soak.ground import SHOPS, SwiftClock, actors, caller_code, shop_of

PATIENCE = 0.3
"""Seconds between two tries of a screen whose store is away."""


class Journal:
    """Lines that outlive the process."""

    def __init__(self, file: str) -> None:
        self._handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, event: str, **values: Any) -> None:
        """One line, in one write."""
        line = json.dumps({"e": event, "t": time.time(), **values}, default=str)
        os.write(self._handle, line.encode() + b"\n")


class Caller(threading.Thread):
    """A caller at work until there is a file `stop`."""

    def __init__(self, store: Store, number: int, stop: Path, think: float, journal: Journal) -> None:
        super().__init__(name=caller_code(number))
        self.store, self.number, self.stop, self.think, self.journal = store, number, stop, think, journal
        self.chance = random.SystemRandom()
        self.terminal = f"{os.getpid()}:{self.name}"
        self.people: dict[str, Actor] = {}

    def run(self) -> None:
        """Work; whatever is no trouble of the store or a refusal is a fault, and told."""
        try:
            self.people = self.patiently(lambda: actors(self.store))
            self.work()
        except Exception as error:
            self.journal.note("fault", who=self.name, what=f"{type(error).__name__}: {error}"[:400])
        self.store.close()

    @property
    def me(self) -> Actor:
        return self.people[self.name]

    def patiently(self, job: Callable[[], Any]) -> Any:
        """A job that is tried again while the store is away or busy, as the screens do."""
        while True:
            try:
                return job()
            except StoreTrouble as trouble:
                self.journal.note("trouble", who=self.name, code=trouble.code)
                if self.stop.exists() and time.time() > self.stop.stat().st_mtime + 60:
                    raise
                time.sleep(self.chance.uniform(0, 2 * PATIENCE))

    def work(self) -> None:
        while not self.stop.exists():
            dice = self.chance.random()
            if dice < 0.003:
                self.patiently(lambda: plan(self.store, self.people["K0"]))
            elif dice < 0.01 and self.number % 2:
                self.hand_over()
            elif dice < 0.03:
                self.lose_connection()
            self.one_call()
            time.sleep(self.chance.uniform(0, 2 * self.think))

    def one_call(self) -> None:
        began = time.perf_counter()
        try:
            held = claim_next(self.store, self.me, WorklistQuery(), self.terminal)
        except Unsure:
            return  # whoever it was is freed by time
        except StoreTrouble as trouble:
            self.journal.note("trouble", who=self.name, code=trouble.code)
            time.sleep(self.chance.uniform(0, 2 * PATIENCE))
            return
        took = time.perf_counter() - began
        if held is None:
            self.journal.note("idle", who=self.name)
            return
        clock = self.store.clock
        assert isinstance(clock, SwiftClock)
        until = clock.seconds_at(held.expires_at)
        self.journal.note("held", who=self.name, number=held.number, until=until, took=took)
        dice = self.chance.random()
        if dice < 0.02:
            self.journal.note("free", who=self.name, number=held.number)
            self.patiently(lambda: release(self.store, self.me, held.number))
        elif dice < 0.03:
            self.journal.note("free", who=self.name, number=held.number)
            with suppress(Refused):
                self.patiently(lambda: skip(self.store, self.me, held.number, "soak"))
        else:
            self.talk(held)

    def talk(self, held: Claimed) -> None:
        call_id = str(uuid.uuid4())
        with suppress(Refused):  # a number gone bad, a hold that ran out: the call is taken down all the same
            self.patiently(lambda: dial(self.store, self.me, held.number, call_id=call_id))
        note = "n" * self.chance.randint(0, 200)
        draft = DraftForm(number=held.number, call_id=call_id, content={"note": note})
        if self.chance.random() < 0.5:
            self.patiently(lambda: save_draft(self.store, self.me, draft))
        if self.chance.random() < 0.1:
            self.patiently(lambda: renew(self.store, self.me, held.member_id, self.terminal))
        if self.chance.random() < 0.01:
            return  # walked away: draft and claim stay, until time frees them
        form = self.form(call_id, held.number, note)
        self.journal.note("sent", who=self.name, number=held.number, call=call_id)
        began = time.perf_counter()
        try:
            result = self.patiently(lambda: log_call(self.store, self.me, form))
        except Refused as refusal:
            self.journal.note("refused", who=self.name, number=held.number, call=call_id, code=refusal.code)
            self.patiently(lambda: release(self.store, self.me, held.number))
            return
        took = time.perf_counter() - began
        self.journal.note("stored", who=self.name, number=held.number, call=result.call, took=took)

    def form(self, call_id: str, number: str, note: str) -> CallForm:
        """A form with all that the outcome, drawn from all there are, asks for."""
        outcome = self.chance.choice([*self.store.rulebook.outcomes.values()])
        asked: dict[str, Any] = {"note": note}
        if outcome.schedules_callback:
            asked["callback_at"] = self.store.clock.now() + timedelta(minutes=self.chance.randint(5, 40))
        if outcome.opens_problem:
            kind = self.chance.choice(["complaint", "problem"])
            asked["raised"] = (RaisedForm("seam", kind, "quality"),)
        if outcome.asks_channel:
            asked["channel"] = "wechat"
        if outcome.needs_note:
            asked["note"] = note or "said"
        if outcome.reached and not (outcome.refused or outcome.schedules_callback):
            asked["reasons"] = ("busy",)
        return CallForm(call_id=call_id, number=number, outcome=outcome.code, **asked)

    def lose_connection(self) -> None:
        """The network goes, under a connection at rest."""
        if self.store.is_sqlite:
            return
        with suppress(StoreTrouble, OSError):
            with self.store.read() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                wire = socket.socket(fileno=os.dup(raw.fileno()))
            with wire:
                wire.shutdown(socket.SHUT_RDWR)
            self.journal.note("cut", who=self.name)

    def hand_over(self) -> None:
        """Three members of mine to a colleague of the same shop, reviewed and approved by those who may."""
        shop = shop_of(self.number)
        others = [code for code, person in self.people.items() if code[0] == "A" and code != self.name]
        near = [code for code in others if self.people[code].store_id == self.me.store_id]
        if not near:
            return
        with suppress(Refused):
            numbers = self.patiently(self.some_of_mine)
            form = HandoverForm(self.name, "members", (self.chance.choice(near),), "soak", members=numbers)
            sheet = self.patiently(lambda: handover.submit(self.store, self.people[f"M{shop}"], form))
            number = sheet.row.number
            self.patiently(lambda: handover.review(self.store, self.people[f"K{shop}"], number))
            approver = self.people[f"K{(shop + 1) % SHOPS}"]
            self.patiently(lambda: handover.approve(self.store, approver, number))
            self.journal.note("handover", who=self.name, number=number)

    def some_of_mine(self) -> tuple[str, ...]:
        with self.store.read() as c:
            mine = (
                c.exec_driver_sql(f"select number from member where owner_id = {self.me.staff_id}").scalars().all()
            )
        return tuple(self.chance.sample(list(mine), min(3, len(mine))))


def main(arguments: list[str]) -> int:
    """Run the callers FIRST to FIRST + COUNT - 1."""
    url, first, count, stop, clock, think, journal = arguments
    base, began, speed = clock.split(",")
    swift = SwiftClock(datetime.fromisoformat(base), float(began), float(speed))
    rulebook, book = load_rulebook(), Journal(journal)
    numbers = range(int(first), int(first) + int(count))
    callers = [Caller(Store(url, swift, rulebook), n, Path(stop), float(think), book) for n in numbers]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return 0


if __name__ == "__main__":
    with suppress(HuifangError, KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
