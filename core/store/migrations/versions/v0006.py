"""calls that stand by class keep it with them, so that an index gives them in order

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        update follow_up set place = moved.place
        from (select f.id, case m.value_class when 'A' then 1 when 'B' then 2 when 'C' then 3 else 4 end as place
            from follow_up f join member m on m.id = f.member_id
            where f.state = 'open' and f.programme in ('monthly', 'decline', 'introduce')) moved
        where moved.id = follow_up.id""")
