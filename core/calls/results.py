"""What came of a stored call, read back from the record itself: the same the first time and ever after (R5.6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, overload

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.base.errors import NotFound
from core.base.language import N_
from core.calls.consequences import OTHER_NUMBER, WAITS
from core.calls.effects import MARKS, Effect, by_row
from core.calls.views import CallResult
from core.followups.cycles import CALLBACK
from core.followups.tables import FollowUp, State
from core.store.sql import statement

_CALL = statement(
    """select c.outcome, c.callback_at, c.effects, m.number from call c join member m on m.id = c.member_id
        where c.id = :call"""
).columns(callback_at=UTCDateTime())
_PROGRAMMES = sa.text("select id, programme from follow_up where id in :ids").bindparams(
    sa.bindparam("ids", expanding=True)
)
_RAISED = sa.text("select id from raised where call_id = :call and kind <> 'suggestion' order by id")
_TASK = FollowUp.__tablename__


@overload
def result_of(
    connection: Connection, call_id: str, number: str, *, repeated: bool, missing_ok: Literal[False] = False
) -> CallResult: ...
@overload
def result_of(
    connection: Connection, call_id: str, number: str, *, repeated: bool, missing_ok: bool
) -> CallResult | None: ...
def result_of(
    connection: Connection, call_id: str, number: str, *, repeated: bool, missing_ok: bool = False
) -> CallResult | None:
    """The result of a stored call of that member. Raises NotFound, or with `missing_ok` gives None."""
    row = connection.execute(_CALL, {"call": call_id}).first()
    if row is None or row.number != number:
        if missing_ok:
            return None
        raise NotFound("call.unknown", N_("That call isn't stored."))
    effects: list[Effect] = json.loads(row.effects)
    ids = [key for table, key in by_row(effects) if table == FollowUp.__tablename__]
    return result(
        call_id,
        number,
        row.outcome,
        row.callback_at,
        effects,
        programmes=_programmes(connection, ids),
        raised=tuple(connection.execute(_RAISED, {"call": call_id}).scalars()),
        repeated=repeated,
    )


def result(
    call_id: str,
    number: str,
    outcome: str,
    callback_at: datetime | None,
    effects: Sequence[Effect],
    *,
    programmes: Mapping[int, str],
    raised: tuple[int, ...],
    repeated: bool = False,
) -> CallResult:
    """The result that a record's effects add up to; `programmes` are those of the follow-ups changed."""
    changed = by_row(effects)
    states = {
        key: fields["state"][1] for (table, key), fields in changed.items() if table == _TASK and "state" in fields
    }
    waits = [fields["not_before"][1] for fields in changed.values() if "not_before" in fields]
    marks = {effect[2] for effect in effects if effect[0] == MARKS}
    rest = next((fields["rest_until"][1] for fields in changed.values() if "rest_until" in fields), None)
    return CallResult(
        call=call_id,
        number=number,
        outcome=outcome,
        closed=_distinct(programmes[key] for key in states),
        planned=(CALLBACK,) if callback_at is not None else (),
        callback_at=callback_at,
        expired=_distinct(programmes[key] for key, state in states.items() if state == State.EXPIRED),
        retry_at=min((datetime.fromisoformat(moment) for moment in waits if moment), default=None),
        rest_until=datetime.fromisoformat(rest) if rest else None,
        other_number=OTHER_NUMBER in marks,
        waits=WAITS in marks,
        raised=raised,
        repeated=repeated,
    )


def _programmes(connection: Connection, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    return {row.id: row.programme for row in connection.execute(_PROGRAMMES, {"ids": ids})}


def _distinct(programmes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(programmes))
