"""The house of the members' tests, with PINs that are quick to check."""

from __future__ import annotations

import pytest

from core.people import secrets
from tests.members.conftest import house, make_house

__all__ = ["house", "make_house"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes at hardly any cost."""
    monkeypatch.setattr(secrets, "COST", secrets.Cost(1, 8, 1))
