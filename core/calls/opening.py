"""Opening a member for a call, and dialling: the claim, then everything the screen needs in a few queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import Conflict, NotFound
from core.base.language import N_
from core.base.phones import tel_link
from core.base.rulebook import Rulebook
from core.base.text import clean
from core.calls.drafts import draft_of
from core.calls.facts import Row, due_rows, member_row, open_rows
from core.calls.records import open_raised, past_calls, recent_events
from core.calls.rules import is_due
from core.calls.scripts import Person, merged_script, ranked
from core.calls.tables import RaisedKind
from core.calls.views import CallSheet, DialLine, DuePurpose, OpenRaised, ScriptStep
from core.followups.claims import Claimed, claim, holder_in
from core.followups.cycles import CALLBACK, MONTHLY
from core.members.gate import GateAnswer, GateFacts, decide
from core.members.upkeep import note_reveal
from core.members.views import MemberCard, PhoneLine, contacts_of, read_card
from core.people.access import Right
from core.store.again import retried
from core.store.engine import Store

RECENT = 5


def open_call(store: Store, actor: Actor, number: str, terminal: str) -> CallSheet:
    """Hold a member and give all that the call screen shows; the numbers stay masked until `dial` (R5.9).

    Raises NotFound, NotAllowed, and Conflict "claim.held" naming who holds the member since when (R4.11).
    """
    claimed = claim(store, actor, number, terminal)
    with store.read() as connection:
        return _sheet(store, connection, actor, claimed)


@retried()
def dial(
    store: Store, actor: Actor, number: str, *, phone_id: int | None = None, call_id: str = "", why: str = ""
) -> DialLine:
    """Reveal the number to dial, by default the first usable one, and what the script verifies (R5.9).

    E-mail, WeChat and address come with it, since the call confirms them; the reveal is on record.
    `why` is the typed reason where the contact gate was overridden (R4.8). Raises NotFound for a number that is
    gone or marked bad, and Conflict where the actor does not hold the member.
    """
    with store.write(actor, why=clean(why), cause=call_id) as tx:
        member = member_row(tx, number, Right.REVEAL_PHONE)
        holder = holder_in(tx, member["id"])
        if holder is None or holder[0] != actor.staff_id:
            raise Conflict(
                "dial.unheld", N_("You don't hold this member any more: open the call again, then dial.")
            )
        found = contacts_of(tx.connection, member["id"])
        chosen = [line for line in found.phones if line.dialable and phone_id in (None, line.id)]
        if not chosen:
            raise NotFound("dial.none", N_("There is no number that can be dialled: put the profile right first."))
        note_reveal(tx, member["id"], ["phone", *found.written])
        return replace(_dial_line(chosen[0]), written=found.written)


def _dial_line(line: PhoneLine) -> DialLine:
    revealed = line.e164 is not None
    shown = f"{line.shown} - {line.extension}" if line.extension and revealed else line.shown
    return DialLine(
        phone_id=line.id,
        masked=line.masked,
        kind=line.kind.value,
        bad_reason=line.bad_reason,
        usable=line.dialable,
        shown=shown if revealed else "",
        link=tel_link(line.e164, line.extension) if line.e164 is not None else "",
    )


def _sheet(store: Store, connection: Connection, actor: Actor, claimed: Claimed) -> CallSheet:
    now, rulebook = store.clock.now(), store.rulebook
    card = read_card(connection, actor, claimed.number, business_day(now), store.policy)
    today = business_day(now, card.time_zone)
    rows = open_rows(connection, card.id)
    due = due_rows(rows, now, today, rulebook, card.rest_until)
    at_desk = [
        row
        for row in rows
        if row["programme"] in rulebook.desk_programmes
        and is_due(row["due_on"], row["due_at"], row["closes_on"], now, today, store.policy)
    ]
    calls = past_calls(connection, card.id, RECENT)
    raised = open_raised(connection, card.id)
    draft = draft_of(connection, actor.staff_id or 0, card.id)
    return CallSheet(
        call_id=draft.call_id if draft else str(uuid.uuid4()),
        number=card.number,
        member=card,
        purposes=_purposes(rows, [*due, *at_desk], rulebook),
        steps=_steps(card, actor, due, raised, rulebook, now),
        asks_reasons=any(rulebook.programmes[r["programme"]].reasons for r in due if _known(r, rulebook)),
        desk_only=bool(at_desk) and not due,
        gate=_gate(card, due, rulebook, now),
        phones=tuple(_dial_line(line) for line in card.phones),
        recent=recent_events(connection, card.id, calls, partial(business_day, zone_name=card.time_zone), RECENT),
        last_call=calls[0] if calls else None,
        raised=raised,
        draft=draft,
        tries=max((row["attempts"] for row in due), default=0) + 1,
        zone=card.time_zone,
        on=today,
        opened_at=now,
        claimed_at=claimed.claimed_at,
        expires_at=claimed.expires_at,
    )


def _known(row: Row, rulebook: Rulebook) -> bool:
    return row["programme"] in rulebook.programmes


def _purposes(rows: Sequence[Row], due: Sequence[Row], rulebook: Rulebook) -> tuple[DuePurpose, ...]:
    """The open follow-ups, due ones first, in the order of the worklist's groups."""
    ids = {row["id"] for row in due}
    order = {code: place for place, code in enumerate(ranked([row["programme"] for row in rows], rulebook))}
    listed = sorted(rows, key=lambda r: (r["id"] not in ids, order[r["programme"]], r["due_on"], r["id"]))
    return tuple(purpose_of(row, due=row["id"] in ids) for row in listed)


def purpose_of(row: Row, *, due: bool) -> DuePurpose:
    """A follow-up as the sheets show it."""
    names = "programme cycle due_on due_at closes_on attempts skips promise not_before source"
    return DuePurpose(follow_up_id=row["id"], due=due, **{name: row[name] for name in names.split()})


def _steps(
    card: MemberCard,
    actor: Actor,
    due: Sequence[Row],
    raised: Sequence[OpenRaised],
    rulebook: Rulebook,
    now: datetime,
) -> tuple[ScriptStep, ...]:
    """The merged script; a callback's has the steps of what it came from as well."""
    programmes = [row["programme"] for row in due]
    for row in due:
        programmes += row["source"].split() if row["programme"] == CALLBACK else []
    callbacks = (row["promise"] for row in due if row["promise"])
    complaint = next((entry.matter for entry in raised if entry.kind == RaisedKind.COMPLAINT), "")
    person = Person(
        name=card.name,
        gender=card.gender,
        store=card.store_name,
        caller=actor.name,
        last_purchase_on=card.last_purchase_on,
        promise=next(callbacks, card.last_promise),
        on=business_day(now, card.time_zone),
        complaint=complaint,
    )
    return merged_script(programmes or [MONTHLY], rulebook, person, complaint_open=bool(complaint))


def _gate(card: MemberCard, due: Sequence[Row], rulebook: Rulebook, now: datetime) -> GateAnswer:
    care = all(row["programme"] in rulebook.care_programmes for row in due)
    facts = GateFacts(
        status=card.status,
        consent=card.consent_call,
        address=card.dialable,
        care=care,
        rest_until=card.rest_until,
        rest_reason=card.rest_reason,
        zone=card.time_zone,
    )
    return decide(facts, now.astimezone(UTC), rulebook.policy.contact)
