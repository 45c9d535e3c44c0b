"""The way in: `huifang` and `huifang open` go straight to the screens, everything else to the commands.

Opening the program must not wait for Typer, SQLModel or Alembic, and `attach` not even for what the first frame
needs, so each way imports its own (tests/scripts/test_imports.py holds them to that).
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code: 0 done, 1 refused with a reason, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.pop("HUIFANG_SIGNED_IN", None)  # only the browser's door may say so, to the host
    if given[:1] == ["attach"] and not {"--help", "-h"} & {*given}:
        from scripts.hosting.attach import attach

        code = attach(given[1:])
        if code is not None:
            return code
        given[0] = "open"  # no host: the program is opened here
    from scripts.opening import open_program, plain_opening

    opening = plain_opening(given)
    if opening is not None:
        from scripts.failures import guarded

        return guarded(lambda: open_program(opening), given)
    from scripts.app import run

    return run(given)
