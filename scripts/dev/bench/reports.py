"""The ranking of dormant members, and the reports on recovery and gifts over a year."""

from __future__ import annotations

import re
import subprocess
import sys

from core.base.actor import SHELL
from core.base.language import catalogue
from core.base.report import Asked
from core.insight.reports import make_report
from core.store.engine import Store
from scripts.dev.bench.figures import Figure, elapsed
from scripts.dev.bench.ground import Ground
from scripts.dev.bench.year import BEGAN
from scripts.dev.generate import DEFAULT_DAY

ROUNDS = 3

RANK = """
import sys
from datetime import date
from core.base.actor import SHELL
from core.recovery.ranking import rank
from core.store.engine import Store
found = rank(Store(sys.argv[1]), SHELL, date.fromisoformat(sys.argv[2]))
print(found.members, found.chosen.value, found.auc_expected, found.auc_spend, found.auc_recency)
print(open("/proc/self/status").read())
"""


def measure(ground: Ground) -> list[Figure]:
    """One judgement in a process of its own, and each report three times, the quickest counted."""
    with ground.copy("lived") as store:
        figures = _ranked(store)
        asked = Asked(BEGAN, DEFAULT_DAY)
        for code in ("recovery", "gifts"):
            seconds = min(
                elapsed(lambda code=code: make_report(store, SHELL, code, asked, catalogue("en")))  # type: ignore[misc]
                for _ in range(ROUNDS)
            )
            figures.append(Figure("reports", f"the report {code} of a year", seconds, "s", 2.0))
    return figures


def _ranked(store: Store) -> list[Figure]:
    said: list[str] = []

    def rank() -> None:
        url = store.url.render_as_string(hide_password=False)
        command = [sys.executable, "-c", RANK, url, DEFAULT_DAY.isoformat()]
        said.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    seconds = elapsed(rank)
    peak = int(re.findall(r"VmHWM:\s+(\d+)", said[0])[0]) / 1024
    return [
        Figure("reports", "judging and ranking all members", seconds, "s", 60, note=said[0].splitlines()[0]),
        Figure("reports", "its memory at most", peak, "MB", 1024),
    ]
