"""Reports agree with sums made another way, on both databases; a year of a large store is quick."""

from __future__ import annotations

import random
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.clock import FixedClock
from core.base.errors import BadInput, NotAllowed, NotFound
from core.base.language import catalogue
from core.base.report import TITLES, Asked, Kind, Report, bar_lengths, cell_text
from core.calls.tables import Call, Raised
from core.insight.reports import REPORTS, make_report, usual_days
from core.store.engine import Store
from tests.handover.conftest import Office, make_office
from tests.patience import comes_below, seconds_of

EN = catalogue("en")
SINCE, UNTIL = date(2026, 8, 1), date(2026, 10, 31)
BEFORE = SINCE - (UNTIL - SINCE) - timedelta(days=1)
PARTS = ("goods", "place", "service", "price")
REASONS = ("quality", "service", "price", "busy")


@dataclass
class Told:
    """A call as it was put in, to be summed by hand."""

    day: date
    store: str
    owner: str
    scores: dict[str, int | None]
    reasons: tuple[str, ...]
    counts: bool


@pytest.fixture
def office(store: Store) -> Office:
    """Two stores with ten members each."""
    made = make_office(store)
    made.members(10)
    made.members(10, "S201", shop="S2", first=101)
    made.change("00003", owner_id=None)
    return made


def put_in(office: Office, count: int, seed: int = 5) -> list[Told]:
    """Calls of all kinds and days, some of them taken back."""
    chance, told = random.Random(seed), []
    owners = {f"{n:05d}": "王芳" for n in range(1, 11)} | {f"{n:05d}": "周敏" for n in range(101, 111)}
    owners["00003"] = "nobody's members"
    with office.store.write(SHELL) as tx:
        for _ in range(count):
            number = chance.choice(sorted(owners))
            day = BEFORE - timedelta(days=4) + timedelta(days=chance.randrange(195))
            scores = {part: chance.choice([None, 1, 2, 3, 4, 5]) for part in PARTS}
            reasons = tuple(chance.sample(REASONS, chance.choice([0, 0, 1, 2])))
            key, undone = str(uuid.UUID(int=chance.getrandbits(128))), chance.random() < 0.1
            shop = "S1" if number < "00100" else "S2"
            at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
            base: dict[str, Any] = {
                "member_id": office.ids[number],
                "caller_id": office["C01"].staff_id,
                "store_id": office.shops[shop],
                "started_at": at,
                "ended_at": at,
                "day": day,
                "reached": True,
                "stored_at": at,
            }
            tx.insert(Call, id=key, outcome="reached", reasons=" ".join(reasons), **scores, **base)
            if undone:
                tx.insert(Call, id=key[::-1], outcome="", corrects=key, **base)
            told.append(Told(day, f"{shop}店", owners[number], scores, reasons, not undone))
    return told


def made(office: Office, code: str, who: str = "K01", **values: Any) -> Report:
    return make_report(office.store, office[who], code, Asked(**{"since": SINCE, "until": UNTIL} | values), EN)


def rows(report: Report, section: str) -> list[tuple[Any, ...]]:
    return list(next(one for one in report.sections if one.code == section).rows)


def mean(values: list[int]) -> float | None:
    return sum(values) / len(values) if values else None


def test_satisfaction_against_sums_by_hand(office: Office) -> None:
    told = [one for one in put_in(office, 400) if one.counts]
    now = [one for one in told if SINCE <= one.day <= UNTIL]
    before = [one for one in told if BEFORE <= one.day < SINCE]
    report = made(office, "satisfaction")
    for part, row in zip(PARTS, rows(report, "parts"), strict=True):
        given = [one.scores[part] for one in now if one.scores[part]]
        earlier = [one.scores[part] for one in before if one.scores[part]]
        low = sum(score <= 2 for score in given) / len(given)
        assert row == (
            part,
            pytest.approx(mean(given)),
            pytest.approx(mean(earlier)),
            len(given),
            pytest.approx(low),
        )
    for section, key in (("stores", lambda o: o.store), ("assistants", lambda o: o.owner),
                         ("months", lambda o: f"{o.day:%Y-%m}")):  # fmt: skip
        grouped: dict[str, list[Told]] = defaultdict(list)
        for one in now:
            if any(one.scores.values()):
                grouped[key(one)].append(one)
        found = {row[0]: row for row in rows(report, section)}
        assert set(found) == set(grouped)
        for name, part_of in grouped.items():
            every = [score for one in part_of for score in one.scores.values() if score]
            assert found[name][1] == pytest.approx(mean(every))
            assert found[name][-1] == len(part_of)
            first = 2 if section == "months" else 3
            for place, part in enumerate(PARTS, first):
                assert found[name][place] == pytest.approx(
                    mean([o.scores[part] for o in part_of if o.scores[part]])
                )


