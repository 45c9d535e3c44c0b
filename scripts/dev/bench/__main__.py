"""`python -m scripts.dev.bench [--members 100000] [--purchases 5] [--only NAME ...] [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from scripts.dev.bench.figures import Figure
from scripts.dev.bench.ground import Ground

PARTS = {
    "start": "starts",
    "worklist": "lists",
    "call": "calls",
    "plan": "plans",
    "keys": "keys",
    "import": "imports",
    "memory": "memory",
    "server": "server",
    "reports": "reports",
}


def measured(part: str, ground: Ground) -> list[Figure]:
    """The figures of one part; what can't be measured yet or here says why."""
    try:
        measure: Callable[[Ground], list[Figure]] = import_module(f"scripts.dev.bench.{PARTS[part]}").measure
        return measure(ground)
    except Exception as error:  # the other parts are still worth having
        reason = f"{type(error).__name__}: {error}".splitlines()
        return [Figure(part, "not measured", None, "", note=" ".join(reason)[:300])]


def table(figures: list[Figure]) -> str:
    """The report: what, value, goal, verdict."""
    lines = [f"{'part':9} {'what':46} {'value':>11} {'goal':>9}  verdict  note"]
    verdicts = {True: "kept", False: "MISSED", None: "-"}
    for figure in figures:
        value = "-" if figure.value is None else f"{figure.value:.2f} {figure.unit}"
        sign = "<=" if figure.better == "less" else ">="
        goal = "" if figure.goal is None else f"{sign} {figure.goal:g}"
        lines.append(
            f"{figure.part:9} {figure.what:46} {value:>11} {goal:>9}  {verdicts[figure.kept]:7}  {figure.note}"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Measure and print; the exit code is 1 where a goal is missed or something was not measured."""
    parser = argparse.ArgumentParser(prog="python -m scripts.dev.bench", description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument(
        "--purchases", type=int, default=None, help="of each member; 5, or 10 from 1,000,000 members"
    )
    parser.add_argument("--only", action="append", choices=sorted(PARTS))
    parser.add_argument("--rounds", type=int, default=100, help="how often small things are repeated")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "huifang-bench")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    purchases = given.purchases or (10 if given.members >= 1_000_000 else 5)
    ground = Ground(given.members, purchases, given.folder, given.rounds)
    figures = []
    for part in given.only or PARTS:
        found = measured(part, ground)
        figures += found
        if not given.json:
            print(f"{part} measured", file=sys.stderr)
    if given.json:
        print(json.dumps([{**asdict(figure), "kept": figure.kept} for figure in figures], ensure_ascii=False))
    else:
        print(
            f"{given.members:,} members with {purchases} purchases each; Python {platform.python_version()},"
            f" {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
        )
        print(table(figures))
    return 0 if all(figure.value is not None and figure.kept is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
