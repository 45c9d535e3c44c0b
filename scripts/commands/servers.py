"""A store on a server: the rights of its terminals, and moving a store there and back."""

from __future__ import annotations

from typing import Annotated

import typer

from core.base.language import N_
from scripts.errand import Errand, command
from scripts.progress import Line
from scripts.show import row_count, say


@command("roles", N_("Give the database role of the terminals its rights: all work, but no change of records."))
def roles(
    errand: Errand,
    role: Annotated[str, typer.Option("--role", metavar="NAME", help=N_("The role's name."))] = "huifang_app",
    sql: Annotated[bool, typer.Option("--sql", help=N_("Only print the SQL."))] = False,
) -> None:
    """Grant the rights, or print what would."""
    from core.schema import METADATA
    from core.store.roles import grant, statements

    if sql:
        for text in statements(METADATA.sorted_tables, role):
            say(f"{text};")
        return
    grant(errand.store, METADATA.sorted_tables, role)
    say(
        errand.words.say(
            N_("The role {role} has its rights. Next: create role NAME login password '...' in role {role};"),
            role=role,
        )
    )


@command("move", N_("Move the store to another database, to PostgreSQL or back; it is left as it is."))
def move(
    errand: Errand,
    url: Annotated[str, typer.Argument(metavar="URL", help=N_("An empty database, or a new file."))],
) -> None:
    """Copy every row, prove it, and say what to do next."""
    from core.base.settings import database_url
    from core.schema import METADATA
    from core.store.engine import Store
    from core.store.move import move

    words, line = errand.words, Line()
    target = Store(database_url(url, errand.settings.home), errand.clock, errand.store.rulebook)
    try:
        moved = move(
            errand.store,
            target,
            METADATA.sorted_tables,
            errand.actor,
            lambda table, rows: line.tell(f"{table}: {row_count(rows, words)}"),
        )
    finally:
        line.wipe()
        target.close()
    rows = sum(moved.rows.values())
    say(
        words.plural(
            "Moved and compared row by row: {count:,} row, now in {where}.",
            "Moved and compared row by row: {count:,} rows, now in {where}.",
            rows,
            where=moved.where,
        )
    )
    say(words.say(N_("Set HUIFANG_DATABASE to it on every terminal before anybody works again.")))
