"""a desk's follow-ups are read group by group, and a day's new cycles by what is planned of them

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = "state = 'open'"
AWAY = "programme in ('dormant-review', 'dormant-recovery')"


def upgrade() -> None:
    op.drop_index("ix_follow_up_desk", "follow_up")
    op.drop_index("ix_follow_up_pool", "follow_up")
    _index("ix_follow_up_desk", OPEN, "assignee_id", "programme", "place", "due_on")
    _index("ix_follow_up_pool", f"{OPEN} and assignee_id is null", "store_id", "programme", "place", "due_on")
    _index("ix_follow_up_skipped", f"{OPEN} and skipped_on is not null", "skipped_on", "assignee_id")
    _index("ix_follow_up_cycle", AWAY, "cycle", "programme", "member_id")


def _index(name: str, where: str, *columns: str) -> None:
    op.create_index(name, "follow_up", list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))
