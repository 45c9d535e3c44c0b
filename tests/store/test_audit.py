"""The audit trail is written by the transaction itself, and nothing in it can be changed."""

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.errors import Conflict, StoreTrouble
from core.people.tables import Store as Shop
from core.store.engine import Store
from core.store.tables import AuditEntry


def entries(store: Store) -> list[tuple[str, str, str, str | None, str | None, str]]:
    """(deed, table, field, old, new, why) of every entry, oldest first."""
    columns = AuditEntry.__table__.c
    with store.read() as c:
        rows = c.execute(
            sa.select(
                columns.deed, columns.table_name, columns.field, columns.old, columns.new, columns.why
            ).order_by(columns.id)
        )
        return [(row.deed.value, *row[1:]) for row in rows]


def test_core_and_orm_changes_are_recorded_alike(store: Store) -> None:
    with store.write(SHELL, why="new shop") as tx:
        key = tx.insert(Shop, code="S1", name="one")
        tx.update(Shop, key, {"name": "two", "city": ""})
        shop = tx.session.get(Shop, key)
        assert shop is not None
        shop.city = "Suzhou"
        tx.session.add(Shop(code="S2", name="other"))
    found = entries(store)
    assert ("update", "store", "name", "one", "two", "new shop") in found
    assert ("update", "store", "city", "", "Suzhou", "new shop") in found
    assert [entry[0] for entry in found].count("insert") == 2


def test_an_undone_transaction_leaves_no_entry(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write(SHELL) as tx:
        tx.insert(Shop, code="S1", name="one")
        raise RuntimeError("stop")
    assert entries(store) == []


@pytest.mark.parametrize("deed", ["update audit_entry set why = 'x'", "delete from audit_entry"])
def test_the_trail_cannot_be_changed(store: Store, deed: str) -> None:
    with store.write(SHELL) as tx:
        tx.insert(Shop, code="S1", name="one")
    before = entries(store)
    with pytest.raises(StoreTrouble, match="kept as it was written"), store.write(SHELL) as tx:
        tx.connection.execute(sa.text(deed))
    assert entries(store) == before


def test_a_stale_version_is_a_conflict(store: Store) -> None:
    with store.write(SHELL) as tx:
        key = tx.insert(Shop, code="S1", name="one")
    with store.write(SHELL) as tx:
        tx.update(Shop, key, {"name": "two"}, version=1)
    with pytest.raises(Conflict), store.write(SHELL) as tx:
        tx.update(Shop, key, {"name": "three"}, version=1)
