"""The demo: a throw-away store with a shop's eighteen months in it, planned for today, and opened.

Everything goes in as in real life: files are imported, days planned, calls logged, by core's own functions and
in the order in which it happened.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.base.actor import SHELL, Actor
from core.base.clock import FixedClock, at, business_day
from core.base.errors import BadInput, HuifangError
from core.base.language import N_, Catalogue, catalogue
from core.base.settings import Settings
from scripts.demo_people import (
    MEMBER_COLUMNS,
    PURCHASE_COLUMNS,
    Shop,
    bought_between,
    invented,
    joined_between,
)

if TYPE_CHECKING:
    from core.followups.worklist_rows import WorklistRow
    from core.store.engine import Store

SEED = 20
WORKED_DAYS_AGO = (13, 9, 6, 3, 1)
"""The earlier days on which the demo's people called."""

FRIDAY = 4

_PREFIX = "huifang-demo-"

LEFT_FOR_TODAY = 34
"""About how many calls the list that is opened should have, reviews aside: more are made on the days before."""

DONE = 0.6
"""The part of calls that completes what it is for."""


def run(
    settings: Settings,
    words: Catalogue,
    *,
    staff: str | None = None,
    on: date | None = None,
    at_time: time | None = None,
    keep: Path | None = None,
    opened: bool = True,
    ascii: bool = False,
) -> int:
    """Make the demo store and open it as one of its staff; returns the exit code.

    With `ascii` it is English, in ASCII alone, and so is what its people wrote down.
    """
    from dataclasses import replace

    from core.base.clock import clock_for
    from scripts.show import say

    if ascii:
        words = catalogue("en")
    if opened:
        from tui import terminal

        terminal.check(ascii=ascii)
    clock = clock_for(on, at_time)
    with _folder(keep) as folder:
        url = f"sqlite:///{folder / 'demo.db'}"
        first = make(url, clock.now(), words)
        if keep is not None:
            say(words.say(N_("The demo store: {file}"), file=folder / "demo.db"))
        if not opened:
            return 0
        from tui.open import run as open_screens

        own = replace(settings, home=folder, database=url, replica=None, staff=None)
        return open_screens(own, staff=staff or first, on=on, at_time=at_time, lang=settings.lang, ascii=ascii)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        if (keep / "demo.db").exists():
            raise BadInput(
                "demo.there",
                N_("{file} is there already: name another folder, or remove it."),
                field="keep",
                file=keep / "demo.db",
            )
        yield keep.absolute()
        return
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what demos left whose terminal was closed under them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdigit() and not _alive(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def make(url: str, now: datetime, words: Catalogue, *, seed: int = SEED) -> str:
    """Fill a new store at `url` as of `now`; returns the code of the staff member whose day it is."""
    from core.base.rulebook import load_rulebook
    from core.store.engine import Store
    from core.store.migrate import init

    clock = FixedClock(now)
    store = Store(url, clock, load_rulebook())
    try:
        init(store)
        return _History(store, clock, words, seed).lived()
    finally:
        store.close()


def _weekday(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(days=max(day.weekday() - FRIDAY, 0))


class _History:
    """What happened in the demo's shops until now."""

    def __init__(self, store: Store, clock: FixedClock, words: Catalogue, seed: int) -> None:
        from scripts.demo_handovers import Handovers
        from scripts.demo_people import _toml

        self.store = store
        self.clock = clock
        self.now = clock.now()
        self.today = business_day(self.now)
        self.words = words
        self.chance = random.Random(seed)
        self.shop: Shop = invented(self.today, seed)
        self.talk: dict[str, Any] = _toml("talk")
        self.callers: list[str] = [s["code"] for s in self.shop.staff if s["members"]]
        self.promised = self._callback_times()
        self.raised = ["complaint", "problem"]
        self.known_until = date.min
        self.handovers = Handovers(store, clock, words, self.chance, _toml("handovers"), self.shop.people)

    def lived(self) -> str:
        """Go through it day by day; returns the code of the one whose day the demo shows."""
        from core.followups.planning import plan
        from core.people.views import staff_actor
        from scripts.demo_gifts import stocked
        from scripts.demo_people import _toml
        from scripts.demo_recovery import followed

        with tempfile.TemporaryDirectory() as folder:
            self.folder = Path(folder)
            self._open_shops()
            actors = {code: staff_actor(self.store, code) for code in self.callers}
            days = sorted({_weekday(self.today - timedelta(days=ago)) for ago in WORKED_DAYS_AGO})
            for place, day in enumerate(days):
                self.clock.moment = at(day, time(9, 5))
                self._bring_in(day)
                if place == 0:
                    stocked(self.store, self.words, _toml("gifts"), (shop["code"] for shop in self.shop.stores))
                plan(self.store, SHELL, day)
                followed(self.store, self.words, _toml("recovery"))
                for actor in actors.values():
                    self._work(actor, last=day == days[-1])
                self.handovers.go_through(len(days) - 1 - place, first=place == 0)
            self.clock.moment = self.now
            self._bring_in(self.today)
            plan(self.store, SHELL, self.today)
        return self.callers[0]

    def _open_shops(self) -> None:
        stores = [(s["code"], s["name"], s["city"]) for s in self.shop.stores]
        self._import("stores", ("门店编号", "门店名称", "城市"), stores)
        staff = [(s["code"], s["name"], s["role"], s["store"]) for s in self.shop.staff]
        self._import("staff", ("工号", "姓名", "角色", "门店编号"), staff)

    def _bring_in(self, until: date) -> None:
        after = self.known_until
        self._import("members", MEMBER_COLUMNS, (p.row for p in joined_between(self.shop, after, until)))
        self._import("purchases", PURCHASE_COLUMNS, (b.row for b in bought_between(self.shop, after, until)))
        self.known_until = until

    def _import(self, kind: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        from core.imports.importing import import_file

        path = self.folder / f"{kind}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)
        import_file(self.store, SHELL, kind, path, rejects=self.folder / "rejects.csv", words=self.words)

    def _work(self, actor: Actor, *, last: bool) -> None:
        """Log some calls of one assistant; the one whose day is shown works the list down for it."""
        from core.followups.worklist import WorklistQuery, all_rows

        shown = actor.code == self.callers[0]
        due = all_rows(self.store, actor, WorklistQuery(staff=actor.code, everything=True))
        rows = [row for row in due if self._stays(row)]
        calls = self.chance.randint(2, 4)
        if shown:
            calls = max(len(self.promised) if last else 1, round((len(rows) - LEFT_FOR_TODAY) / DONE))
        # Mostly from the end of the list: what stands at its head is what the demo is to show.
        head = min(1 + calls // 6, 2)
        for row in dict.fromkeys((*rows[:head], *rows[len(rows) - max(calls - head, 0) :])):
            self.clock.advance(minutes=self.chance.randint(3, 7))
            self._call(actor, row, promise=shown and last)

    def _stays(self, row: WorklistRow) -> bool:
        """Whether the row can be called now and would else still be open today."""
        if row.not_before or {p.programme for p in row.purposes} <= self.store.rulebook.desk_programmes:
            return False
        return any(purpose.closes_on is None or purpose.closes_on >= self.today for purpose in row.purposes)

    def _call(self, actor: Actor, row: WorklistRow, *, promise: bool) -> None:
        from core.calls.actions import log_call
        from core.calls.forms import CallForm, RaisedForm

        programmes = {purpose.programme for purpose in row.purposes}
        form: dict[str, Any] = {"call_id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4))}
        if promise and self.promised:
            form |= {"outcome": "callback", "callback_at": self.promised.pop(), "promise": self._said("promise")}
        elif "dormant-recovery" in programmes:
            form |= self._asked_why()
        elif self.raised and "monthly" in programmes:
            kind = self.raised.pop()
            matter = self.words.pick(self.talk[kind])
            category = {"complaint": "quality"}.get(kind, "service")
            said = (RaisedForm(matter=matter, kind=kind, category=category),)
            form |= {"outcome": "dissatisfied", "raised": said, "note": matter}
        else:
            form |= self._ordinary()
        try:
            log_call(self.store, actor, CallForm(number=row.number, **form))
        except HuifangError as error:
            if error.code not in ("gate.closed", "claim.held"):
                raise

    def _asked_why(self) -> dict[str, Any]:
        if self.chance.random() < 0.4:
            return {"outcome": self.chance.choice(("no_answer", "powered_off", "busy"))}
        away = self.chance.choice(self.talk["away"])
        return {"outcome": "reached", "reasons": (away["reason"],), "note": self.words.pick(away)}

    def _ordinary(self) -> dict[str, Any]:
        outcome = self.chance.choices(
            ("reached", "no_answer", "busy", "powered_off", "not_existing", "refused"), (45, 30, 8, 10, 3, 1)
        )[0]
        if outcome != "reached":
            return {"outcome": outcome}
        scores = {part: self.chance.choice((5, 5, 4)) for part in ("goods", "place", "service")}
        return {"outcome": outcome, "scores": scores, "note": self._said("note")}

    def _said(self, kind: str) -> str:
        return self.words.pick(self.chance.choice(self.talk[kind]))

    def _callback_times(self) -> list[datetime]:
        """Times of today for promised callbacks: around now while the shops are open, else fixed."""
        wall = self.now.astimezone(UTC)
        opens, closes = at(self.today, time(9, 30)), at(self.today, time(19, 30))
        if opens <= wall <= closes:
            rounded = wall.replace(second=0, microsecond=0) - timedelta(minutes=wall.minute % 5)
            return [rounded + timedelta(minutes=m) for m in (90, 20, -10)]
        return [at(self.today, time(h, m)) for h, m in ((16, 0), (14, 30), (10, 0))]
