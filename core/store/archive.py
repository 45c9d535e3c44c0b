"""Backups of a PostgreSQL store: pg_dump's archives."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa

from core.base.errors import BadInput, StoreTrouble
from core.base.language import N_
from core.store.address import public_address

MAGIC = b"PGDMP"


def dump(url: sa.URL, target: Path) -> None:
    """Write an archive of the whole database. Raises StoreTrouble with pg_dump's own words where it fails."""
    _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--file={target}",
        _address(url),
        url=url,
    )


def version(file: Path) -> str | None:
    """The schema version in an archive, None for what is no Huifang store. Raises StoreTrouble if broken."""
    rows = _run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file))
    found = re.search(r"^COPY [^\n]*alembic_version[^\n]*\n(\S+)$", rows, re.MULTILINE)
    return found.group(1) if found else None


def load(file: Path, url: sa.URL) -> None:
    """Put an archive into an empty database, whole or not at all. Raises BadInput where it is not empty."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            taken = sa.inspect(connection).get_table_names()
    finally:
        engine.dispose()
    if taken:
        raise BadInput(
            "restore.taken",
            N_(
                "The database {where} is not empty: make a new one (createdb), restore into it, "
                "and set HUIFANG_DATABASE to it."
            ),
            where=public_address(url),
        )
    _run(
        "pg_restore",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        f"--dbname={_address(url)}",
        str(file),
        url=url,
    )


def _address(url: sa.URL) -> str:
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _run(program: str, *arguments: str, url: sa.URL | None = None) -> str:
    found = shutil.which(program)
    if found is None:
        raise StoreTrouble(
            "backup.no_tool",
            N_("{program} is not installed here: install PostgreSQL's client programs and try again."),
            program=program,
        )
    secret = {"PGPASSWORD": url.password} if url is not None and url.password else {}
    done = subprocess.run(
        [found, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **secret}
    )
    if done.returncode:
        raise StoreTrouble(
            "backup.tool_failed",
            N_("{program} failed, nothing was changed: {reason}"),
            program=program,
            reason=" ".join(done.stderr.split())[:300] or "-",
        )
    return done.stdout
