"""Giving members of an application to other successors, before it is decided (R7.2)."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from core.base.clock import business_day
from core.base.errors import BadInput
from core.base.language import N_
from core.handover.recording import MEMBERS, Application, active_staff
from core.handover.tables import HandoverMember
from core.members.lookup import MEMBER
from core.store.tables import Deed
from core.store.transaction import Transaction

_GIVE = (
    sa.update(MEMBERS)
    .where(MEMBERS.c.handover_id == sa.bindparam("handover"), MEMBERS.c.member_id == sa.bindparam("member"))
    .values(successor_id=sa.bindparam("successor"))
)


def reassigned(tx: Transaction, application: Application, by_hand: Mapping[str, str]) -> int:
    """Store who takes which member, {number: staff code}; returns how many changed. Raises BadInput."""
    if not by_hand:
        raise BadInput("handover.by_hand_empty", N_("Name a member and who takes them."), field="by_hand")
    codes = {row.code: key for key, row in active_staff(tx.connection, business_day(tx.now)).items()}
    for code in by_hand.values():
        if codes.get(code) in (None, application.giver_id):
            raise BadInput(
                "handover.successor",
                N_("{code} can't take members over: name somebody who works here."),
                field="by_hand",
                code=code,
            )
    rows = tx.connection.execute(
        sa.select(MEMBER.c.number, MEMBER.c.id, MEMBERS.c.successor_id)
        .join_from(MEMBERS, MEMBER, MEMBER.c.id == MEMBERS.c.member_id)
        .where(MEMBERS.c.handover_id == application.id)
    )
    there = {row.number: row for row in rows}
    if strangers := [number for number in by_hand if number not in there]:
        raise BadInput(
            "handover.by_hand",
            N_("Member {number} is not in this application: leave them out of the distribution."),
            field="by_hand",
            number=strangers[0],
        )
    changed = [
        {"handover": application.id, "member": there[number].id, "successor": codes[code]}
        for number, code in by_hand.items()
        if there[number].successor_id != codes[code]
    ]
    if changed:
        tx.connection.execute(_GIVE, changed)
        what = f"{len(changed)} members given to other successors in {application.number}"
        tx.note(Deed.BULK, HandoverMember, "*", new=what)
    return len(changed)
