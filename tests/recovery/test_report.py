"""The recovery report: a known uplift is found within its interval, and every number by another way (R5.8)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.base.clock import FixedClock
from core.base.errors import BadInput, NotAllowed, NotFound
from core.calls.actions import log_call
from core.recovery.measures import MeasureForm, finish_measure, take_measure
from core.recovery.report import recovery_figures
from core.recovery.review import decide_review
from core.recovery.rules import Share
from tests.calls.desk import TODAY, Desk, form
from tests.recovery.conftest import buy, with_policy
from tests.recovery.simulated import BASE, FROM, UNTIL, UPLIFT, simulate

DAY = timedelta(days=1)


def test_the_known_uplift_is_found(desk: Desk, clock: FixedClock) -> None:
    with_policy(desk.store, recovery={"holdout": True, "holdout_share": 0.25})
    told = simulate(desk, clock, 2600)
    report = recovery_figures(desk.store, desk.boss, FROM, UNTIL)

    held = [one for one in told if one.held_out]
    assert 0.2 < len(held) / len(told) < 0.3
    assert report.held_out == Share(sum(one.bought_on is not None for one in held), len(held))
    for line in report.calls:
        ones = [one for one in told if one.reached and one.measure == line.code]
        assert (line.taken, line.ripe) == (len(ones), Share(sum(o.bought_on is not None for o in ones), len(ones)))
        assert line.uplift is not None
        assert line.uplift.low <= UPLIFT[line.code] <= line.uplift.high
    assert {line.code for line in report.calls} == set(UPLIFT)
    gift = next(line for line in report.calls if line.code == "gift")
    assert gift.uplift is not None
    assert gift.uplift.sure

    reached = [one for one in told if one.reached]
    known = sum(UPLIFT[one.measure] for one in reached) / len(reached)
    assert report.all_calls.uplift is not None
    assert report.all_calls.uplift.low <= known <= report.all_calls.uplift.high
    planned = [one for one in told if not one.held_out]
    whole = sum(UPLIFT[one.measure] if one.reached else 0.0 for one in planned) / len(planned)
    assert report.planned.ripe.of == len(planned)
    assert report.planned.uplift is not None
    assert report.planned.uplift.low <= whole <= report.planned.uplift.high
    assert report.held_out.rate == pytest.approx(BASE, abs=0.03)

    funnel = report.funnel
    assert (funnel.dormant, funnel.called, funnel.held_out) == (len(told), len(planned), len(held))
    assert (funnel.reached, funnel.reason) == (len(reached), len(reached))
    assert funnel.measure == sum(bool(one.measure) for one in reached)
    assert funnel.recovered == sum(one.bought_on is not None for one in reached)
    _by_plain_sql(desk, report.days, {line.code: (line.taken, line.ripe.count) for line in report.calls})


def _by_plain_sql(desk: Desk, days: int, lines: dict[str, tuple[int, int]]) -> None:
    """The same lines, row by row from the tables."""
    with desk.store.read() as c:
        bought = c.execute(
            sa.text("select member_id, day from purchase where amount > 0").columns(day=sa.Date)
        ).all()
        calls = c.execute(
            sa.text(
                """select c.member_id, c.day, (select code from measure where call_id = c.id) as code
                from call c, call_purpose p, follow_up f
                where p.call_id = c.id and f.id = p.follow_up_id and c.reached and p.covered
                    and f.programme = 'dormant-recovery'"""
            ).columns(day=sa.Date)
        ).all()
    taken, back = Counter[str](), Counter[str]()
    for call in calls:
        code = call.code or ""
        taken[code] += 1
        back[code] += any(
            row.member_id == call.member_id and call.day <= row.day <= call.day + timedelta(days=days)
            for row in bought
        )
    assert lines == {code: (taken[code], back[code]) for code in taken}


def test_what_counts_as_recovered(desk: Desk, clock: FixedClock) -> None:
    days = {"1": 0, "2": 30, "3": 31, "4": None}
    members = {}
    for number, after in days.items():
        members[number] = desk.member(number, last_on=date(2026, 5, 20))
        desk.follow_up(members[number], "dormant-recovery", cycle="2026-05-20+6")
        call = log_call(desk.store, desk.fang, form(number, "reached", reasons=("price",))).call
        made = take_measure(desk.store, desk.fang, MeasureForm(number=number, code="offer", call_id=call))
        if number == "4":
            finish_measure(desk.store, desk.fang, made.id, "短信已发")
        if after is not None:
            buy(desk, members[number], TODAY + after * DAY)
    buy(desk, members["4"], TODAY + DAY, amount=-500)  # something brought back is no purchase
    buy(desk, members["4"], TODAY, hour=1)  # before the call, which began at 09:42
    clock.advance(days=30)
    report = recovery_figures(desk.store, desk.boss, TODAY, TODAY)
    (line,) = report.calls
    assert (line.code, line.taken, line.ripe, line.uplift) == ("offer", 4, Share(2, 4), None)
    assert (report.funnel.recovered, report.funnel.measure, report.funnel.done) == (2, 4, 1)
    clock.advance(days=-1)  # one day less: nothing is over yet, nothing is compared
    early = recovery_figures(desk.store, desk.boss, TODAY, TODAY)
    assert (early.calls[0].taken, early.calls[0].ripe) == (4, Share(0, 0))
    assert early.funnel.recovered == 2


def test_reviews_count_without_a_call(desk: Desk, clock: FixedClock) -> None:
    for number in ("1", "2"):
        member = desk.member(number, last_on=date(2026, 8, 20))
        desk.follow_up(member, "dormant-review", cycle="2026-08-20")
    decide_review(desk.store, desk.fang, "1", "gift")
    buy(desk, 1, TODAY + 5 * DAY)
    clock.advance(days=40)
    report = recovery_figures(desk.store, desk.boss, TODAY, TODAY)
    assert [(line.code, line.taken, line.ripe) for line in report.reviews] == [("gift", 1, Share(1, 1))]
    assert (report.funnel.dormant, report.funnel.reviewed, report.funnel.called) == (2, 1, 0)


def test_whose_members_a_report_is_about(desk: Desk) -> None:
    member = desk.member("1", last_on=date(2026, 5, 20))
    desk.follow_up(member, "dormant-recovery", cycle="2026-05-20+6")
    seen = {who.code: recovery_figures(desk.store, who, TODAY, TODAY).funnel.dormant for who in (
        desk.fang, desk.lei, desk.caller, desk.boss,
    )}  # fmt: skip
    assert seen == {"fang": 1, "lei": 0, "caller": 0, "boss": 1}
    assert recovery_figures(desk.store, desk.boss, TODAY, TODAY, "S2").funnel.dormant == 0
    with pytest.raises(NotFound):
        recovery_figures(desk.store, desk.boss, TODAY, TODAY, "S9")
    with pytest.raises(BadInput):
        recovery_figures(desk.store, desk.boss, TODAY, TODAY - DAY)
    with pytest.raises(NotAllowed):
        recovery_figures(desk.store, desk.fang, TODAY, TODAY, "S2")
