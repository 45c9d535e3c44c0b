"""What is done to a handover: apply, review, approve, refuse, withdraw, execute, file (R7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.errors import BadInput
from core.base.language import N_
from core.base.text import clean
from core.handover.applying import Prepared, prepared
from core.handover.distribution import reassigned
from core.handover.execution import carry_out
from core.handover.forms import HandoverForm
from core.handover.log import sheet_in
from core.handover.recording import HANDOVER as TABLE
from core.handover.recording import (
    MEMBERS,
    Application,
    application_of,
    demand,
    locked,
    next_number,
    step,
)
from core.handover.rules import CHANGEABLE
from core.handover.tables import Act, Handover, HandoverMember, HandoverState, MemberOutcome
from core.handover.views import HandoverSheet
from core.people.access import Right, reach
from core.store.again import retried
from core.store.engine import Store
from core.store.transaction import Transaction


@retried()
def submit(
    store: Store,
    actor: Actor,
    form: HandoverForm | None = None,
    *,
    number: str = "",
    version: int | None = None,
    draft: bool = False,
) -> HandoverSheet:
    """Apply for a handover, or with `number` submit a draft or a refused one again, changed where `form` is given.

    With `draft` it is kept without being submitted. Raises BadInput naming the field, NotFound, NotAllowed,
    Refused where it is not the actor's or not changeable, and Conflict where it is not at `version` any more.
    """
    reach(actor, Right.APPLY_HANDOVER)
    if form is None and not number:
        raise BadInput("handover.form", N_("Say who hands over which members to whom."), field="giver")
    with store.write(actor, why=clean(form.reason) if form else "") as tx:
        application = locked(tx, number, version) if number else None
        if application is not None:
            demand(application, Act.SUBMIT, actor)
        if form is not None:
            ready = prepared(store, tx.connection, actor, form, draft=draft)
            application = _kept(store, tx, application, ready)
        assert application is not None
        if draft:
            application = step(tx, application, Act.DRAFT, HandoverState.DRAFT)
        else:
            application = _submitted(tx, application)
        return sheet_in(store, tx.connection, actor, application.number)


def _kept(store: Store, tx: Transaction, application: Application | None, ready: Prepared) -> Application:
    """The form's content stored, in a new application or in place of the old content."""
    values: dict[str, Any] = {
        "kind": ready.kind,
        "giver_id": ready.giver_id,
        "store_id": ready.store_id,
        "to_store_id": ready.to_store_id,
        "reason": ready.reason,
    }
    if application is None:
        number = next_number(store, tx)
        who = {"applicant_id": tx.actor.staff_id, "applicant_code": tx.actor.code}
        when = {"created_at": tx.now, "state_since": tx.now}
        tx.insert(Handover, number=number, state=HandoverState.DRAFT, **values, **who, **when)
        application = _read(tx, number)
    else:
        tx.update(Handover, application.id, {**values, "version": application.version + 1})
        tx.bulk(
            sa.delete(MEMBERS).where(MEMBERS.c.handover_id == application.id),
            table=HandoverMember,
            what=f"members taken out of {application.number}",
        )
        application = _read(tx, application.number)
    rows = [
        {
            "handover_id": application.id,
            "member_id": one.id,
            "successor_id": one.successor_id,
            "value_class": one.value_class or None,
            "owner_id": ready.giver_id,
            "last_promise": one.last_promise,
            "outcome": MemberOutcome.PENDING,
        }
        for one in ready.members
    ]
    tx.insert_many(HandoverMember, rows, what=f"members in {application.number}")
    return application


def _read(tx: Transaction, number: str) -> Application:
    row = tx.connection.execute(sa.select(TABLE).where(TABLE.c.number == number)).mappings().one()
    return application_of(tx.connection, dict(row), tx.now)


def _submitted(tx: Transaction, application: Application) -> Application:
    """A new round; what the members were is taken down again, since a draft may be old."""
    if not application.reason:
        raise BadInput("handover.reason", N_("Say why the members change hands."), field="reason")
    tx.connection.execute(_AS_NOW, {"handover": application.id})
    rounds: dict[str, Any] = {"round": application.round + 1, "submitted_at": tx.now}
    shares = {f"to {code}": count for code, count in tx.connection.execute(_SHARES, {"handover": application.id})}
    return step(tx, application, Act.SUBMIT, HandoverState.SUBMITTED, application.reason, shares, **rounds)


_SHARES = sa.text(
    """select s.code, count(*) from handover_member hm join staff s on s.id = hm.successor_id
    where hm.handover_id = :handover group by s.code order by s.code"""
)


