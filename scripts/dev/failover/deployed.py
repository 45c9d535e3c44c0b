"""The files of data/deploy, fitted to loopback: what is documented is what is tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[3] / "data" / "deploy"


def fitted(name: str, changes: Mapping[str, str]) -> str:
    """A shipped file with other places, ports and passwords. Raises KeyError where it has not what is changed."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for old in changes:
        if old not in text:
            raise KeyError(f"{name} has no {old!r}")
    # the longest first, and in one pass: what was put in is not changed again
    olds = sorted(changes, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, olds)), lambda found: changes[found.group()], text)
