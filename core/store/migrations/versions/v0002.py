"""problems, complaints and suggestions have a state, clocks and steps

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = ("open", "answered", "accepted", "resolved", "declined", "closed", "withdrawn")
ACTS = (
    "take",
    "assign",
    "promise",
    "answer",
    "progress",
    "accept",
    "decline",
    "resolve",
    "tell",
    "close",
    "reopen",
    "escalate",
    "withdraw",
    "undo",
)
KINDS = ("problem", "complaint", "suggestion")
CHANNELS = ("call", "hotline", "shop", "online", "email", "social")
NOT_OVER = "state not in ('closed', 'withdrawn')"
SCORED = "goods is not null or place is not null or service is not null or price is not null"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _remade()
    else:
        _altered()
    for name, columns, where in (
        ("ix_raised_member", ["member_id", "raised_at"], None),
        ("ix_raised_owner", ["owner_id", "kind"], NOT_OVER),
        ("ix_raised_open", ["kind", "store_id"], NOT_OVER),
        ("ix_raised_kind", ["kind", "raised_at"], None),
        ("ix_raised_escalate", ["escalate_at"], "escalate_at is not null"),
    ):
        _index(name, "raised", columns, where)
    _index(
        "ix_call_scored",
        "call",
        ["day", "store_id", "member_id", "goods", "place", "service", "price", "id"],
        SCORED,
    )
    _index("ix_call_reasons", "call", ["day", "store_id", "reasons"], "reasons <> ''")
    _steps()


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _index(name: str, table: str, columns: list[str], where: str | None) -> None:
    partial = {} if where is None else {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    op.create_index(name, table, columns, unique=False, **partial)


def _added(channel: sa.types.TypeEngine, state: sa.types.TypeEngine) -> list[sa.Column]:
    """The new columns; their defaults stand only while the rows that are there already get them."""
    return [
        sa.Column("said_by", TEXT, nullable=False, server_default=""),
        sa.Column("contact", TEXT, nullable=False, server_default=""),
        sa.Column("channel", channel, nullable=False, server_default="call"),
        sa.Column("demand", TEXT, nullable=False, server_default=""),
        sa.Column("evidence", TEXT, nullable=False, server_default=""),
        sa.Column("product", TEXT, nullable=False, server_default=""),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("state", state, nullable=False, server_default="open"),
        sa.Column("round", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("escalated_to", sa.Integer(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("escalate_at", MOMENT, nullable=True),
        sa.Column("answer_due_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("resolve_due_at", MOMENT, nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolution", TEXT, nullable=False, server_default=""),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
    ]


def _altered() -> None:
    """PostgreSQL changes the table in its place."""
    op.drop_constraint(op.f("ck_raised_raised_kind"), "raised", type_="check")
    op.drop_index("ix_raised_member", "raised")
    op.alter_column("raised", "member_id", existing_type=sa.BigInteger(), nullable=True)
    added = _added(sa.String(24), sa.String(24))
    for column in added:
        op.add_column("raised", column)
    op.execute("update raised set state = 'withdrawn' where withdrawn_at is not null")
    for column in added:
        if column.server_default is not None:
            op.alter_column("raised", column.name, server_default=None)
    for name in ("about_id", "escalated_to"):
        op.create_foreign_key(f"fk_raised_{name}", "raised", "staff", [name], ["id"])
    for name, condition in _checks().items():
        op.create_check_constraint(op.f(f"ck_raised_{name}"), "raised", condition)


def _checks() -> dict[str, str]:
    def one_of(column: str, values: tuple[str, ...]) -> str:
        return f"{column} in ({', '.join(repr(value) for value in values)})"

    return {
        "raised_kind": one_of("kind", KINDS),
        "raised_channel": one_of("channel", CHANNELS),
        "raised_state": one_of("state", STATES),
        "complainant": "member_id is not null or said_by <> ''",
        "withdrawn_at": "(state = 'withdrawn') = (withdrawn_at is not null)",
        "closed_at": "(state = 'closed') = (closed_at is not null)",
        "score": "score between 1 and 5",
        "level": "level between 0 and 2",
    }


def _remade() -> None:
    """SQLite can change neither a CHECK nor a column's NOT NULL: the table is made anew and its rows moved."""
    kept = (
        "id, member_id, call_id, kind, category, matter, urgency, owner_id, store_id, promised_on, raised_at, "
        "raised_by, withdrawn_at, version"
    )
    op.execute("drop index ix_raised_member")
    op.execute("alter table raised rename to raised_0001")
    added = _added(_choice("raised_channel", CHANNELS), _choice("raised_state", STATES))
    for column in added:
        column.server_default = None
    op.create_table(
        "raised",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("call_id", TEXT, nullable=True),
        sa.Column("kind", _choice("raised_kind", KINDS), nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("matter", TEXT, nullable=False),
        sa.Column("urgency", _choice("urgency", ("normal", "urgent")), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("raised_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *added,
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_raised_call_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_raised_member_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_raised_owner_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["staff.id"], name=op.f("fk_raised_raised_by")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_raised_store_id")),
        sa.ForeignKeyConstraint(["about_id"], ["staff.id"], name=op.f("fk_raised_about_id")),
        sa.ForeignKeyConstraint(["escalated_to"], ["staff.id"], name=op.f("fk_raised_escalated_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raised")),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_raised_{name}"))
            for name, condition in _checks().items()
            if not name.startswith("raised_")
        ),
    )
    op.execute(
        f"insert into raised ({kept}, said_by, contact, channel, demand, evidence, product, state, round, level, "
        f"resolution) select {kept}, '', '', 'call', '', '', '', "
        "case when withdrawn_at is null then 'open' else 'withdrawn' end, 0, 0, '' from raised_0001"
    )
    op.execute("drop table raised_0001")


def _steps() -> None:
    op.create_table(
        "raised_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("raised_id", BIG, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("act", _choice("raised_act", ACTS), nullable=False),
        sa.Column("state", _choice("raised_step_state", STATES), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_code", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("promised_at", MOMENT, nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("score between 1 and 5", name=op.f("ck_raised_step_score")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_raised_step_by_id")),
        sa.ForeignKeyConstraint(["raised_id"], ["raised.id"], name=op.f("fk_raised_step_raised_id")),
        sa.ForeignKeyConstraint(["to_id"], ["staff.id"], name=op.f("fk_raised_step_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raised_step")),
        sa.UniqueConstraint("raised_id", "place", name=op.f("uq_raised_step_raised_id_place")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"create trigger raised_step_no_{deed} before {deed} on raised_step "
                "begin select raise(abort, 'append-only: raised_step'); end"
            )
        return
    op.execute(
        "create trigger raised_step_append_only before update or delete or truncate on raised_step "
        "for each statement execute function huifang_append_only()"
    )
