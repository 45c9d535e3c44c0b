"""Who did what to an application, from the audit trail: it says the same as the steps, or somebody lied (R7.4)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import SQLModel

from core.base.actor import Actor
from core.handover.recording import HANDOVER, unknown, visible
from core.members.trail import lines_of
from core.members.trail_words import AuditLine
from core.store.engine import Store
from core.store.tables import AuditEntry

_AUDIT: sa.Table = SQLModel.metadata.tables[str(AuditEntry.__tablename__)]
_PLAIN = ("version", "state_since", "submitted_at", "executed_at", "round")


def audit_of_application(store: Store, actor: Actor, number: str, limit: int = 100) -> tuple[AuditLine, ...]:
    """Every change of an application and its members, newest first, for whoever may see it. Raises NotFound."""
    with store.read() as c:
        found = c.execute(
            sa.select(HANDOVER.c.id, HANDOVER.c.number).where(HANDOVER.c.number == number.strip(), visible(actor))
        ).first()
        if found is None:
            raise unknown(number)
        own = sa.and_(
            _AUDIT.c.table_name == "handover", _AUDIT.c.row_key == str(found.id), _AUDIT.c.field.not_in(_PLAIN)
        )
        members = sa.and_(
            _AUDIT.c.table_name == "handover_member",
            _AUDIT.c.row_key == "*",
            _AUDIT.c.new.endswith(f" {found.number}", autoescape=True),
        )
        return lines_of(c, [sa.or_(own, members)], limit)
