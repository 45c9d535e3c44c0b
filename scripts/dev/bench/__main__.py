"""`python -m scripts.dev.bench [--members 100000] [--purchases 5] [--only NAME ...] [--database URL] [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from scripts.dev.bench.figures import Figure
from scripts.dev.bench.ground import Ground
from scripts.dev.bench.server_ground import on_server

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
OF_THE_DATABASE = ("worklist", "call", "plan", "import", "reports")
"""The other parts are the same whatever the store is on."""


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
    parser.add_argument(
        "--database",
        default="sqlite",
        help="sqlite; postgres, for a server of the bench's own; or a superuser's URL for another server",
    )
    parser.add_argument("--rounds", type=int, default=100, help="how often small things are repeated")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "huifang-bench")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    purchases = given.purchases or (10 if given.members >= 1_000_000 else 5)
    on_files = given.database == "sqlite"
    parts = given.only or (PARTS if on_files else OF_THE_DATABASE)
    if not on_files and (others := set(parts) - set(OF_THE_DATABASE)):
        parser.error(f"{', '.join(sorted(others))}: measured without --database, for it makes no difference there")
    files = Ground(given.members, purchases, given.folder, given.rounds)
    opened: AbstractContextManager[Ground] = nullcontext(files) if on_files else on_server(files, given.database)
    figures = []
    with opened as ground:
        for part in parts:
            figures += measured(part, ground)
            if not given.json:
                print(f"{part} measured", file=sys.stderr)
    if given.json:
        print(json.dumps([{**asdict(figure), "kept": figure.kept} for figure in figures], ensure_ascii=False))
    else:
        print(
            f"{given.members:,} members with {purchases} purchases each, {'SQLite' if on_files else 'PostgreSQL'};"
            f" Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
        )
        print(table(figures))
    return 0 if all(figure.value is not None and figure.kept is not False for figure in figures) else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a server of the bench's own is stopped
    sys.exit(main(sys.argv[1:]))
