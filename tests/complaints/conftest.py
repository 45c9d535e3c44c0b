"""The office of the handover tests, and what its members say."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import FixedClock
from core.calls.actions import log_call
from core.calls.forms import CallForm, RaisedForm
from core.calls.tables import RaisedAct
from core.complaints.actions import act_on, take_down
from core.complaints.forms import Deed, IntakeForm
from core.complaints.views import MatterSheet
from core.store.engine import Store
from tests.handover.conftest import Office, make_office


class Desk:
    """The office with ten members of S101, what they say and what is done about it."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        self.office: Office = make_office(store)
        self.office.members(10)

    def __getitem__(self, code: str) -> Actor:
        return self.office[code]

    def take(self, number: str = "00001", who: str = "S102", **values: Any) -> MatterSheet:
        """Something taken down, a normal complaint unless said otherwise."""
        what = {"matter": "袖口开线", "kind": "complaint", "category": "quality"} | values
        return take_down(self.store, self[who], IntakeForm(what=RaisedForm(**what), number=number, channel="shop"))

    def act(self, key: int, act: str, who: str, **values: Any) -> MatterSheet:
        """One step."""
        return act_on(self.store, self[who], key, RaisedAct(act), Deed(**values))

    def call(self, number: str, outcome: str, who: str = "S101", **values: Any) -> str:
        """A call of that member; returns its id."""
        form = CallForm(call_id=str(uuid.uuid4()), number=number, outcome=outcome, opened=True, **values)
        log_call(self.store, self[who], form)
        return form.call_id

    def one(self, text: str, **values: Any) -> dict[str, Any]:
        """The one row of a query."""
        with self.store.read() as c:
            return dict(c.execute(sa.text(text), values).mappings().one())

    def all(self, text: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of a query."""
        with self.store.read() as c:
            return [dict(row) for row in c.execute(sa.text(text), values).mappings()]


@pytest.fixture
def desk(store: Store, clock: FixedClock) -> Desk:
    """The desk on each database."""
    return Desk(store, clock)


@pytest.fixture
def small(lite: Store, clock: FixedClock) -> Desk:
    """The desk on SQLite."""
    return Desk(lite, clock)
