"""a desk's calls stand in an index as its list shows them, whatever they are for: so the top is read in one pass

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = "state = 'open'"
POOL = f"{OPEN} and assignee_id is null"
POOLS = f"{POOL} and rank >= 0"
RANKS = {
    "callback": 10,
    "problem": 20,
    "introduce": 30,
    "welcome": 40,
    "dormant-recovery": 50,
    "dormant-review": 60,
    "birthday": 70,
    "occasion": 70,
    "monthly": 80,
    "decline": 80,
    "verify": 90,
}
"""As Huifang comes; where a shop has others, its next plan writes them."""


def upgrade() -> None:
    for name in ("ix_follow_up_desk", "ix_follow_up_pool", "ix_follow_up_pools"):
        op.drop_index(name, "follow_up")
    op.add_column("follow_up", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    op.execute("alter table follow_up rename column member_number to order_key")
    ranks = " ".join(f"when '{code}' then {rank}" for code, rank in RANKS.items())
    op.execute(f"""
        update follow_up set rank = case programme {ranks} else 0 end, order_key = known.order_key
        from (select f.id, case m.value_class when 'A' then '1' when 'B' then '2' when 'C' then '3' else '4' end
                || m.number as order_key
            from follow_up f join member m on m.id = f.member_id where f.state = 'open') known
        where known.id = follow_up.id""")
    _index("ix_follow_up_desk", OPEN, "assignee_id", "rank", "place", "due_on", "order_key")
    _index("ix_follow_up_pool", POOL, "store_id", "rank", "place", "due_on", "order_key")
    _index("ix_follow_up_pools", POOLS, "rank", "place", "due_on", "order_key")


def _index(name: str, where: str, *columns: str) -> None:
    op.create_index(name, "follow_up", list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))
