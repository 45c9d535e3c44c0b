"""Alembic's way in: runs on the connection the store hands it."""

import sqlalchemy as sa
from alembic import context

from core.store.columns import NAMES

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata") or sa.MetaData(naming_convention=NAMES),
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