def test_reasons_against_sums_by_hand(office: Office) -> None:
    told = [one for one in put_in(office, 300, seed=8) if one.counts]
    now = [one for one in told if SINCE <= one.day <= UNTIL and one.reasons]
    before = Counter(code for one in told if BEFORE <= one.day < SINCE for code in one.reasons)
    names = {code: reason.name(EN) for code, reason in office.store.rulebook.reasons.items()}
    given = Counter(code for one in now for code in one.reasons)
    report = made(office, "reasons")
    assert {row[0]: row[1:] for row in rows(report, "reasons")} == {
        names[code]: (count, pytest.approx(count / len(now)), before[code]) for code, count in given.items()
    }
    stores = Counter(one.store for one in now)
    assert {row[0]: row[1] for row in rows(report, "stores")} == stores
    most = [code for code, _ in given.most_common(6)]
    for row in rows(report, "months"):
        of_month = [one for one in now if f"{one.day:%Y-%m}" == row[0]]
        assert row[1:] == (len(of_month), *(sum(code in one.reasons for one in of_month) for code in most))
    only = made(office, "reasons", store="S2")
    assert only.scope == "S2店"
    assert {row[0] for row in rows(only, "stores")} == {"S2店"}


COMPLAINTS = """
select r.kind, count(*) as taken, sum(case when urgency = 'urgent' then 1 else 0 end) as urgent,
    sum(case when state <> 'closed' then 1 else 0 end) as still,
    sum(case when level > 0 then 1 else 0 end) as up, sum(case when round > 0 then 1 else 0 end) as again,
    avg(score * 1.0) as score
from raised r where kind <> 'suggestion' and state <> 'withdrawn' and raised_at >= :a and raised_at < :b
group by r.kind order by r.kind desc"""


def test_complaints_against_other_sql(office: Office) -> None:
    chance = random.Random(3)
    with office.store.write(SHELL) as tx:
        for _ in range(200):
            at = datetime(2026, 7, 20, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(24 * 110))
            state = chance.choice(["open", "answered", "resolved", "closed", "withdrawn"])
            tx.insert(
                Raised, kind=chance.choice(["problem", "complaint", "suggestion"]), matter="x", said_by="y",
                category=chance.choice(["quality", "service", ""]), product=chance.choice(["", "大衣", "=1+1"]),
                urgency=chance.choice(["normal", "urgent"]), store_id=office.shops[chance.choice(["S1", "S2"])],
                about_id=chance.choice([None, office["S101"].staff_id]), state=state, raised_at=at,
                round=chance.choice([0, 0, 1]), level=chance.choice([0, 1, 2]),
                score=chance.choice([None, 1, 5]) if state == "closed" else None,
                resolved_at=at + timedelta(days=2) if state in ("resolved", "closed") else None,
                resolve_due_at=at + timedelta(days=chance.choice([1, 3])),
                closed_at=at if state == "closed" else None, withdrawn_at=at if state == "withdrawn" else None,
            )  # fmt: skip
    report = made(office, "complaints")
    first, last = datetime(2026, 7, 31, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)
    texts = {"a": first, "b": last}
    with office.store.read() as c:
        clause = sa.text(COMPLAINTS).bindparams(
            *(sa.bindparam(name, type_=Raised.__table__.c.raised_at.type) for name in texts)  # type: ignore[attr-defined]
        )
        expected = c.execute(clause, texts).all()
        plain = c.execute(sa.select(Raised.__table__)).mappings().all()  # type: ignore[attr-defined]
    kept = [
        r for r in plain
        if r["kind"] != "suggestion" and r["state"] != "withdrawn" and first <= r["raised_at"] < last
    ]  # fmt: skip
    assert len(kept) > 60
    for row, speed, other in zip(rows(report, "overall"), rows(report, "speed"), expected, strict=True):
        of_kind = [r for r in kept if r["kind"] == other.kind]
        ended = [r for r in of_kind if r["resolved_at"] or r["resolve_due_at"] < office.store.clock.now()]
        in_time = sum(bool(r["resolved_at"]) and r["resolved_at"] <= r["resolve_due_at"] for r in ended) / len(
            ended
        )
        assert row[:4] == (other.kind, other.taken, other.urgent, other.still)
        assert row[5:] == (other.up, other.again)
        score = pytest.approx(float(other.score)) if other.score is not None else None
        assert speed == (other.kind, pytest.approx(in_time), None, pytest.approx(2.0), score)
    products = Counter(r["product"] for r in kept if r["product"])
    assert {row[0]: row[1] for row in rows(report, "products")} == products
    people = sum(r["about_id"] is not None for r in kept)
    assert [row[:2] for row in rows(report, "people")] == [("王芳", people)]
    months = Counter(f"{r['raised_at'] + timedelta(hours=8):%Y-%m}" for r in kept)
    assert [row[:2] for row in rows(report, "months")] == sorted(months.items())


