"""Until when the records are sealed: what a write is dated before then came with the clock set back."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.store.sealed_rows import closed_by
from core.store.tables import Seal

_NEWEST = sa.select(Seal.__table__.c.sealed_at).order_by(Seal.__table__.c.id.desc()).limit(1)  # type: ignore[attr-defined]
NEVER = datetime.min.replace(tzinfo=UTC)


def closed_until(c: Connection) -> datetime:
    """The moment before which every day was closed by the newest seal; `NEVER` where there is none."""
    sealed_at: datetime | None = c.execute(_NEWEST).scalar()
    return closed_by(sealed_at) if sealed_at is not None else NEVER
