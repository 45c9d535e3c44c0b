"""Random walks through problems, complaints and suggestions on both databases: no illegal state, no lost step."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.base.clock import FixedClock
from core.base.errors import Refused
from core.calls.actions import take_back
from core.calls.matter_rules import MACHINES
from core.calls.tables import RaisedAct, RaisedKind, RaisedState
from core.complaints.rules import refusal
from core.complaints.views import case_of, matter_sheet, person_of
from core.complaints.watch import watch
from core.store.engine import Store
from tests.complaints.conftest import Desk
from tests.handover.conftest import PEOPLE

CODES = [code for code, *_ in PEOPLE]
A, S = RaisedAct, RaisedState
BY_HAND = [act for act in A if act not in (A.TAKE, A.ESCALATE, A.UNDO)]
OVER = ("closed", "withdrawn")


class Walk(RuleBasedStateMachine):
    """Everybody tries anything; what each kind went through is written down beside the program."""

    desk: Desk
    begun = 0

    def __init__(self) -> None:
        super().__init__()
        self.first = Walk.begun
        self.steps: dict[int, list[str]] = {}

    @rule(
        kind=st.sampled_from(list(RaisedKind)),
        urgency=st.sampled_from(["normal", "urgent"]),
        about=st.sampled_from(["", "", "S101", "S1M", "K01"]),
        who=st.sampled_from(CODES),
        member=st.integers(1, 3),
    )
    def is_taken_down(self, kind: RaisedKind, urgency: str, about: str, who: str, member: int) -> None:
        if len(self.steps) >= 3:
            return
        number = f"{member:05d}" if who not in ("S201", "S2M") else "00001"
        try:
            sheet = self.desk.take(number, who, kind=kind.value, urgency=urgency, about=about)
        except Refused:
            assert who in ("S201", "S2M")  # another store's people do not see the member
            return
        assert sheet.row.owner != about or not about
        assert (sheet.row.owner == "") is (kind is RaisedKind.SUGGESTION)
        self.steps[sheet.row.id] = ["take open"]
        Walk.begun = max(Walk.begun, sheet.row.id)

    @initialize(kind=st.sampled_from(list(RaisedKind)), urgency=st.sampled_from(["normal", "urgent"]))
    def something_is_there(self, kind: RaisedKind, urgency: str) -> None:
        self.is_taken_down(kind, urgency, "", "S102", 1)

    @rule(which=st.integers(0, 2), pick=st.integers(0, 1000), score=st.integers(1, 5))
    def somebody_does_what_they_may(self, which: int, pick: int, score: int) -> None:
        if which >= len(self.steps):
            return
        row = self.row(list(self.steps)[which])
        acts = [
            act for state, act in MACHINES[RaisedKind(row["kind"])] if state == row["state"] and act in BY_HAND
        ]
        if acts:
            self.somebody_acts(which, acts[pick % len(acts)], ("K02", "K01", "S1M")[pick % 3], score, "S102")

    @rule(
        which=st.integers(0, 2),
        act=st.sampled_from(BY_HAND),
        who=st.sampled_from(CODES),
        score=st.sampled_from([None, 1, 5]),
        to=st.sampled_from(["S102", "S1M", "K02", "S101"]),
    )
    def somebody_acts(self, which: int, act: RaisedAct, who: str, score: int | None, to: str) -> None:
        if which >= len(self.steps):
            return
        key = list(self.steps)[which]
        row = self.row(key)
        kind, state = RaisedKind(row["kind"]), RaisedState(row["state"])
        may = refusal(
            case_of({**row, "kind": kind, "state": state}),
            act,
            person_of(self.desk[who]),
            judged=score is not None,
        )
        sees = True
        try:
            matter_sheet(self.desk.store, self.desk[who], key)
        except Refused:
            sees = False
        values: dict[str, Any] = {"text": "已处理", "score": score, "to": to, "promised": "+3d"}
        try:
            self.desk.act(key, act.value, who, **values)
        except Refused:
            to_themselves = act is A.ASSIGN and self.desk[to].staff_id == row["about_id"]
            assert may is not None or not sees or to_themselves
            assert self.row(key) == row
            return
        assert may is None
        assert sees
        assert self.desk[who].staff_id != row["about_id"]
        self.steps[key].append(f"{act.value} {MACHINES[kind][state, act].value}")

    @rule(which=st.integers(0, 2), outcome=st.sampled_from(["reached", "dissatisfied", "no_answer", "refused"]))
    def member_is_called(self, which: int, outcome: str) -> None:
        if which >= len(self.steps):
            return
        key = list(self.steps)[which]
        row = self.row(key)
        tasks = self.tasks(key)
        if not tasks:
            return
        number = self.desk.one("select number from member where id = :m", m=row["member_id"])["number"]
        ids = tuple(task["id"] for task in tasks)
        self.desk.call(number, outcome, "C01", note="还是不行", covered=ids if outcome != "no_answer" else None)
        state, suggestion = row["state"], row["kind"] == "suggestion"
        if outcome != "no_answer":
            for _ in ids:
                if state in ("resolved", "declined"):
                    again = outcome == "dissatisfied" and not suggestion
                    self.steps[key].append("reopen open" if again else "close closed")
                    state = "open" if again else "closed"
                elif state in ("open", "answered"):
                    self.steps[key].append(f"tell {state}")
        self.desk.clock.advance(minutes=2)

    @rule()
    def caller_takes_it_back(self) -> None:
        before = {key: (self.row(key)["state"], len(steps)) for key, steps in self.steps.items()}
        try:
            take_back(self.desk.store, self.desk["C01"])
        except Refused:
            return
        for key, expected in self.steps.items():
            found = self.on_record(key)
            if len(found) > len(expected):
                assert found[len(expected) :] == [f"undo {self.row(key)['state']}"]
                expected.append(found[-1])
                assert self.row(key)["state"] in ("resolved", "declined", *before[key][:1])

    @rule(hours=st.sampled_from([0.5, 3, 20, 100]))
    def time_passes(self, hours: float) -> None:
        self.desk.clock.advance(hours=hours)
        rows = {key: self.row(key) for key in self.steps}
        watch(self.desk.store, self.desk["C01"])
        assert watch(self.desk.store, self.desk["S102"]).escalated == 0
        for key, expected in self.steps.items():
            row = self.row(key)
            expected += [f"escalate {row['state']}"] * (row["level"] - rows[key]["level"])
            if row["owner_id"] != rows[key]["owner_id"]:
                expected.append(f"assign {row['state']}")

    def row(self, key: int) -> dict[str, Any]:
        return self.desk.one("select * from raised where id = :key", key=key)

    def tasks(self, key: int) -> list[dict[str, Any]]:
        return self.desk.all(
            "select * from follow_up where programme = 'problem' and cycle like :cycle and state = 'open'",
            cycle=f"{key}.%",
        )

    def on_record(self, key: int) -> list[str]:
        rows = self.desk.all("select * from raised_step where raised_id = :key order by place", key=key)
        assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))
        ups = [(row["round"], row["level"]) for row in rows if row["act"] == "escalate"]
        assert len(set(ups)) == len(ups)
        return [f"{row['act']} {row['state']}" for row in rows]

    @invariant()
    def nothing_is_lost(self) -> None:
        for key, expected in self.steps.items():
            row = self.row(key)
            found = self.on_record(key)
            assert sorted(found) == sorted(expected)
            assert found[-1].split()[1] == row["state"]
            assert row["owner_id"] is None or row["owner_id"] != row["about_id"]
            assert (row["due_at"] is not None) is (row["kind"] != "suggestion" and row["state"] not in OVER)
            tasks = [task for task in self.tasks(key) if not task["cycle"].endswith("p")]
            assert len(tasks) <= 1
            if tasks:
                assert row["state"] in ("resolved", "declined")
            if row["state"] in ("open", "answered", "accepted", *OVER):
                assert not tasks


def test_a_random_walk(store: Store, clock: FixedClock) -> None:
    Walk.desk = Desk(store, clock)
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
