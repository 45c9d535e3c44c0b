"""Key to repaint: the list over 50, 10,000 and 1,000,000 rows, Today itself, and Esc."""

from __future__ import annotations

import statistics
from contextlib import ExitStack
from pathlib import Path

from scripts.dev.bench.figures import Figure, at_share, ms
from scripts.dev.bench.ground import Ground
from scripts.dev.bench.program import command, environment, program
from scripts.dev.bench.terminal import Terminal

SIZES = (50, 10_000, 1_000_000)
DOWN, UP, END, ESC, F1 = b"\x1b[B", b"\x1b[A", b"\x1b[F", b"\x1b", b"\x1bOP"
LIST = "import sys; from scripts.dev.bench.list_program import main; main(int(sys.argv[1]))"


def measure(ground: Ground) -> list[Figure]:
    """Presses of the arrow keys and pages, one at a time."""
    presses = min(2 * ground.rounds, 200)
    ground.folder.mkdir(parents=True, exist_ok=True)
    times = _lists(presses, ground.folder)
    medians = {size: statistics.median(found) for size, found in times.items()}
    figures = [
        Figure(
            "keys",
            f"key to repaint over {size:,} rows",
            medians[size] * 1000,
            "ms",
            8.0,
            note=f"p95 {ms(at_share(times[size], 0.95))}",
        )
        for size in SIZES
    ]
    spread = max(medians.values()) / min(medians.values())
    figures.append(Figure("keys", "slowest size against fastest", spread, "x", 1.3))
    return figures + _today(ground, presses)


def _lists(presses: int, home: Path) -> dict[int, list[float]]:
    """One list of each size, pressed in turns."""
    with ExitStack() as opened:
        lists = {size: opened.enter_context(_at_its_end(size, home)) for size in SIZES}
        times: dict[int, list[float]] = {size: [] for size in SIZES}
        for number in range(presses):
            for size, terminal in lists.items():
                times[size].append(terminal.press(UP if number % 60 < 30 else DOWN))
    return times


def _at_its_end(size: int, home: Path) -> Terminal:
    terminal = Terminal(command(LIST, str(size)), environment(home))
    terminal.until(lambda text: "member 0000000" in text)
    while f"member {size - 1:07}" not in terminal.text():  # the first key may come before the list listens
        terminal.send(END)
        terminal.settle(0.5)
    return terminal


def _today(ground: Ground, presses: int) -> list[Figure]:
    with program(ground) as opened, opened.open() as terminal:
        terminal.until(opened.shows_first_row)
        terminal.settle(0.5)
        moves = [terminal.press(DOWN if number % 20 < 10 else UP) for number in range(presses)]
        leaves = []
        for _ in range(min(presses, 20)):
            terminal.press(F1)
            terminal.settle(0.15)
            leaves.append(terminal.press(ESC))
    return [
        Figure(
            "keys",
            "key to repaint on Today",
            statistics.median(moves) * 1000,
            "ms",
            8.0,
            note=f"p95 {ms(at_share(moves, 0.95))}",
        ),
        Figure(
            "keys",
            "Esc to repaint",
            statistics.median(leaves) * 1000,
            "ms",
            30.0,
            note=f"p95 {ms(at_share(leaves, 0.95))}",
        ),
    ]
