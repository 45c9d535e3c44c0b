"""recovery measures, the ranking, the hold-out group, gifts and offers

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("classes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("occasions", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_gift_value")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sa.UniqueConstraint("code", name=op.f("uq_gift_code")),
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("least", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("classes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reasons", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_offer_period")),
        sa.CheckConstraint("value > 0 and least >= 0 and days > 0", name=op.f("ck_offer_numbers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("code", name=op.f("uq_offer_code")),
    )
    op.create_table(
        "ranking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ranked_on", sa.Date(), nullable=False),
        sa.Column("held_days", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("r", sa.Float(), nullable=True),
        sa.Column("alpha", sa.Float(), nullable=True),
        sa.Column("a", sa.Float(), nullable=True),
        sa.Column("b", sa.Float(), nullable=True),
        sa.Column("log_likelihood", sa.Float(), nullable=True),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("auc_expected", sa.Float(), nullable=True),
        sa.Column("auc_spend", sa.Float(), nullable=True),
        sa.Column("auc_recency", sa.Float(), nullable=True),
        sa.Column(
            "chosen",
            sa.Enum(
                "expected",
                "spend",
                "recency",
                name="ranking_chosen",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking")),
    )
    op.create_table(
        "gift_budget",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("month", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("spent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("spent >= 0 and spent <= amount", name=op.f("ck_gift_budget_spent")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_gift_budget_store_id")),
        sa.PrimaryKeyConstraint("store_id", "month", "value_class", name=op.f("pk_gift_budget")),
    )
    op.create_table(
        "gift_stock",
        sa.Column("gift_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_gift_stock_quantity")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_stock_gift_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_gift_stock_store_id")),
        sa.PrimaryKeyConstraint("gift_id", "store_id", name=op.f("pk_gift_stock")),
    )
    op.create_table(
        "coupon",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("month", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "used",
                "withdrawn",
                name="coupon_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("used_with", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'used') = (used_on is not null)", name=op.f("ck_coupon_used_on")),
        sa.ForeignKeyConstraint(["given_by"], ["staff.id"], name=op.f("fk_coupon_given_by")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_coupon_member_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_coupon_offer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_coupon_store_id")),
        sa.ForeignKeyConstraint(["used_by"], ["staff.id"], name=op.f("fk_coupon_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("number", name=op.f("uq_coupon_number")),
        sa.UniqueConstraint(
            "offer_id", "member_id", "reason", "month", name=op.f("uq_coupon_offer_id_member_id_reason_month")
        ),
    )
    with op.batch_alter_table("coupon", schema=None) as batch_op:
        batch_op.create_index("ix_coupon_member", ["member_id", "given_on"], unique=False)
        batch_op.create_index("ix_coupon_store", ["store_id", "given_on"], unique=False)

    op.create_table(
        "held_out",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cycle", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_held_out_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_held_out_store_id")),
        sa.PrimaryKeyConstraint("member_id", "cycle", name=op.f("pk_held_out")),
    )
    with op.batch_alter_table("held_out", schema=None) as batch_op:
        batch_op.create_index("ix_held_out_due", ["due_on", "store_id"], unique=False)

    op.create_table(
        "recovery_place",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("ranked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_recovery_place_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_recovery_place")),
    )
    op.create_table(
        "given",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gift_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("occasion_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reserved",
                "sent",
                "collected",
                "returned",
                name="given_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("collected_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("returned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_given_call_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_given_gift_id")),
        sa.ForeignKeyConstraint(["given_by"], ["staff.id"], name=op.f("fk_given_given_by")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_given_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_given_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given")),
    )
    with op.batch_alter_table("given", schema=None) as batch_op:
        batch_op.create_index("ix_given_member", ["member_id", "given_at"], unique=False)
        batch_op.create_index("ix_given_store", ["store_id", "given_on"], unique=False)
        batch_op.create_index(
            "ix_given_waiting",
            ["store_id", "given_on"],
            unique=False,
            sqlite_where=sa.text("state in ('reserved', 'sent')"),
            postgresql_where=sa.text("state in ('reserved', 'sent')"),
        )
        batch_op.create_index(
            "uq_given_occasion",
            ["member_id", "occasion", "occasion_key"],
            unique=True,
            sqlite_where=sa.text("state <> 'returned'"),
            postgresql_where=sa.text("state <> 'returned'"),
        )

    op.create_table(
        "measure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "call",
                "review",
                "hand",
                name="measure_origin",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("source_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "dropped",
                name="measure_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (closed_at is null)", name=op.f("ck_measure_closed_at")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_measure_call_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_measure_closed_by")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_measure_made_by")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_measure_member_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_measure_owner_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_measure_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint("origin", "source_key", name=op.f("uq_measure_origin_source_key")),
    )
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_call_id"), ["call_id"], unique=False)
        batch_op.create_index("ix_measure_made", ["made_on", "store_id"], unique=False)
        batch_op.create_index("ix_measure_member", ["member_id", "made_on"], unique=False)
        batch_op.create_index(
            "ix_measure_owner",
            ["owner_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_measure_store",
            ["store_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "gift_movement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gift_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "given",
                "returned",
                "counted",
                "lost",
                name="gift_movement_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("given_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("change <> 0", name=op.f("ck_gift_movement_change")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_gift_movement_by_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_movement_gift_id")),
        sa.ForeignKeyConstraint(["given_id"], ["given.id"], name=op.f("fk_gift_movement_given_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_gift_movement_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_movement")),
    )
    with op.batch_alter_table("gift_movement", schema=None) as batch_op:
        batch_op.create_index("ix_gift_movement_stock", ["gift_id", "store_id", "id"], unique=False)

    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(
            "ix_follow_up_away",
            ["programme", "due_on"],
            unique=False,
            sqlite_where=sa.text("programme in ('dormant-review', 'dormant-recovery')"),
            postgresql_where=sa.text("programme in ('dormant-review', 'dormant-recovery')"),
        )
    _forbid_changes("gift_movement")


def _forbid_changes(table: str) -> None:
    """Guard an append-only table against UPDATE and DELETE in both databases."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f'create trigger {table}_no_{deed} before {deed} on "{table}" '
                f"begin select raise(abort, 'append-only: {table}'); end"
            )
        return
    op.execute(
        f'create trigger {table}_append_only before update or delete or truncate on "{table}" '
        "for each statement execute function huifang_append_only()"
    )
