"""One warm host for all tests that end none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terminal.hosts import WarmHost


@pytest.fixture(autouse=True)
def _leaves_no_session(request: pytest.FixtureRequest) -> Iterator[None]:
    """A session outlives its terminal by a moment: the next test would take it for one of its own."""
    used: WarmHost | None = request.getfixturevalue("host") if "host" in request.fixturenames else None
    yield
    if used is not None:
        used.until(lambda: not used.sessions, "the test left a session behind")


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmHost]:
    """A host; each test brings a store of its own, and leaves no session behind."""
    made = WarmHost(tmp_path_factory.mktemp("host"))
    yield made
    made.stop()
