"""the first store

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "deed",
            sa.Enum(
                "insert",
                "update",
                "delete",
                "bulk",
                "read",
                name="deed",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("table_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("row_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("old", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("new", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_audit_entry_read",
            ["at"],
            unique=False,
            sqlite_where=sa.text("deed = 'read'"),
            postgresql_where=sa.text("deed = 'read'"),
        )
        batch_op.create_index("ix_audit_entry_row", ["table_name", "row_key", "id"], unique=False)

    op.create_table(
        "class_cut",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cut_on", sa.Date(), nullable=False),
        sa.Column("regular", sa.Integer(), nullable=False),
        sa.Column("count_a", sa.Integer(), nullable=False),
        sa.Column("count_b", sa.Integer(), nullable=False),
        sa.Column("count_c", sa.Integer(), nullable=False),
        sa.Column("amount_a", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_b", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_cut")),
        sa.UniqueConstraint("month", name=op.f("uq_class_cut_month")),
    )
    op.create_table(
        "plan_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("counts", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_run")),
    )
    with op.batch_alter_table("plan_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_run_day"), ["day"], unique=False)

    op.create_table(
        "seal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sealed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("table_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("column_names", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rows_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("previous", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("works_weekends", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("code", name=op.f("uq_store_code")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_calendar_day_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("store_id", "day", name=op.f("uq_calendar_day_store_id_day")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "caller",
                "assistant",
                "store_manager",
                "manager",
                "service_desk",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("daily_target", sa.Integer(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_staff_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("code", name=op.f("uq_staff_code")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_store_id"), ["store_id"], unique=False)

    op.create_table(
        "cover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("away_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("away_id <> substitute_id", name=op.f("ck_cover_people")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_cover_days")),
        sa.ForeignKeyConstraint(["away_id"], ["staff.id"], name=op.f("fk_cover_away_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_cover_made_by")),
        sa.ForeignKeyConstraint(["substitute_id"], ["staff.id"], name=op.f("fk_cover_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    with op.batch_alter_table("cover", schema=None) as batch_op:
        batch_op.create_index("ix_cover_away", ["away_id", "until_on"], unique=False)
        batch_op.create_index("ix_cover_substitute", ["substitute_id", "until_on"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "members",
                "leaving",
                "moving",
                name="handover_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=True),
        sa.Column("applicant_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("to_store_id", sa.Integer(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "reviewed",
                "approved",
                "executed",
                "filed",
                "refused",
                "withdrawn",
                name="handover_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("override", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("submitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("executed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["applicant_id"], ["staff.id"], name=op.f("fk_handover_applicant_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["staff.id"], name=op.f("fk_handover_giver_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_handover_store_id")),
        sa.ForeignKeyConstraint(["to_store_id"], ["store.id"], name=op.f("fk_handover_to_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_handover_number")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index("ix_handover_created", ["created_at"], unique=False)
        batch_op.create_index("ix_handover_giver", ["giver_id", "state"], unique=False)
        batch_op.create_index("ix_handover_state", ["state", "store_id"], unique=False)

    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "frozen",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column(
            "value_class",
            sa.Enum("A", "B", "C", name="value_class", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("consent_call", sa.Boolean(), nullable=False),
        sa.Column("dialable", sa.Boolean(), nullable=False),
        sa.Column("social_reach", sa.Boolean(), nullable=False),
        sa.Column("rest_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("first_purchase_on", sa.Date(), nullable=True),
        sa.Column("last_purchase_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("last_reached_on", sa.Date(), nullable=True),
        sa.Column("purchase_count", sa.Integer(), nullable=False),
        sa.Column("amount_total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("completeness", sa.Integer(), nullable=False),
        sa.Column("rest_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_promise", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("best_time", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_call_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("birth_month", sa.Integer(), nullable=True),
        sa.Column("birth_day", sa.Integer(), nullable=True),
        sa.Column("birth_calendar", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wechat", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("age_band", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("occupation", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("referrer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("card_number", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("preferences", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body_size", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("personality", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("interests", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("anniversaries", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("consent_sms", sa.Boolean(), nullable=False),
        sa.Column("consent_email", sa.Boolean(), nullable=False),
        sa.Column("evaluation", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("birth_calendar in ('solar', 'lunar')", name=op.f("ck_member_birth_calendar")),
        sa.CheckConstraint("birth_day between 1 and 31", name=op.f("ck_member_birth_day")),
        sa.CheckConstraint("birth_month between 1 and 12", name=op.f("ck_member_birth_month")),
        sa.CheckConstraint("completeness between 0 and 100", name=op.f("ck_member_completeness")),
        sa.CheckConstraint("purchase_count >= 0", name=op.f("ck_member_purchase_count")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_member_owner_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_member_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("number", name=op.f("uq_member_number")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_card_number"), ["card_number"], unique=False)
        batch_op.create_index("ix_member_joined", ["joined_on", "first_purchase_on"], unique=False)
        batch_op.create_index("ix_member_owner", ["owner_id", "number"], unique=False)
        batch_op.create_index("ix_member_status_last", ["status", "last_on"], unique=False)
        batch_op.create_index("ix_member_store", ["store_id", "number"], unique=False)

    op.create_table(
        "staff_login",
        sa.Column("login", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("tied_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_login_staff_id")),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_staff_login")),
    )
    with op.batch_alter_table("staff_login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_login_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "staff_secret",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("set_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_staff_secret_failures")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_secret_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_secret")),
    )
    op.create_table(
        "call",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("dialled", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("reasons", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("goods", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("service", sa.Integer(), nullable=True),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("promise", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("callback_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answers", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("effects", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("corrects", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("correction_why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stored_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("goods between 1 and 5", name=op.f("ck_call_goods")),
        sa.CheckConstraint("place between 1 and 5", name=op.f("ck_call_place")),
        sa.CheckConstraint("price between 1 and 5", name=op.f("ck_call_price")),
        sa.CheckConstraint("service between 1 and 5", name=op.f("ck_call_service")),
        sa.ForeignKeyConstraint(["caller_id"], ["staff.id"], name=op.f("fk_call_caller_id")),
        sa.ForeignKeyConstraint(["corrects"], ["call.id"], name=op.f("fk_call_corrects")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_call_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_call_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("corrects", name=op.f("uq_call_corrects")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index("ix_call_caller", ["caller_id", "started_at"], unique=False)
        batch_op.create_index("ix_call_member", ["member_id", "started_at"], unique=False)

    op.create_table(
        "claim",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("terminal", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("claimed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_claim_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_claim_staff_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("saved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_draft_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_draft_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "member_id", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_member_id"), ["member_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cycle", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "covered",
                "expired",
                "returned",
                "withdrawn",
                name="follow_up_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_parts", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("not_before", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("skips", sa.Integer(), nullable=False),
        sa.Column("skipped_on", sa.Date(), nullable=True),
        sa.Column("promise", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (closed_at is null)", name=op.f("ck_follow_up_closed_at")),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name=op.f("fk_follow_up_assignee_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_follow_up_closed_by")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_follow_up_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_follow_up_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint(
            "member_id", "programme", "cycle", name=op.f("uq_follow_up_member_id_programme_cycle")
        ),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(
            "ix_follow_up_closes",
            ["closes_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_follow_up_desk",
            ["assignee_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_follow_up_month",
            ["cycle", "store_id", "assignee_id", "state"],
            unique=False,
            sqlite_where=sa.text("programme = 'monthly'"),
            postgresql_where=sa.text("programme = 'monthly'"),
        )
        batch_op.create_index(
            "ix_follow_up_pool",
            ["store_id", "assignee_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open' and assignee_id is null"),
            postgresql_where=sa.text("state = 'open' and assignee_id is null"),
        )
        batch_op.create_index(
            "ix_follow_up_promised",
            ["store_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open' and due_at is not null"),
            postgresql_where=sa.text("state = 'open' and due_at is not null"),
        )
        batch_op.create_index(
            "ix_follow_up_store",
            ["store_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "handover_member",
        sa.Column("handover_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column(
            "value_class",
            sa.Enum("A", "B", "C", name="value_class", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("last_promise", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "pending",
                "moved",
                "owner_changed",
                "cancelled",
                "elsewhere",
                "limit",
                name="member_outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_handover_member_handover_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_handover_member_member_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_handover_member_owner_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["staff.id"], name=op.f("fk_handover_member_successor_id")),
        sa.PrimaryKeyConstraint("handover_id", "member_id", name=op.f("pk_handover_member")),
    )
    with op.batch_alter_table("handover_member", schema=None) as batch_op:
        batch_op.create_index("ix_handover_member_member", ["member_id"], unique=False)

    op.create_table(
        "handover_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handover_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "draft",
                "submit",
                "adjust",
                "review",
                "approve",
                "execute",
                "file",
                "refuse",
                "withdraw",
                name="handover_act",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "reviewed",
                "approved",
                "executed",
                "filed",
                "refused",
                "withdrawn",
                name="handover_step_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("comment", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_handover_step_by_id")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_handover_step_handover_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_step")),
        sa.UniqueConstraint("handover_id", "place", name=op.f("uq_handover_step_handover_id_place")),
    )
    op.create_table(
        "member_name_key",
        sa.Column("key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_name_key_member_id")),
        sa.PrimaryKeyConstraint("key", "member_id", name=op.f("pk_member_name_key")),
    )
    with op.batch_alter_table("member_name_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_name_key_member_id"), ["member_id"], unique=False)

    op.create_table(
        "member_phone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("typed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("e164", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("extension", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mobile",
                "fixed",
                "other",
                "unknown",
                name="phone_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("last4", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("bad_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bad_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_phone_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_phone")),
        sa.UniqueConstraint("member_id", "typed", name=op.f("uq_member_phone_member_id_typed")),
    )
    with op.batch_alter_table("member_phone", schema=None) as batch_op:
        batch_op.create_index("ix_member_phone_e164", ["e164"], unique=False)
        batch_op.create_index("ix_member_phone_last4", ["last4", "member_id"], unique=False)

    op.create_table(
        "profile_fix",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("typed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_profile_fix_closed_by")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_profile_fix_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_fix")),
    )
    with op.batch_alter_table("profile_fix", schema=None) as batch_op:
        batch_op.create_index(
            "uq_profile_fix_open",
            ["member_id", "field"],
            unique=True,
            sqlite_where=sa.text("closed_at is null"),
            postgresql_where=sa.text("closed_at is null"),
        )

    op.create_table(
        "profile_view",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_profile_view_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_profile_view_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "day", "member_id", name=op.f("pk_profile_view")),
    )
    with op.batch_alter_table("profile_view", schema=None) as batch_op:
        batch_op.create_index("ix_profile_view_day", ["day", "staff_id"], unique=False)

    op.create_table(
        "purchase",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column(
            "order_number", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bought_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("items", sa.Integer(), nullable=True),
        sa.Column("goods", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payment", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("occasion", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_purchase_member_id")),
        sa.ForeignKeyConstraint(["received_by"], ["staff.id"], name=op.f("fk_purchase_received_by")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_purchase_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase")),
        sa.UniqueConstraint("store_id", "order_number", name=op.f("uq_purchase_store_id_order_number")),
    )
    with op.batch_alter_table("purchase", schema=None) as batch_op:
        batch_op.create_index("ix_purchase_day", ["day", "member_id"], unique=False)
        batch_op.create_index("ix_purchase_member_day", ["member_id", "day", "amount"], unique=False)

    op.create_table(
        "call_purpose",
        sa.Column("call_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("follow_up_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_purpose_call_id")),
        sa.ForeignKeyConstraint(["follow_up_id"], ["follow_up.id"], name=op.f("fk_call_purpose_follow_up_id")),
        sa.PrimaryKeyConstraint("call_id", "follow_up_id", name=op.f("pk_call_purpose")),
    )
    with op.batch_alter_table("call_purpose", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_purpose_follow_up_id"), ["follow_up_id"], unique=False)

    op.create_table(
        "raised",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "problem", "complaint", name="raised_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("matter", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "urgency",
            sa.Enum("normal", "urgent", name="urgency", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("raised_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("raised_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_raised_call_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_raised_member_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_raised_owner_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["staff.id"], name=op.f("fk_raised_raised_by")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_raised_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raised")),
    )
    with op.batch_alter_table("raised", schema=None) as batch_op:
        batch_op.create_index("ix_raised_member", ["member_id", "raised_at"], unique=False)
    for table in APPEND_ONLY:
        _forbid_changes(table)


APPEND_ONLY = ("audit_entry", "call", "call_purpose", "handover_step", "seal")


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
        "create or replace function huifang_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'append-only: %', tg_table_name; end $$"
    )
    op.execute(
        f'create trigger {table}_append_only before update or delete or truncate on "{table}" '
        "for each statement execute function huifang_append_only()"
    )
