"""Work done in a fork: what it leaves in memory goes with it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable


def apart(work: Callable[[], bytes]) -> bytes:
    """What the work gives, done in a fork. Raises ChildProcessError where it failed, and says why on stderr."""
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            given = work()
            with open(writing, "wb") as way:
                way.write(given)
            code = 0
        except BaseException:  # whatever it is: this is not the place that it may go on from
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with open(reading, "rb") as way:
        taken = way.read()
    if os.waitpid(child, 0)[1] != 0:
        raise ChildProcessError("a fork of the host failed")
    return taken
