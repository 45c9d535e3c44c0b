"""`python -m scripts.dev.failover [--callers 40] [--seconds 90] [--how freeze] [--keep]`: a leader dies at work.

On loopback, with Debian's packages and the files of data/deploy: etcd, two PostgreSQL servers under Patroni,
HAProxy, pgbouncer, pgBackRest. Callers store outcomes while the leader is killed, or stands still and comes back;
then the backup is restored and proved.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from scripts.dev.bench.__main__ import table
from scripts.dev.failover.ground import PACKAGES, Ground, missing
from scripts.dev.failover.machines import Machines
from scripts.dev.failover.trial import trial


def main(arguments: list[str]) -> int:
    """Try and print; the exit code is 1 where something was lost, 2 where a program is missing."""
    parser = argparse.ArgumentParser(prog="python -m scripts.dev.failover", description=__doc__)
    parser.add_argument("--callers", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=90, help="how long they work; 60 at least")
    parser.add_argument("--how", choices=("kill", "freeze"), default="kill", help="what the leader suffers")
    parser.add_argument("--keep", action="store_true", help="leave the folder, with the programs' logs")
    given = parser.parse_args(arguments)
    if gone := missing():
        print(f"{', '.join(gone)}: not there. On Debian: apt-get install {PACKAGES}", file=sys.stderr)
        return 2
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="hf-failover-", dir="/tmp"))  # a socket's path may not be long
        folder.chmod(0o755)
        if given.keep:
            print(f"logs: {folder}", file=sys.stderr)
        else:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        ground = Ground(folder)
        if ground.user:
            shutil.chown(folder, ground.user)
        machines = Machines(ground)
        stack.callback(machines.close)
        figures = trial(ground, machines, given.callers, max(60.0, given.seconds), given.how)
    print(table(figures))
    return 0 if all(figure.value is not None and figure.kept is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
