"""Seeing to problems, complaints and suggestions: taking down, then step by step (R5.7, R9.1-R9.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, Conflict, Refused
from core.base.language import N_
from core.base.text import clean
from core.calls.checks import LONGEST_NOTE, one_raised
from core.calls.forms import RaisedForm
from core.calls.matter_rules import A
from core.calls.matters import Complainant, Said, locked, record, take
from core.calls.tables import Channel, RaisedAct, RaisedKind
from core.calls.when import parse_when
from core.complaints.forms import Deed, IntakeForm
from core.complaints.rules import refusal
from core.complaints.views import MatterSheet, case_of, matter_sheet, person_of, sheet_in
from core.members.lookup import MEMBER, found_row
from core.people.access import Right, require
from core.people.views import named_person, shop_id
from core.store.again import retried
from core.store.engine import Store
from core.store.transaction import Transaction

_NEEDS_WORDS = frozenset({A.ANSWER, A.PROGRESS, A.RESOLVE, A.DECLINE, A.REOPEN, A.WITHDRAW, A.TELL})


@retried()
def take_down(store: Store, actor: Actor, form: IntakeForm) -> MatterSheet:
    """Take a problem or complaint down, from any channel, of a member or of somebody unknown (R9.1).

    Raises BadInput naming the field, NotFound for an unknown member, store or staff code, NotAllowed.
    """
    require(actor, Right.TAKE_MATTER)
    what = _checked(form.what)
    channel = _channel(form.channel)
    said_by, contact = clean(form.said_by)[:120], clean(form.contact)[:120]
    with store.write(actor) as tx:
        who = _complainant(tx, actor, form, said_by, contact)
        key = take(tx, store.rulebook, who, what, channel=channel)
        return _own_sheet(tx, actor, key)


def _checked(what: RaisedForm) -> RaisedForm:
    if what.kind != RaisedKind.SUGGESTION:
        return one_raised(what)
    return replace(one_raised(replace(what, kind="problem")), kind="suggestion")


def _channel(code: str) -> Channel:
    try:
        return Channel(code)
    except ValueError as error:
        raise BadInput(
            "matter.channel",
            N_("The channel is one of {channels}."),
            field="channel",
            channels=", ".join(Channel),
        ) from error


def _complainant(tx: Transaction, actor: Actor, form: IntakeForm, said_by: str, contact: str) -> Complainant:
    number = clean(form.number)
    if number:
        columns = [MEMBER.c.id, MEMBER.c.owner_id, MEMBER.c.store_id]
        row = found_row(tx.connection, actor, number, Right.SEE_MEMBER, columns)
        return Complainant(row["store_id"], row["id"], row["owner_id"], "", contact)
    if not said_by:
        raise BadInput(
            "matter.complainant",
            N_("Who says it? Name a member, or note the name and the number of who it was."),
            field="said_by",
        )
    if form.store:
        return Complainant(shop_id(tx.connection, form.store), None, None, said_by, contact)
    if actor.store_id is None:
        raise BadInput("matter.store", N_("Which store is it about? Name it with --store CODE."), field="store")
    return Complainant(actor.store_id, None, None, said_by, contact)


@retried()
def act_on(store: Store, actor: Actor, key: int, act: RaisedAct, deed: Deed | None = None) -> MatterSheet:
    """Take one step; returns the sheet after it.

    Raises Refused with the reason where the actor may not, BadInput for what the step lacks, Conflict where
    somebody has acted since the sheet of that version, NotFound for one the actor may not see.
    """
    deed = deed or Deed()
    said = _said(store, act, deed)
    matter_sheet(store, actor, key)  # nobody acts on what they may not see
    with store.write(actor, why=said.text) as tx:
        row = locked(tx, key)
        if deed.version is not None and row["version"] != deed.version:
            raise Conflict("matter.changed", N_("Somebody has acted on it meanwhile: look at it again."))
        judged = said.score is not None
        refused = refusal(case_of(row), act, person_of(actor), judged=judged)
        if refused is not None:
            raise refused
        if act is A.ASSIGN:
            said = replace(said, to_id=_taker(tx, row, deed.to))
        _demand_word(act, row, said)
        record(tx, store.rulebook, row, act, said)
        return _own_sheet(tx, actor, key)


def _own_sheet(tx: Transaction, actor: Actor, key: int) -> MatterSheet:
    """The sheet for who has just acted, also where it went out of their sight with that."""
    try:
        return sheet_in(tx.connection, actor, key, tx.now)
    except Refused:
        from core.base.actor import SHELL

        sheet = sheet_in(tx.connection, SHELL, key, tx.now)
        return replace(sheet, acts=(), refusals={})


def _said(store: Store, act: RaisedAct, deed: Deed) -> Said:
    text = clean(deed.text, lines=True)
    if len(text) > LONGEST_NOTE:
        raise BadInput(
            "matter.long", N_("Say it in fewer than {most} characters."), field="text", most=LONGEST_NOTE
        )
    if act in _NEEDS_WORDS and not text:
        raise BadInput("matter.words", N_("Say in a few words what was done, or what was said."), field="text")
    if deed.score is not None and not 1 <= deed.score <= 5:
        raise BadInput("matter.score", N_("A score is a number from 1 to 5."), field="score")
    promised_at = deed.promised_at or _moment(store, deed.promised)
    if act is A.PROMISE and promised_at is None:
        raise BadInput(
            "matter.promise",
            N_("By when? Write for example tomorrow 3pm, next wed 10:00 or +2h."),
            field="promised",
        )
    if promised_at is not None and promised_at <= store.clock.now():
        raise BadInput("matter.past", N_("A promise is for later: that time is past."), field="promised")
    told = deed.told or act in (A.ANSWER, A.TELL)
    score = deed.score if act is A.CLOSE else None
    return Said(text=text, promised_at=promised_at, told=told, score=score)


def _moment(store: Store, typed: str) -> datetime | None:
    if not typed.strip():
        return None
    return parse_when(typed, store.clock.now(), open_hours=store.policy.calls.open_hours).moment


def _demand_word(act: RaisedAct, row: dict[str, Any], said: Said) -> None:
    if act is A.CLOSE and said.score is None and not said.text:
        raise BadInput(
            "matter.close",
            N_("Give the member's score from 1 to 5, or say why it is closed without one."),
            field="score",
        )


def _taker(tx: Transaction, row: dict[str, Any], code: str) -> int:
    if not code.strip():
        raise BadInput("matter.taker", N_("Who gets it? Name a staff code."), field="to")
    found = named_person(tx.connection, code)
    if found.left_on is not None and found.left_on <= business_day(tx.now, found.time_zone):
        raise BadInput(
            "matter.taker_left",
            N_("{name} no longer works here: name somebody else."),
            field="to",
            name=found.name,
        )
    if found.id == row["about_id"]:
        raise BadInput(
            "matter.taker_about", N_("It is about {name}: name somebody else."), field="to", name=found.name
        )
    return found.id