@pytest.mark.parametrize("code", ["satisfaction", "complaints", "reasons"])
@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_a_report(code: str, role: Role, lite: Store) -> None:
    office = make_office(lite)
    actor = Actor("X", "X", role, 1, office.shops["S1"])
    asked = Asked(SINCE, UNTIL)
    if role in (Role.CALLER, Role.ASSISTANT):
        with pytest.raises(NotAllowed):
            make_report(lite, actor, code, asked, EN)
        return
    assert make_report(lite, actor, code, asked, EN).scope == ("S1店" if role is Role.STORE_MANAGER else "")
    if role is Role.STORE_MANAGER:
        with pytest.raises(NotAllowed):
            make_report(lite, actor, code, Asked(SINCE, UNTIL, "S2"), EN)


def test_what_is_no_report(lite: Store) -> None:
    assert set(REPORTS) == set(TITLES)
    with pytest.raises(NotFound):
        make_report(lite, SHELL, "weather", Asked(SINCE, UNTIL), EN)
    with pytest.raises(NotFound):
        make_report(lite, SHELL, "reasons", Asked(SINCE, UNTIL, "S9"), EN)
    with pytest.raises(BadInput):
        make_report(lite, SHELL, "reasons", Asked(UNTIL, SINCE), EN)
    assert usual_days(lite) == (date(2025, 12, 1), date(2026, 11, 23))


def test_words_and_bars() -> None:
    assert [cell_text(value, kind) for value, kind in [
        (0.1234, Kind.SHARE), (4.5, Kind.SCORE), (1234, Kind.COUNT), (None, Kind.COUNT), (26800, Kind.AMOUNT),
        (1.26, Kind.NUMBER), ("x", Kind.TEXT), (date(2026, 1, 2), Kind.DAY),
    ]] == ["12 %", "4.50", "1,234", "-", "268.00", "1.3", "x", "2026-01-02"]  # fmt: skip
    assert bar_lengths([0, 1, 50, 100, None], Kind.COUNT, 20) == [0, 1, 10, 20, 0]
    assert bar_lengths([5.0, 2.5], Kind.SCORE, 20) == [20, 10]
    assert bar_lengths([0.5], Kind.SHARE, 20) == [10]
    assert bar_lengths([0, None], Kind.COUNT, 20) == [0, 0]


def test_a_year_of_many_calls_is_quick(lite: Store, clock: FixedClock) -> None:
    """30,000 scored calls here; the figures for a large store come from scripts/dev (see the docs)."""
    office = make_office(lite)
    office.members(200)
    at = datetime(2026, 5, 1, 3, tzinfo=UTC)
    blank = {"dialled": "", "channel": "phone", "note": "", "promise": "", "answers": "{}", "effects": "[]"}
    with lite.write(SHELL) as tx:
        base = {"store_id": office.shops["S1"], "started_at": at, "ended_at": at, "stored_at": at, **blank}
        rows = [
            {
                **base,
                "id": f"{n:08x}",
                "member_id": office.ids[f"{n % 200 + 1:05d}"],
                "day": date(2026, 1, 1) + timedelta(days=n % 300),
                "outcome": "reached",
                "reached": True,
                "reasons": REASONS[n % 4],
                "goods": n % 5 + 1,
                "correction_why": "",
            }
            for n in range(30_000)
        ]
        tx.insert_many(Call, rows, what="calls")
    for code in ("satisfaction", "reasons", "complaints"):
        year = Asked(date(2025, 12, 1), date(2026, 11, 23))
        comes_below(1.0, lambda: seconds_of(lambda: make_report(lite, SHELL, code, year, EN)))  # noqa: B023 - at once
