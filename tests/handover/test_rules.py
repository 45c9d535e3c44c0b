"""The state machine and the splits, as pure rules; and a random walk of everybody doing anything."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.base.actor import Role
from core.base.clock import FixedClock
from core.base.errors import Refused
from core.base.rulebook import load_rulebook
from core.handover import actions, proof
from core.handover.forms import HandoverForm
from core.handover.log import handover_log, handover_sheet
from core.handover.rules import (
    ONWARD,
    TRANSITIONS,
    Case,
    Lot,
    Person,
    acts_of,
    refusal,
    split_by_store,
    split_evenly,
)
from core.handover.tables import Act, HandoverState
from core.people.access import Right, rows
from core.store.engine import Store
from tests.handover.conftest import PEOPLE, Office, make_office

GIVER, APPLICANT, OTHER = 1, 2, 9
HERE, THERE = 1, 2


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("state", "act", "right"),
    [
        (HandoverState.SUBMITTED, Act.REVIEW, Right.REVIEW_HANDOVER),
        (HandoverState.SUBMITTED, Act.ADJUST, Right.REVIEW_HANDOVER),
        (HandoverState.SUBMITTED, Act.REFUSE, Right.REVIEW_HANDOVER),
        (HandoverState.REVIEWED, Act.APPROVE, Right.APPROVE_HANDOVER),
        (HandoverState.REVIEWED, Act.REFUSE, Right.APPROVE_HANDOVER),
        (HandoverState.APPROVED, Act.EXECUTE, Right.APPROVE_HANDOVER),
        (HandoverState.EXECUTED, Act.FILE, Right.FILE_HANDOVER),
    ],
)
def test_every_role_at_every_decision(role: Role, state: HandoverState, act: Act, right: Right) -> None:
    reach = rows()[right][role]
    for store, reviewers in ((HERE, frozenset()), (THERE, frozenset()), (HERE, frozenset({5}))):
        case = Case(state, GIVER, APPLICANT, HERE, reviewers=reviewers)
        allowed = refusal(case, act, Person(OTHER, role, store)) is None
        if right is Right.REVIEW_HANDOVER:
            stands_in = role is Role.MANAGER and not reviewers
            assert allowed == (stands_in or (role is Role.STORE_MANAGER and store == HERE))
        else:
            assert allowed == (reach.name == "ALL")
        for own in (GIVER, APPLICANT):
            assert refusal(case, act, Person(own, role, store)) is not None
        acted = Case(state, GIVER, APPLICANT, HERE, frozenset({OTHER}), reviewers)
        if act is not Act.EXECUTE:
            assert refusal(acted, act, Person(OTHER, role, store)) is not None


def test_only_named_transitions() -> None:
    everybody = [Person(key, role, HERE) for role in Role for key in (GIVER, APPLICANT, OTHER)]
    for state in HandoverState:
        able = {act for person in everybody for act in acts_of(Case(state, GIVER, APPLICANT, HERE), person)}
        assert able == {act for (before, act) in TRANSITIONS if before is state}, state
    assert all((state, act) in TRANSITIONS for state, act in ONWARD.items())


LOTS = st.lists(
    st.tuples(st.sampled_from(["A", "B", "C", ""]), st.sampled_from(["S1", "S2"]), st.integers(0, 9)), max_size=60
)


@given(LOTS, st.integers(1, 5))
def test_even_means_even_in_each_class_and_in_all(lots: list[tuple[str, str, int]], takers: int) -> None:
    made = [Lot(n, name, store, (-amount, str(n))) for n, (name, store, amount) in enumerate(lots)]
    given_ = split_evenly(made, list(range(takers)))
    assert len(given_) == len(lots)
    for name in ("A", "B", "C", ""):
        some = Counter(given_[lot.member_id] for lot in made if lot.value_class == name)
        counts = [some.get(taker, 0) for taker in range(takers)]
        assert max(counts) - min(counts) <= 1
    counts = [Counter(given_.values()).get(taker, 0) for taker in range(takers)]
    assert max(counts) - min(counts) <= 1
    assert given_ == split_evenly(list(reversed(made)), list(range(takers)))


@given(LOTS)
def test_by_store(lots: list[tuple[str, str, int]]) -> None:
    made = [Lot(n, name, store, (-amount, str(n))) for n, (name, store, amount) in enumerate(lots)]
    given_ = split_by_store(made, {"S2": [7]}, [1, 2])
    assert all((given_[lot.member_id] == 7) == (lot.store == "S2") for lot in made)
    if any(lot.store == "S1" for lot in made):
        with pytest.raises(Refused):
            split_by_store(made, {"S2": [7]}, [])


class Walk(RuleBasedStateMachine):
    """Everybody tries anything on one application."""

    template: Path
    folder: Path
    made = 0

    def __init__(self) -> None:
        super().__init__()
        Walk.made += 1
        file = self.folder / f"{Walk.made}.db"
        shutil.copy(self.template, file)
        clock = FixedClock(datetime(2026, 11, 23, 1, 42, tzinfo=UTC))
        self.store = Store(f"sqlite:///{file}", clock, load_rulebook())
        self.office: Office = make_office(self.store)
        self.office.members(7)
        self.form = HandoverForm("S101", "leaving", ("S102", "S103"), "离职")
        self.number = actions.submit(self.store, self.office["S101"], self.form, draft=True).row.number
        self.decided: list[tuple[int, Act, str]] = []
        self.round = 0

    @rule(act=st.sampled_from(sorted(set(Act) - {Act.DRAFT})), code=st.sampled_from([p[0] for p in PEOPLE]))
    def tries(self, act: Act, code: str) -> None:
        actor = self.office[code]
        before = handover_sheet(self.store, self.office["S101"], self.number)
        deeds: dict[Act, Callable[[], Any]] = {
            Act.SUBMIT: lambda: actions.submit(self.store, actor, number=self.number),
            Act.ADJUST: lambda: actions.adjust(self.store, actor, self.number, {"00001": "S103"}),
            Act.REVIEW: lambda: actions.review(self.store, actor, self.number),
            Act.APPROVE: lambda: actions.approve(self.store, actor, self.number),
            Act.EXECUTE: lambda: actions.execute(self.store, actor, self.number),
            Act.FILE: lambda: actions.file(self.store, actor, self.number),
            Act.REFUSE: lambda: actions.refuse(self.store, actor, self.number, reason="no"),
            Act.WITHDRAW: lambda: actions.withdraw(self.store, actor, self.number),
        }
        try:
            able = handover_sheet(self.store, actor, self.number).acts
        except Refused:
            able = ()
        if act is Act.ADJUST and Act.SUBMIT in able:
            able = (*able, Act.ADJUST)  # the applicant changes their own draft
        try:
            after = deeds[act]()
        except Refused:
            assert act not in able
            return
        assert act in able
        assert after.row.version > before.row.version
        if act is Act.SUBMIT:
            self.round += 1
        if act in (Act.REVIEW, Act.APPROVE, Act.FILE):
            assert code != "S101"
            assert code not in {who for round_, _, who in self.decided if round_ == self.round}
            self.decided.append((self.round, act, code))

    @invariant()
    def stands(self) -> None:
        sheet = handover_sheet(self.store, self.office["S101"], self.number)
        over = sheet.row.state in (HandoverState.EXECUTED, HandoverState.FILED)
        owners = self.office.owners()
        assert sum(owners.values()) == 7
        assert (owners.get("S101", 0) == 0) is over
        shown = {code: handover_log(self.store, self.office[code]) for code, *_ in PEOPLE}
        seeing = {code for code, rows in shown.items() if rows}
        assert seeing == ({"S101"} if sheet.row.submitted_at is None else set(shown) - {"S2M", "C01", "S201"})
        waiting = {code for code, rows in shown.items() if any(row.waits_for_me for row in rows)}
        assert {person.code for person in sheet.row.next_actors} == waiting
        with self.store.read() as c:
            assert list(proof.broken(c)) == []

    def teardown(self) -> None:
        self.store.close()


@pytest.mark.slow
def test_a_random_walk(sqlite_template: Path, tmp_path: Path) -> None:
    Walk.template, Walk.folder = sqlite_template, tmp_path
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
