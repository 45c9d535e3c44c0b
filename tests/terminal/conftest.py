"""One warm host for all tests that end none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terminal.hosts import WarmHost


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmHost]:
    """A host; each test brings a store of its own, and leaves no session behind."""
    made = WarmHost(tmp_path_factory.mktemp("host"))
    yield made
    made.stop()
