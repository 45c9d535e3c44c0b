"""Cold start: the first frame against a minimal Textual app's, the first row against importing the packages."""

from __future__ import annotations

import statistics
import subprocess
from pathlib import Path

from scripts.dev.bench.figures import Figure, elapsed
from scripts.dev.bench.ground import Ground
from scripts.dev.bench.program import MANDATED, MINIMAL, Program, command, environment, program
from scripts.dev.bench.terminal import Terminal

ROUNDS = 7


def measure(ground: Ground) -> list[Figure]:
    """Medians of starts taken in turns."""
    frames, minimal, rows, imports = [], [], [], []
    with program(ground) as opened:
        home = Path(opened.where).parent
        for _ in range(min(ROUNDS, ground.rounds)):
            frame, row = _start(opened)
            frames.append(frame)
            rows.append(row)
            with Terminal(command(MINIMAL), environment(home)) as terminal:
                minimal.append(terminal.until(lambda text: "ready" in text))
            imports.append(elapsed(lambda: subprocess.run(command(MANDATED), env=environment(home), check=True)))
    first, least, row, packages = map(statistics.median, (frames, minimal, rows, imports))
    return [
        Figure(
            "start",
            "first frame against a minimal Textual app",
            first / least,
            "x",
            1.25,
            note=_note(first, least),
        ),
        Figure(
            "start",
            "first row against importing the packages",
            row / packages,
            "x",
            1.2,
            note=_note(row, packages),
        ),
    ]


def _start(opened: Program) -> tuple[float, float]:
    with opened.open() as terminal:
        frame = terminal.until(lambda text: bool(text.strip()))
        if opened.shows_first_row(terminal.text()):
            return frame, frame
        return frame, terminal.until(opened.shows_first_row)


def _note(ours: float, theirs: float) -> str:
    return f"{ours * 1000:.0f} ms against {theirs * 1000:.0f} ms"
