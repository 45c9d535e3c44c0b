"""The shop that tests of calls work in."""

from __future__ import annotations

import pytest

from core.store.engine import Store
from tests.calls.desk import Desk, open_desk


@pytest.fixture
def desk(store: Store) -> Desk:
    """A shop on each database."""
    return open_desk(store)


@pytest.fixture
def lite_desk(lite: Store) -> Desk:
    """A shop on SQLite only."""
    return open_desk(lite)