_AS_NOW = sa.text(
    """update handover_member set value_class = m.value_class, owner_id = m.owner_id, last_promise = m.last_promise
    from member m where m.id = handover_member.member_id and handover_member.handover_id = :handover"""
)


@retried()
def adjust(
    store: Store,
    actor: Actor,
    number: str,
    by_hand: Mapping[str, str],
    *,
    comment: str = "",
    version: int | None = None,
) -> HandoverSheet:
    """Give members of an application to other successors: {member number: staff code}.

    The applicant may while it is a draft or refused, the reviewer while it waits for the review.
    Raises BadInput for a member who is not in it or somebody who can't take members, and Refused.
    """
    with store.write(actor, why=clean(comment)) as tx:
        application = locked(tx, number, version)
        act = Act.SUBMIT if application.state in CHANGEABLE else Act.ADJUST
        demand(application, act, actor)
        changed = reassigned(tx, application, by_hand)
        step(tx, application, Act.ADJUST, application.state, clean(comment), {"members": changed})
        return sheet_in(store, tx.connection, actor, application.number)


def review(
    store: Store, actor: Actor, number: str, *, comment: str = "", version: int | None = None
) -> HandoverSheet:
    """The giving store's manager has looked at it and agrees. Raises Refused, NotFound, Conflict."""
    return _plain(store, actor, number, Act.REVIEW, comment, version)


@retried()
def approve(
    store: Store,
    actor: Actor,
    number: str,
    *,
    comment: str = "",
    override: str = "",
    version: int | None = None,
) -> HandoverSheet:
    """The manager approves; unless the policy says otherwise it is carried out in the same transaction.

    `override` is the reason why members may change hands once more than the policy allows (R7.6); it is on
    record. Raises Refused, NotFound, Conflict; whoever comes second finds it done.
    """
    with store.write(actor, why=clean(comment)) as tx:
        application = locked(tx, number, version)
        demand(application, Act.APPROVE, actor)
        reason = clean(override)
        said = "; ".join(part for part in (clean(comment), reason) if part)
        application = step(tx, application, Act.APPROVE, HandoverState.APPROVED, said, override=reason)
        if store.policy.handover.execute_on_approval:
            _executed(store, tx, application, override=bool(reason))
        return sheet_in(store, tx.connection, actor, application.number)


@retried()
def execute(
    store: Store, actor: Actor, number: str, *, comment: str = "", version: int | None = None
) -> HandoverSheet:
    """Carry out an approved handover, where the policy keeps that apart. Raises Refused, NotFound, Conflict."""
    with store.write(actor, why=clean(comment)) as tx:
        application = locked(tx, number, version)
        demand(application, Act.EXECUTE, actor)
        _executed(store, tx, application, override=bool(application.override), comment=clean(comment))
        return sheet_in(store, tx.connection, actor, application.number)


def _executed(
    store: Store, tx: Transaction, application: Application, *, override: bool, comment: str = ""
) -> None:
    tx.cause = f"handover {application.number}"
    tx.why = tx.why or application.reason
    moved = carry_out(store, tx, application, override=override)
    step(tx, application, Act.EXECUTE, HandoverState.EXECUTED, comment, moved, executed_at=tx.now)


def file(
    store: Store, actor: Actor, number: str, *, comment: str = "", version: int | None = None
) -> HandoverSheet:
    """The customer-service desk files an executed handover. Raises Refused, NotFound, Conflict."""
    return _plain(store, actor, number, Act.FILE, comment, version)


def refuse(store: Store, actor: Actor, number: str, *, reason: str, version: int | None = None) -> HandoverSheet:
    """Send it back to the applicant, who may change it and submit it again. Raises BadInput without a reason."""
    if not clean(reason):
        raise BadInput(
            "handover.refuse_reason", N_("Say why it goes back, so that it can be changed."), field="reason"
        )
    return _plain(store, actor, number, Act.REFUSE, reason, version)


def withdraw(
    store: Store, actor: Actor, number: str, *, reason: str = "", version: int | None = None
) -> HandoverSheet:
    """The applicant, or who gives the members, takes it back; possible until it is executed."""
    return _plain(store, actor, number, Act.WITHDRAW, reason, version)


@retried()
def _plain(store: Store, actor: Actor, number: str, act: Act, comment: str, version: int | None) -> HandoverSheet:
    """An act that changes nothing but the application."""
    with store.write(actor, why=clean(comment)) as tx:
        application = locked(tx, number, version)
        step(tx, application, act, demand(application, act, actor), clean(comment))
        return sheet_in(store, tx.connection, actor, application.number)
