"""a desk's calls stand in their whole order in an index: by class where they stand by class, then by number

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = "state = 'open'"
POOL = f"{OPEN} and assignee_id is null"


def upgrade() -> None:
    op.drop_index("ix_follow_up_desk", "follow_up")
    op.drop_index("ix_follow_up_pool", "follow_up")
    number = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("follow_up", sa.Column("member_number", number, nullable=True))
    op.execute("""
        update follow_up set member_number = known.number, place = known.place
        from (select f.id, m.number, case
                when f.programme not in ('monthly', 'decline', 'introduce') then f.place
                when m.value_class = 'A' then 1 when m.value_class = 'B' then 2 when m.value_class = 'C' then 3
                else 4 end as place
            from follow_up f join member m on m.id = f.member_id where f.state = 'open') known
        where known.id = follow_up.id""")
    _index("ix_follow_up_desk", OPEN, "assignee_id", "programme", "place", "due_on", "member_number")
    _index("ix_follow_up_pool", POOL, "store_id", "programme", "place", "due_on", "member_number")
    _index("ix_follow_up_pools", POOL, "programme", "place", "due_on", "member_number")


def _index(name: str, where: str, *columns: str) -> None:
    op.create_index(name, "follow_up", list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))
