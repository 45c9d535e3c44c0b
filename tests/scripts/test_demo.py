"""The demo: the same for the same day and seed, with a full day's work whatever day it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.clock import FixedClock, business_day
from core.base.language import catalogue
from core.followups.worklist import WorklistQuery, all_rows
from core.followups.worklist_rows import WorklistRow
from core.gifts.given import given
from core.gifts.offers import offers
from core.gifts.proposals import proposals
from core.people.views import staff_actor
from core.recovery.lists import measures, unanswered
from core.recovery.tables import MeasureState
from core.recovery.views import MeasureFilter
from core.store.check import check
from core.store.engine import Store
from scripts import demo
from scripts.demo_people import invented
from tests.scripts.conftest import Huifang


def test_the_same_day_and_seed_give_the_same_people() -> None:
    day = date(2026, 11, 23)
    assert invented(day, 7) == invented(day, 7)
    assert invented(day, 7) != invented(day, 8)
    assert all(bought.day <= day for person in invented(day, 7).people for bought in person.purchases)


@pytest.mark.parametrize(
    "now",
    [
        "2026-11-23T01:42",
        pytest.param("2026-12-01T01:42", marks=pytest.mark.slow),
        "2026-10-03T03:00",
        pytest.param("2026-02-28T20:00", marks=pytest.mark.slow),
        pytest.param("2026-07-31T02:00", marks=pytest.mark.slow),
    ],
)
def test_a_full_day_on_any_day(now: str, tmp_path: Path) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    code = demo.make(url, moment, catalogue("en"))
    store = Store(url, FixedClock(moment))
    rows = list(all_rows(store, SHELL, WorklistQuery(staff=code)))
    assert 35 <= len(rows) <= 60
    assert {"welcome", "dormant-review", "dormant-recovery"} <= {p.programme for r in rows for p in r.purposes}
    _there_is_something_to_give(store, code, rows)
    _recovery_is_under_way(store)
    assert check(store).ok
    store.close()


def _there_is_something_to_give(store: Store, code: str, rows: list[WorklistRow]) -> None:
    """Gifts in every store, an offer, and on the day's list somebody for whom policy proposes a gift."""
    manager, caller = staff_actor(store, "K01"), staff_actor(store, code)
    assert {row.code for row in offers(store, manager)} == {"WINTER"}
    with store.read() as c:
        stock = c.execute(
            sa.text("select count(*), count(distinct store_id), min(quantity) from gift_stock")
        ).one()
    assert (stock[0], stock[1]) == (9, 3)
    assert stock[2] > 0
    found = [proposals(store, caller, row.number) for row in rows]
    assert all({choice.gift for choice in one.choices} == {"TEA", "UMBRELLA", "COUPONS"} for one in found)
    assert any("recovery" in one.due and one.choices[0].can_give for one in found)
    assert all(one.offers for one in found)


def _recovery_is_under_way(store: Store) -> None:
    """Measures done and to be done, with their gifts, and calls that have none yet."""
    manager = staff_actor(store, "K01")
    taken = measures(store, manager, MeasureFilter(everything=True))
    assert {MeasureState.OPEN, MeasureState.DONE} <= {row.state for row in taken}
    assert unanswered(store, manager, business_day(store.clock.now()) - timedelta(days=60))
    assert {row.number for row in given(store, manager)} == {row.number for row in taken if row.code == "gift"}


def test_the_demo_can_be_kept(huifang: Huifang, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert "demo.db" in huifang("demo", "--keep", folder, "--no-open").out
    assert "already" in huifang("demo", "--keep", folder, "--no-open", code=1).err
    assert huifang("check", "--store-url", folder / "demo.db").out


def test_a_throw_away_demo_is_thrown_away(huifang: Huifang, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []

    def run(settings: object, **given: object) -> int:
        file = Path(str(settings.database).removeprefix("sqlite:///"))  # type: ignore[attr-defined]
        assert file.exists()
        assert given["staff"] == "S101"
        assert given["ascii"] is False
        seen.append(file)
        return 0

    monkeypatch.setattr("tui.open.run", run)
    assert "terminal" in huifang("demo", code=1).err, "this is none"
    assert not seen
    monkeypatch.setattr("tui.terminal.check", lambda *, ascii: None)
    huifang("demo")
    assert seen
    assert not seen[0].parent.exists()


def test_a_demo_in_ascii_is_in_english_all_through(
    huifang: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("tui.terminal.check", lambda *, ascii: opened.append(ascii))
    monkeypatch.setattr("tui.open.run", lambda _settings, **given: opened.append(given["ascii"]) or 0)
    assert "The demo store" in huifang("demo", "--ascii", "--lang", "zh", "--keep", tmp_path).out
    assert opened == [True, True]
    with closing(sqlite3.connect(tmp_path / "demo.db")) as file:
        notes = [note for (note,) in file.execute("select note from call where note <> ''")]
    assert notes
    assert all(note.isascii() for note in notes)
