"""What a database role needs for a day's work, and no more: it can add to the records, never change them (R15.2).

The owner of the tables migrates; terminals connect as members of the role that is made here. Which tables there
are, and which of them only grow, is read from the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from core.base.errors import BadInput, StoreTrouble
from core.base.language import N_
from core.store.engine import Store
from core.store.tables import APPEND_ONLY
from core.store.troubles import worded

APP = "huifang_app"
"""The role's name unless another one is given."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def statements(tables: Iterable[sa.Table], role: str = APP) -> tuple[str, ...]:
    """The SQL that takes everything from the role and from everybody, and grants what a terminal needs.

    Raises BadInput for what is no name.
    """
    if not _NAME.fullmatch(role):
        raise BadInput(
            "roles.name",
            N_("{role} is no name for a role: use small letters, digits and _."),
            field="role",
            role=role,
        )
    return tuple(_statements(tables, role))


def _statements(tables: Iterable[sa.Table], role: str) -> Iterator[str]:
    yield (
        f"do $$ begin if not exists (select from pg_roles where rolname = '{role}') "
        f"then create role {role} nologin; end if; end $$"
    )
    yield "revoke create on schema public from public"
    for whom in ("public", role):
        yield f"revoke all on all tables in schema public from {whom}"
    yield f"grant usage on schema public to {role}"
    yield f"grant usage, select on all sequences in schema public to {role}"
    yield f"grant select on alembic_version to {role}"
    for table in tables:
        rights = "select, insert" if table.name in APPEND_ONLY else "select, insert, update, delete"
        yield f'grant {rights} on "{table.name}" to {role}'
    yield f"grant execute on function huifang_audit_horizon() to {role}"


def grant(store: Store, tables: Iterable[sa.Table], role: str = APP) -> None:
    """Make the role where it is missing, and give it its rights anew; as the tables' owner.

    Raises StoreTrouble for a SQLite store, and where the database user may not make roles.
    """
    wanted = statements(tables, role)
    if store.is_sqlite:
        raise StoreTrouble(
            "roles.sqlite",
            N_("{where} is a file: its rights are those of the file and its folder. Roles are a server's matter."),
            where=store.where,
        )
    with worded(store.where), store.engine.connect() as connection:
        writing = connection.execution_options(writes=True)
        try:
            with writing.begin():
                if not writing.execute(_OWNS).scalar_one():  # PostgreSQL itself would only warn
                    raise _refused("not the owner of the tables")
                for text in wanted:
                    writing.exec_driver_sql(text)
        except sa.exc.ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != "42501":
                raise
            raise _refused(str(error.orig).strip().splitlines()[0]) from error


_OWNS = sa.text("select pg_has_role(relowner, 'USAGE') from pg_class where oid = to_regclass('audit_entry')")


def _refused(reason: str) -> StoreTrouble:
    return StoreTrouble(
        "roles.refused",
        N_(
            "The database user may not do this ({reason}): name the tables' owner in HUIFANG_DATABASE, or have "
            "the server's administrator run what `huifang roles --sql` prints."
        ),
        reason=reason,
    )
