"""The clocks, the tables of transitions and who may act, each against words of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.actor import Role
from core.base.clock import zone
from core.base.rulebook import load_rulebook
from core.calls.clocks import Hours, again_late_at, promises
from core.calls.matter_rules import MACHINES
from core.calls.tables import RaisedAct, RaisedKind, RaisedState, Urgency
from core.complaints.rules import Case, Person, acts_of, refusal
from core.followups.calendar import WorkCalendar

RULE = load_rulebook().policy.complaints
WEEK = Hours(WorkCalendar(own={date(2026, 11, 26): False}), time(9), time(18), "Asia/Shanghai")
"""Monday to Friday, nine to six, and Thursday 26 November off."""


def wall(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("23 09:42", 2, "23 11:42"),
        ("23 17:30", 2, "24 10:30"),
        ("23 18:00", 2, "24 11:00"),
        ("23 07:00", 2, "23 11:00"),
        ("25 17:00", 2, "27 10:00"),  # the holiday between
        ("28 12:00", 2, "30 11:00"),  # Saturday
        ("23 09:00", 9, "23 18:00"),
        ("23 09:00", 20, "25 11:00"),
    ],
)
def test_working_hours(start: str, hours: float, end: str) -> None:
    assert WEEK.after_hours(wall(start), hours) == wall(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("23 09:42", 1, "24 09:42"),
        ("23 20:00", 1, "25 09:00"),
        ("25 10:00", 1, "27 10:00"),
        ("27 10:00", 1, "30 10:00"),
        ("23 09:42", 3, "27 09:42"),
        ("28 10:00", 0, "30 09:00"),
    ],
)
def test_working_days(start: str, days: int, end: str) -> None:
    assert WEEK.after_days(wall(start), days) == wall(end)


@settings(max_examples=50, deadline=None)
@given(
    moment=st.integers(0, 330 * 1440).map(lambda minutes: wall("01 00:00") - timedelta(minutes=minutes)),
    hours=st.integers(1, 1200).map(lambda minutes: minutes / 60),
    days=st.integers(0, 9),
)
def test_clocks_end_in_working_time_and_never_run_backwards(moment: datetime, hours: float, days: int) -> None:
    for end in (WEEK.after_hours(moment, hours), WEEK.after_days(moment, days)):
        at = end.astimezone(zone("Asia/Shanghai"))
        assert end >= moment
        assert WEEK.calendar.is_working(at.date())
        assert time(9) <= at.time() <= time(18)
    later = moment + timedelta(minutes=7)
    assert WEEK.after_hours(later, hours) >= WEEK.after_hours(moment, hours)
    assert worked(moment, WEEK.after_hours(moment, hours)) == pytest.approx(hours * 60, abs=0.01)


def worked(start: datetime, end: datetime) -> float:
    """Working minutes between two moments, counted minute by minute."""
    minutes, at = 0, start
    while at < end - timedelta(seconds=1):
        here = at.astimezone(zone("Asia/Shanghai"))
        minutes += WEEK.calendar.is_working(here.date()) and time(9) <= here.time() < time(18)
        at += timedelta(minutes=1)
    return minutes


def test_the_policys_promises() -> None:
    now = wall("23 09:42")
    urgent = promises(RaisedKind.COMPLAINT, Urgency.URGENT, now, WEEK, RULE)
    assert (urgent.answer_due_at, urgent.resolve_due_at) == (wall("23 11:42"), wall("24 09:42"))
    normal = promises(RaisedKind.COMPLAINT, Urgency.NORMAL, now, WEEK, RULE)
    assert (normal.answer_due_at, normal.resolve_due_at) == (wall("24 09:42"), wall("27 09:42"))
    problem = promises(RaisedKind.PROBLEM, Urgency.NORMAL, now, WEEK, RULE)
    assert (problem.answer_due_at, problem.promised_on) == (None, date(2026, 12, 1))
    assert promises(RaisedKind.SUGGESTION, Urgency.NORMAL, now, WEEK, RULE).resolve_due_at is None
    assert again_late_at(wall("23 11:42"), Urgency.URGENT, WEEK, RULE) == wall("23 13:42")
    assert again_late_at(wall("24 09:42"), Urgency.NORMAL, WEEK, RULE) == wall("25 09:42")


WRITTEN = {
    RaisedKind.COMPLAINT: """
        open answer answered | open resolve resolved | answered resolve resolved | resolved close closed
        resolved reopen open | closed reopen open | open withdraw withdrawn | answered withdraw withdrawn
        open promise open | open progress open | open tell open | open assign open | open escalate open
        answered promise answered | answered progress answered | answered tell answered
        answered assign answered | answered escalate answered
        resolved promise resolved | resolved progress resolved | resolved tell resolved
        resolved assign resolved | resolved escalate resolved""",
    RaisedKind.PROBLEM: """
        open resolve resolved | resolved close closed | resolved reopen open | closed reopen open
        open withdraw withdrawn
        open promise open | open progress open | open tell open | open assign open | open escalate open
        resolved promise resolved | resolved progress resolved | resolved tell resolved
        resolved assign resolved | resolved escalate resolved""",
    RaisedKind.SUGGESTION: """
        open accept accepted | open decline declined | accepted decline declined | accepted resolve resolved
        resolved close closed | declined close closed | declined reopen open | open withdraw withdrawn
        open progress open | accepted progress accepted""",
}


@pytest.mark.parametrize("kind", list(RaisedKind))
def test_the_tables_are_as_written(kind: RaisedKind) -> None:
    lines = [part.split() for line in WRITTEN[kind].splitlines() for part in line.split("|") if part.strip()]
    assert {(a, b): c for a, b, c in lines} == {
        (s.value, a.value): t.value for (s, a), t in MACHINES[kind].items()
    }


OWNER, MINE, OTHER = 1, 2, 3
PEOPLE = {
    "owner": Person(OWNER, Role.ASSISTANT, 10),
    "colleague": Person(OTHER, Role.ASSISTANT, 10),
    "substitute": Person(OTHER, Role.ASSISTANT, 20, covers=(OWNER,)),
    "caller": Person(OTHER, Role.CALLER, 10),
    "their store manager": Person(4, Role.STORE_MANAGER, 10),
    "another store manager": Person(5, Role.STORE_MANAGER, 20),
    "manager": Person(6, Role.MANAGER, 20),
    "service desk": Person(7, Role.SERVICE_DESK, 20),
    "administrator": Person(8, Role.ADMIN, 10),
    "shell": Person(None, Role.ADMIN, None),
}
SEES_TO_IT = {"owner", "substitute", "their store manager", "manager", "service desk"}
DECIDES = {"their store manager", "manager", "service desk"}


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_see_to_a_complaint(who: str) -> None:
    case = Case(RaisedKind.COMPLAINT, RaisedState.OPEN, OWNER, 10)
    for act in (RaisedAct.ANSWER, RaisedAct.PROGRESS, RaisedAct.PROMISE, RaisedAct.RESOLVE):
        assert (refusal(case, act, PEOPLE[who]) is None) is (who in SEES_TO_IT)
    for act in (RaisedAct.ASSIGN, RaisedAct.WITHDRAW):
        assert (refusal(case, act, PEOPLE[who]) is None) is (who in DECIDES)
    done = Case(RaisedKind.COMPLAINT, RaisedState.RESOLVED, OWNER, 10)
    assert (refusal(done, RaisedAct.CLOSE, PEOPLE[who], judged=True) is None) is (who in SEES_TO_IT)
    assert (refusal(done, RaisedAct.CLOSE, PEOPLE[who], judged=False) is None) is (who in DECIDES)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_see_to_a_suggestion(who: str) -> None:
    case = Case(RaisedKind.SUGGESTION, RaisedState.OPEN, None, 10)
    assert (refusal(case, RaisedAct.ACCEPT, PEOPLE[who]) is None) is (who in {"their store manager", "manager"})


@pytest.mark.parametrize("kind", list(RaisedKind))
@pytest.mark.parametrize("state", list(RaisedState))
def test_nobody_does_anything_about_themselves(kind: RaisedKind, state: RaisedState) -> None:
    for person in PEOPLE.values():
        case = Case(kind, state, OWNER, 10, about_id=person.staff_id)
        if person.staff_id is not None:
            assert acts_of(case, person) == ()


def test_whom_it_went_up_to_may_see_to_it() -> None:
    case = Case(RaisedKind.COMPLAINT, RaisedState.OPEN, OWNER, 10, higher_id=5)
    assert refusal(case, RaisedAct.ANSWER, PEOPLE["another store manager"]) is None


@pytest.mark.parametrize("act", [RaisedAct.TAKE, RaisedAct.ESCALATE, RaisedAct.UNDO])
def test_some_acts_are_nobodys(act: RaisedAct) -> None:
    for state in RaisedState:
        case = Case(RaisedKind.COMPLAINT, state, OWNER, 10)
        assert all(refusal(case, act, person) is not None for person in PEOPLE.values())
