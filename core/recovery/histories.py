"""What the ranking is judged and fitted on: every member's purchases, read in one pass of the index (R3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.store.sql import statement

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

AT_ONCE = 50_000

_PURCHASES = statement(
    """select p.member_id,
        count(distinct case when p.amount > 0 and p.day <= :cut then p.day end) as days_cut,
        max(case when p.amount > 0 and p.day <= :cut then p.day end) as last_cut,
        coalesce(sum(case when p.day <= :cut then p.amount end), 0) as spend_cut,
        count(distinct case when p.amount > 0 then p.day end) as days,
        min(case when p.amount > 0 then p.day end) as first,
        max(case when p.amount > 0 then p.day end) as last
    from purchase p where p.day <= :on group by p.member_id order by p.member_id""",
    days=("cut", "on"),
)
"""The model counts days on which something was bought, the sums count refunds as well (R3.1)."""


@dataclass(frozen=True, slots=True)
class Bought:
    """Members who bought until a day, one place each in every array; days as ordinals, sums in fen.

    `*_cut` are as they stood at the end of the day `cut`; `days_cut` is 0 for those who bought first after it.
    """

    cut: date
    on: date
    member: Whole
    days_cut: Whole
    last_cut: Whole
    spend_cut: Whole
    days: Whole
    first: Whole
    last: Whole


def bought_until(connection: Connection, on: date, cut: date) -> Bought:
    """Everybody's purchases until `on`, and as they were on the day `cut`."""
    import numpy as np

    parts: list[Any] = []
    ordinals: dict[object, int] = {None: 0}  # a shop has few different days: each is understood once
    rows = connection.execution_options(stream_results=True).execute(_PURCHASES, {"cut": cut, "on": on})
    for some in rows.partitions(AT_ONCE):
        numbers = [
            (
                row[0],
                row[1],
                _day(row[2], ordinals),
                row[3],
                row[4],
                _day(row[5], ordinals),
                _day(row[6], ordinals),
            )
            for row in some
        ]
        parts.append(np.array(numbers, dtype=np.int64))
    table = np.concatenate(parts) if parts else np.zeros((0, 7), dtype=np.int64)
    member, *columns = table[table[:, 4] > 0].T  # who only brought things back has bought nothing
    return Bought(cut, on, member, *columns)


def _day(value: object, ordinals: dict[object, int]) -> int:
    found = ordinals.get(value)
    if found is None:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
        found = ordinals[value] = day.toordinal()
    return found


def placed(connection: Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> int:
    """Write many rows in pieces; returns how many."""
    count, left = 0, iter(rows)
    while some := list(islice(left, AT_ONCE)):
        connection.execute(sa.insert(table), some)
        count += len(some)
    return count
