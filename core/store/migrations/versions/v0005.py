"""whoever may add to the audit trail, but not change it, can seal it

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        return
    schema = bind.exec_driver_sql("select quote_ident(current_schema())").scalar_one()
    # The lock takes the right to change the table; its owner lends it for this one purpose.
    op.execute(
        f"""create function huifang_audit_horizon() returns bigint language plpgsql security definer
        set search_path = {schema}, pg_temp as $$ begin
            lock table audit_entry in share mode;
            return (select coalesce(max(id), 0) from audit_entry);
        end $$"""
    )
    op.execute("revoke execute on function huifang_audit_horizon() from public")
