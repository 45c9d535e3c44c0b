"""The handover log's rows for an export: one for each member of an application, streamed from SQL (R7.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from core.base.actor import Actor
from core.base.clock import zone
from core.base.language import Catalogue
from core.base.naming import named
from core.base.rulebook import Rulebook
from core.handover.recording import HANDOVER, MEMBERS, visible
from core.handover.wording import KINDS, OUTCOMES, STATES
from core.imports.export_rows import Record, Selection
from core.members.lookup import MEMBER, SHOP, STAFF, within
from core.people.access import Right


def handover_rows(actor: Actor, rulebook: Rulebook, words: Catalogue, *, masked: bool) -> Selection:
    """Applications with their members, oldest first; only members that the actor may export."""
    headings = (
        words.say("application"),
        words.say("day"),
        words.say("kind"),
        words.say("state"),
        words.say("since"),
        words.say("store"),
        words.say("gives"),
        words.say("takes"),
        words.say("member number"),
        words.say("name"),
        words.say("class"),
        words.say("outcome"),
        words.say("reason"),
    )
    giver, taker = STAFF.alias("giver"), STAFF.alias("taker")
    statement = (
        sa.select(HANDOVER.c.number, HANDOVER.c.created_at, HANDOVER.c.kind, HANDOVER.c.state)
        .add_columns(HANDOVER.c.state_since, SHOP.c.code.label("shop"), SHOP.c.time_zone)
        .add_columns(giver.c.code.label("giver"), taker.c.code.label("taker"))
        .add_columns(MEMBER.c.number.label("member"), MEMBER.c.name, MEMBERS.c.value_class)
        .add_columns(MEMBERS.c.outcome, HANDOVER.c.reason)
        .select_from(
            HANDOVER.join(SHOP, SHOP.c.id == HANDOVER.c.store_id)
            .join(giver, giver.c.id == HANDOVER.c.giver_id)
            .join(MEMBERS, MEMBERS.c.handover_id == HANDOVER.c.id)
            .join(taker, taker.c.id == MEMBERS.c.successor_id)
            .join(MEMBER, MEMBER.c.id == MEMBERS.c.member_id)
        )
        .where(visible(actor), within(actor, Right.EXPORT))
        .order_by(HANDOVER.c.created_at, HANDOVER.c.id, MEMBER.c.number)
    )

    def records(rows: Iterable[Row[Any]]) -> Iterator[Record]:
        for row in rows:
            wall = zone(row.time_zone)
            yield (
                row.number,
                row.created_at.astimezone(wall).date(),
                named(KINDS, row.kind, words),
                named(STATES, row.state, words),
                row.state_since.astimezone(wall).date(),
                row.shop,
                row.giver,
                row.taker,
                row.member,
                row.name,
                row.value_class.value if row.value_class else "",
                named(OUTCOMES, row.outcome, words),
                row.reason,
            )

    return Selection(headings, statement, records)
