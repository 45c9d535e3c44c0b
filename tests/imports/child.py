"""A process of its own that imports, and tells each batch on a line: `-m tests.imports.child URL FOLDER BATCH`."""

from __future__ import annotations

import sys
from pathlib import Path

import core.schema  # noqa: F401
from core.base.actor import SHELL
from core.imports.importing import import_file
from core.imports.member_file import MembersFile
from core.imports.purchase_file import PurchasesFile
from core.store.engine import Store


def main(url: str, folder: str, batch: str) -> None:
    """Import members.csv and purchases.csv of the folder; batches of that many rows, 0 for the usual."""
    if int(batch):
        MembersFile.batch = PurchasesFile.batch = int(batch)
    store = Store(url)
    for kind in ("members", "purchases"):
        done = import_file(store, SHELL, kind, Path(folder) / f"{kind}.csv", progress=told)
        print(kind, done.added, done.updated, done.unchanged, done.rejected, flush=True)
    print("resident", most_resident(), flush=True)


def most_resident() -> int:
    """The most memory this process ever had, in KiB; getrusage would tell that of its parent, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def told(rows: int, part: float) -> None:
    print("batch", rows, f"{part:.2f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
