"""Taking the last record back: a correction names it, and what it changed is put as it was (R5.1, R5.5)."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import UTCDateTime, col

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import Conflict, NotFound
from core.base.language import N_
from core.calls.checks import SCORES
from core.calls.drafts import LEFT, keep
from core.calls.effects import TABLES, Effect, by_row, plain, restored, write
from core.calls.facts import Row, member_row
from core.calls.matters import Said, locked, record
from core.calls.tables import Call, RaisedAct, RaisedKind
from core.calls.verdicts import undo_verdicts
from core.calls.views import LastRecord, TakenBack
from core.calls.when import phrase
from core.followups.claims import caller_id, require_free, take
from core.followups.cycles import CALLBACK
from core.followups.tables import FollowUp, State
from core.members.tables import ProfileFix
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import statement
from core.store.transaction import Transaction

WHY = "taken back by the caller"
LOOK_BACK = timedelta(hours=36)

_LAST = statement(
    """select c.id, c.corrects, c.member_id, c.started_at, c.day, c.outcome, m.number, m.name, s.time_zone
        from call c join member m on m.id = c.member_id join store s on s.id = m.store_id
        where c.caller_id = :staff and c.started_at >= :since
        order by c.stored_at desc, c.started_at desc, c.corrects is null limit 1""",
    moments=("since",),
).columns(started_at=UTCDateTime(), day=sa.Date)
_RAISED = sa.text("select id from raised where call_id = :call order by id")
_ABOUT = sa.text("select r.id, s.code from raised r join staff s on s.id = r.about_id where r.call_id = :call")
_STEPS = sa.text("select count(*) from raised_step where raised_id = :raised")


@retried()
def take_back(store: Store, actor: Actor, terminal: str = "", call_id: str = "") -> TakenBack:
    """Undo the actor's last record of today, and hold its member again, the text waiting as a draft (R5.5).

    Stores a correction that names the record; what the call changed goes back to what it was. Profile fields
    confirmed in the call stay. Raises NotFound where there is nothing to take back, and Conflict where
    somebody has gone on from what the call changed, or holds the member, or where the last record is no longer
    `call_id`, the one that the caller was asked about: another terminal of theirs has stored one since.
    """
    staff = caller_id(actor)
    with store.write(actor, why=WHY) as tx:
        last = _last(tx.connection, staff, tx.now)
        if call_id and last.id != call_id:
            raise _another_since(last)
        tx.cause = last.id
        member = member_row(tx, last.number)
        require_free(tx, member["id"])
        call = dict(tx.connection.execute(_record(), {"call": last.id}).mappings().one())
        effects: list[Effect] = json.loads(call["effects"])
        _reverse(tx, effects)
        _withdraw_callback(tx, call)
        undo_verdicts(tx, effects)
        raised = _withdraw_raised(store, tx, call["id"])
        _insert_correction(tx, call)
        take(store, tx, member["id"], last.number, terminal)
        draft, content = str(uuid.uuid4()), _content(call, raised, member["time_zone"])
        keep(tx, staff, member["id"], draft, content, call["started_at"])
        return TakenBack(last.number, member["name"], call["id"], draft, call["outcome"])


def last_record(store: Store, actor: Actor) -> LastRecord:
    """What `take_back` would take back now. Raises NotFound where there is nothing (R5.5)."""
    staff = caller_id(actor)
    with store.read() as connection:
        last = _last(connection, staff, store.clock.now())
    return LastRecord(last.id, last.number, last.name, last.outcome)


def _last(connection: sa.Connection, staff: int, now: datetime) -> sa.Row[Any]:
    last = connection.execute(_LAST, {"staff": staff, "since": now - LOOK_BACK}).first()
    if last is None or last.corrects or last.day != business_day(now, last.time_zone):
        raise NotFound(
            "call.none_to_take_back",
            N_("There is nothing to take back: only your last record of today can be, and only once."),
        )
    return last


def _another_since(last: sa.Row[Any]) -> Conflict:
    return Conflict(
        "call.another_since",
        N_("Not taken back: another terminal of yours stored {name} since. u asks again."),
        name=last.name or last.number,
    )


@lru_cache(maxsize=1)
def _record() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(*Call.__table__.columns).where(col(Call.id) == sa.bindparam("call"))  # type: ignore[attr-defined]


def _reverse(tx: Transaction, effects: list[Effect]) -> None:
    for (name, key), fields in by_row(effects).items():
        table = TABLES[name]
        row = _locked(tx, name, key)
        for field, (_, new) in fields.items():
            if plain(row[field]) != new:
                raise _moved_on(name, field)
        old = {field: restored(table, field, before) for field, (before, _) in fields.items()}
        write(tx, table, row, {field: value for field, value in old.items() if row[field] != value})
    for name, key, field, _, _ in effects:
        if name == ProfileFix.__tablename__ and not field:
            row = _locked(tx, name, key)
            if row["closed_at"] is None:
                write(tx, ProfileFix, row, {"closed_at": tx.now, "closed_by": tx.actor.staff_id})


def _locked(tx: Transaction, name: str, key: Any) -> Row:
    row = tx.connection.execute(_row(name), {"key": key}).mappings().first()
    if row is None:
        raise _moved_on(name, "id")
    return dict(row)


@lru_cache(maxsize=8)
def _row(name: str) -> sa.Select[*tuple[Any, ...]]:
    core: sa.Table = TABLES[name].__table__  # type: ignore[attr-defined]
    return sa.select(core).where(core.c.id == sa.bindparam("key")).with_for_update()


def _moved_on(table: str, field: str) -> Conflict:
    return Conflict(
        "call.moved_on",
        N_(
            "Somebody has gone on from this call ({record}, {field}), so it can't be taken back: "
            "store another call that says what is right."
        ),
        record=table,
        field=field,
    )


def _withdraw_callback(tx: Transaction, call: Row) -> None:
    if call["callback_at"] is None:
        return
    statement = _callback()
    values = {"member": call["member_id"], "call": call["id"]}
    row = tx.connection.execute(statement, values).mappings().first()
    if row is None or row["state"] != State.OPEN or row["attempts"]:
        raise _moved_on("follow_up", "state")
    closing = {"state": State.WITHDRAWN, "closed_at": tx.now, "closed_by": tx.actor.staff_id, "closed_why": WHY}
    write(tx, FollowUp, dict(row), closing)


@lru_cache(maxsize=1)
def _callback() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*FollowUp.__table__.columns)  # type: ignore[attr-defined]
        .where(
            col(FollowUp.member_id) == sa.bindparam("member"),
            col(FollowUp.programme) == CALLBACK,
            col(FollowUp.cycle) == sa.bindparam("call"),
        )
        .with_for_update()
    )


def _withdraw_raised(store: Store, tx: Transaction, call_id: str) -> list[dict[str, Any]]:
    """Withdraw what the call opened, unless somebody has begun to see to it; returned as the draft keeps it."""
    rows = [locked(tx, key) for key in tx.connection.execute(_RAISED, {"call": call_id}).scalars().all()]
    for row in rows:
        if tx.connection.execute(_STEPS, {"raised": row["id"]}).scalar_one() > 1:
            raise _moved_on("raised", "state")
        record(tx, store.rulebook, row, RaisedAct.WITHDRAW, Said(text=WHY))
    about = {row.id: {"about": row.code} for row in tx.connection.execute(_ABOUT, {"call": call_id})}
    names = ("kind", "category", "matter", "urgency", "demand", "evidence", "product")
    return [
        {name: row[name] for name in names if row[name]} | about.get(row["id"], {})
        for row in rows
        if row["kind"] != RaisedKind.SUGGESTION
    ]


def _insert_correction(tx: Transaction, call: Row) -> None:
    """A record without an outcome: it says that the named one does not count."""
    same = ["member_id", "caller_id", "store_id", "dialled", "channel", "started_at", "ended_at", "day"]
    stored: datetime = max(tx.now, call["stored_at"] + timedelta(microseconds=1))
    tx.insert(
        Call,
        id=str(uuid.uuid4()),
        **{name: call[name] for name in same},
        outcome="",
        reached=False,
        reasons="",
        note="",
        promise="",
        answers="{}",
        effects="[]",
        corrects=call["id"],
        correction_why=WHY,
        stored_at=stored,
    )


def _content(call: Row, raised: list[dict[str, Any]], zone_name: str) -> str:
    """What had been typed, as a draft keeps it (see `DraftForm`)."""
    callback_at = call["callback_at"]
    content = {
        "outcome": call["outcome"],
        "reasons": call["reasons"].split(),
        "scores": {name: call[name] for name in SCORES if call[name] is not None},
        "note": call["note"],
        "promise": call["promise"],
        "callback_text": phrase(callback_at, "zh", zone_name) if callback_at else "",
        "callback_at": callback_at.isoformat() if callback_at else "",
        "channel": call["channel"],
        "answers": json.loads(call["answers"]),
        "raised": raised,
        LEFT: False,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
