"""Settings: what the environment says. Read once by the faces and handed down.

Plain `os.environ` on purpose: a settings library costs more to import than the first frame may.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the store is and how the user wants to be addressed."""

    home: Path
    database: str
    lang: str | None
    staff: str | None
    replica: str | None = None
    """The address of a server that follows the database's, for reports."""

    @property
    def overrides(self) -> Path:
        """The store's own data files: a file here stands in for the one that came with the program."""
        return self.home / "data"


def home_folder(environ: Mapping[str, str]) -> Path:
    """`HUIFANG_HOME`, else the user's data folder."""
    if named := environ.get("HUIFANG_HOME"):
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("huifang", appauthor=False))


_MEANT = ("postgresql:", "postgres:", "sqlite:")


def database_url(named: str, home: Path) -> str:
    """A database URL from a URL, a file's path, or nothing (the default store)."""
    if "://" in named:
        if named.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + named.split("://", 1)[1]
        return named
    if named.startswith(_MEANT):
        return named  # which is no address, and no file that anybody would want either
    path = Path(named).expanduser() if named else home / "huifang.db"
    return f"sqlite:///{path.absolute()}"


def load_settings(
    environ: Mapping[str, str] | None = None, *, database: str | None = None, lang: str | None = None
) -> Settings:
    """The settings of the environment; options given on the command line go before it.

    A replica belongs to the database of the environment: another one, named by an option, has none.
    """
    env = os.environ if environ is None else environ
    home = home_folder(env)
    replica = None if database else env.get("HUIFANG_REPLICA")
    return Settings(
        home=home,
        database=database_url(database or env.get("HUIFANG_DATABASE", ""), home),
        lang=lang or env.get("HUIFANG_LANG") or None,
        staff=env.get("HUIFANG_STAFF") or None,
        replica=database_url(replica, home) if replica else None,
    )
