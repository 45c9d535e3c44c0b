"""Where the program's own data files are, in a checkout and installed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def data_folder() -> Path:
    """The folder of policy, outcomes, call scripts and languages that came with the program."""
    core = Path(__file__).resolve().parents[1]
    installed = core / "_data"
    return installed if installed.is_dir() else core.parent / "data"
