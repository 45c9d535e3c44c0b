"""Signing in: the same words and the same time for whatever is wrong; locked after five tries, also in a race."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from core.base.actor import SHELL, Actor
from core.base.clock import FixedClock
from core.base.errors import NotFound, Refused
from core.people.accounts import reset_secret
from core.people.signin import (
    asks_secret,
    current,
    sign_in,
    sign_out,
    unlock,
)
from core.people.tables import Staff
from core.people.views import staff_accounts
from core.store.engine import Store
from tests.members.conftest import House
from tests.patience import comes_below

PIN, OTHER = "482931", "739146"


def give(house: House, code: str = "S101", pin: str = PIN) -> None:
    """Let the shell give somebody a PIN."""
    reset_secret(house.store, SHELL, code, pin)


def refused(store: Store, code: str, pin: str) -> str:
    """The words of a refused sign-in."""
    with pytest.raises(Refused) as caught:
        sign_in(store, code, pin, "t1")
    assert caught.value.code == "sign_in.wrong"
    return str(caught.value)


def trail(store: Store) -> list[tuple[str, str, str | None]]:
    """What the audit trail tells of secrets: who, field, new value."""
    entries = SQLModel.metadata.tables["audit_entry"]
    with store.read() as c:
        query = sa.select(entries.c.actor_code, entries.c.field, entries.c.new).order_by(entries.c.id)
        return [tuple(row) for row in c.execute(query.where(entries.c.table_name == "staff_secret"))]


def whole_store(store: Store) -> str:
    """Every audit value of a store."""
    entries = SQLModel.metadata.tables["audit_entry"]
    with store.read() as c:
        return repr([tuple(row) for row in c.execute(sa.select(entries))])


@pytest.mark.usefixtures("quick")
def test_a_store_without_secrets_opens_without(house: House) -> None:
    assert not asks_secret(house.store, "S101")
    assert sign_in(house.store, "S101", "", "t1") == house.assistant
    with pytest.raises(NotFound):
        sign_in(house.store, "nobody", "", "t1")
    assert trail(house.store) == [("S101", "signed_in", "t1")]


@pytest.mark.usefixtures("quick")
def test_who_is_asked_once_there_are_secrets(house: House) -> None:
    give(house)
    asked = {code: asks_secret(house.store, code) for code in ("S101", "S201", "M1", "nobody")}
    assert asked == {"S101": True, "S201": False, "M1": True, "nobody": True}
    assert sign_in(house.store, "S201", "", "t1").code == "S201"
    refused(house.store, "M1", "")


@pytest.mark.usefixtures("quick")
def test_the_policy_may_ask_everybody(house: House) -> None:
    book = house.store.rulebook
    strict = book.policy.sign_in.model_copy(update={"required": True})
    policy = book.policy.model_copy(update={"sign_in": strict})
    house.store.rulebook = book.model_copy(update={"policy": policy})
    assert asks_secret(house.store, "S201")
    refused(house.store, "S201", "")


@pytest.mark.usefixtures("quick")
def test_signing_in_and_out_is_on_record(house: House) -> None:
    give(house)
    actor = sign_in(house.store, "S101", PIN, "t1")
    assert actor == house.assistant
    refused(house.store, "S101", OTHER)
    refused(house.store, "482931", "S101")
    sign_out(house.store, actor, "t1")
    assert trail(house.store) == [
        ("shell", "secret", "changed"),
        ("S101", "signed_in", "t1"),
        ("sign-in", "sign_in_failed", "t1"),
        ("sign-in", "sign_in_failed", "t1"),
        ("S101", "signed_out", "t1"),
    ]
    kept = whole_store(house.store)
    assert PIN not in kept
    assert OTHER not in kept
    assert "argon2" not in kept


@pytest.mark.usefixtures("quick")
def test_five_wrong_tries_lock_for_a_while(house: House, clock: FixedClock) -> None:
    give(house)
    for _ in range(4):
        refused(house.store, "S101", OTHER)
    assert sign_in(house.store, "S101", PIN, "t1").code == "S101"
    said = {refused(house.store, "S101", OTHER) for _ in range(5)}
    assert {refused(house.store, "S101", PIN)} == said == {refused(house.store, "nobody", PIN)}
    locked = next(row for row in staff_accounts(house.store, SHELL) if row.code == "S101")
    assert locked.locked_until is not None
    assert [field for _, field, _ in trail(house.store)].count("locked_until") == 1
    clock.advance(minutes=14, seconds=59)
    refused(house.store, "S101", PIN)
    clock.advance(seconds=1)
    assert sign_in(house.store, "S101", PIN, "t1").code == "S101"
    for _ in range(5):
        refused(house.store, "S101", OTHER)
    clock.advance(minutes=15)
    for _ in range(4):  # after the time is over there are as many tries as before
        refused(house.store, "S101", OTHER)
    sign_in(house.store, "S101", PIN, "t1")


@pytest.mark.usefixtures("quick")
def test_a_screen_is_unlocked_by_the_same_person(house: House) -> None:
    assert unlock(house.store, house.other, "") == house.other
    give(house)
    actor = sign_in(house.store, "S101", PIN, "t1")
    assert unlock(house.store, actor, PIN, "t1") == actor
    for _ in range(5):
        with pytest.raises(Refused):
            unlock(house.store, actor, OTHER, "t1")
    with pytest.raises(Refused):
        unlock(house.store, actor, PIN, "t1")


@pytest.mark.usefixtures("quick")
def test_who_has_left_is_nobody(house: House) -> None:
    give(house)
    actor = sign_in(house.store, "S101", PIN, "t1")
    with house.store.write(SHELL) as tx:
        tx.update(Staff, actor.staff_id, {"left_on": date(2026, 11, 23)})
    said = refused(house.store, "S101", PIN)
    assert said == refused(house.store, "nobody", PIN)
    with pytest.raises(Refused):
        current(house.store, actor)


@pytest.mark.usefixtures("quick")
def test_twenty_at_once_get_five_tries(house: House) -> None:
    give(house)

    def guess(number: int) -> bool:
        try:
            sign_in(house.store, "S101", PIN if number == 19 else OTHER, f"t{number}")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(guess, range(19)))
    fields = [field for _, field, _ in trail(house.store)]
    assert fields.count("sign_in_failed") == 19
    assert fields.count("locked_until") == 1
    assert not guess(19)


@pytest.mark.usefixtures("quick")
def test_a_try_counts_before_it_is_made(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    give(house)

    def killed(kept: str | None, secret: str) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("core.people.signin.matches", killed)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                sign_in(house.store, "S101", OTHER, "t1")
    refused(house.store, "S101", PIN)


@pytest.mark.slow
def test_whatever_is_wrong_takes_as_long(lite: Store, house_of: House) -> None:
    """Full-cost sign-ins in a shuffled order: the same work, and (each turn against its own) no telling wait."""
    give(house_of)
    for code in ("M1", "S201"):
        give(house_of, code, OTHER)
    with lite.write(SHELL) as tx:
        tx.update(Staff, house_of.other.staff_id, {"left_on": date(2026, 11, 23)})
    for _ in range(5):
        refused(lite, "M1", PIN)
    said: set[str] = set()
    comes_below(1.0, lambda: _telling(lite, said))
    assert len(said) == 1


def _telling(lite: Store, said: set[str]) -> float:
    """How far the waits tell the cases apart, below 1 where they do not; adds what was said to `said`."""
    cases = {"wrong PIN": "S101", "unknown": "nobody", "left": "S201", "locked": "M1"}
    work: dict[str, list[float]] = {name: [] for name in cases}
    wall: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(12):
        for name in random.sample(list(cases), len(cases)):
            begun, worked = time.perf_counter(), time.process_time()
            said.add(refused(lite, cases[name], "105938"))
            wall[name].append(time.perf_counter() - begun)
            work[name].append(time.process_time() - worked)
        if turn % 3 == 2:
            sign_in(lite, "S101", PIN, "t1")
    medians = {name: statistics.median(times) for name, times in work.items()}
    waits = {
        name: statistics.median(taken / wrong for taken, wrong in zip(times, wall["wrong PIN"], strict=True))
        for name, times in wall.items()
    }
    print(medians, waits)
    # The processors are shared with other tests: the clock on the wall tells half as much again, not a fifth.
    return max(_apart(medians.values()) / 1.2, _apart(waits.values()) / 1.5)


def _apart(figures: Collection[float]) -> float:
    return max(figures) / min(figures)


@pytest.fixture
def house_of(lite: Store, make_house: object) -> House:
    """The house on SQLite only."""
    return make_house(lite)  # type: ignore[operator, no-any-return]


def test_an_actor_carries_whom_they_cover(house: House) -> None:
    from core.people.tables import Cover

    def covers() -> tuple[int, ...]:
        return current(house.store, house.other).covers

    assert covers() == ()
    days = {"from_on": date(2026, 11, 23), "until_on": date(2026, 11, 24)}
    with house.store.write(SHELL) as tx:
        key = tx.insert(Cover, away_id=house.assistant.staff_id, substitute_id=house.other.staff_id, **days)
        tx.insert(
            Cover, away_id=house.manager.staff_id, substitute_id=house.other.staff_id,
            from_on=date(2026, 11, 24), until_on=date(2026, 11, 24),
        )  # fmt: skip
    assert covers() == (house.assistant.staff_id,)
    with house.store.write(SHELL) as tx:
        tx.update(Cover, key, {"ended_at": tx.now})
    assert covers() == ()


def test_names_of_the_session(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from core.people.logins import present_logins

    assert isinstance(tmp_path, Path)
    file = tmp_path / "auth"
    file.write_text("publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZl\npassword\npublickey ssh-rsa not*base64\n")
    monkeypatch.setenv("LOGNAME", "somebody-else")
    first, *rest = present_logins({"SSH_USER_AUTH": str(file)})
    assert first.startswith("SHA256:")
    assert "somebody-else" not in rest
    assert len(rest) == len(list(present_logins({}))) == 1
    assert list(present_logins({"SSH_USER_AUTH": str(tmp_path / "gone")})) == rest


def test_actors_are_as_before() -> None:
    assert Actor("a", "a", SHELL.role).covers == ()
