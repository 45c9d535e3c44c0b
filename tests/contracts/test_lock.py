"""The lock files: hashed, without any address, complete, and for every Python the project takes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;]+)(?: ; (.+?))? \\$")


def pins(name: str) -> dict[str, str]:
    """The pinned versions of a lock file."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := PIN.match(line))}


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_hashed_and_no_address_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text.partition("\n")[2])
    assert {block.partition("==")[0] for block in blocks} == pins(name).keys()
    assert len(blocks) > 20
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["postgresql"]
    asked += project["dependency-groups"]["build"]
    for name in LOCKS:
        locked = pins(name)
        wanted = asked + [r for r in project["dependency-groups"]["dev"] if isinstance(r, str) and "dev" in name]
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(locked[requirement.name.lower()]), requirement.name
    assert set(pins(LOCKS[0]).items()) <= set(pins(LOCKS[1]).items())


def test_textual_is_pinned_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert any(re.fullmatch(r"textual==[\d.]+", wanted) for wanted in project["project"]["dependencies"])
