"""Column kinds that every capability's tables share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are named, by the tables and by the migrations alike."""

SQLModel.metadata.naming_convention = NAMES

BigKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Row numbers and sums in fen: 64 bits on both databases."""

CodeText = sa.String().with_variant(sa.String(collation="C"), "postgresql")
"""Numbers, codes and search keys: ordered by code point on both databases, and found by prefix in the index."""


def choice(kind: type[StrEnum], name: str) -> Any:
    """A column type for an enum, stored by value with a CHECK behind it."""
    return sa.Enum(
        kind,
        name=name,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=24,
    )
