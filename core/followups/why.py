"""Why a member is or is not on a list, rule by rule; and why a list is empty or short (R4.10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlmodel import UTCDateTime

from core.base.actor import Actor
from core.base.clock import DEFAULT_ZONE, business_day, zone
from core.base.days import day_and_month, day_and_time
from core.base.language import N_, NN_, Catalogue
from core.base.naming import STAGES
from core.followups import cycles
from core.followups.calendar import calendar_of
from core.followups.worklist import WorklistQuery, desk_of, overview
from core.members.endings import ended_words
from core.members.lookup import admit, unknown_member
from core.members.rules import Stage, add_months, stage_of
from core.people.access import Right
from core.store.engine import Store
from core.store.sql import statement

Verdict = Literal["listed", "resting", "later", "not"]


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One rule's answer for one programme ("" for what holds for all of them)."""

    programme: str
    verdict: Verdict
    template: str
    params: dict[str, object] = field(default_factory=dict)

    def said(self, words: Catalogue, today: date) -> str:
        """The sentence in a language; days and codes in its params are worded too."""
        return words.say(self.template, **{k: _worded(v, words, today) for k, v in self.params.items()})


def _worded(value: object, words: Catalogue, today: date) -> object:
    if isinstance(value, datetime):
        return day_and_time(value.astimezone(zone(DEFAULT_ZONE)), words, today)
    if isinstance(value, date):
        return day_and_month(value, words, today)
    return ended_words(value, words) if isinstance(value, str) else value


_MEMBER = statement(
    """select m.id, m.number, m.status, m.owner_id, m.store_id, m.last_on, m.joined_on, m.first_purchase_on,
        m.last_purchase_on, m.value_class, m.social_reach, m.consent_call, m.dialable, m.rest_until,
        m.rest_reason, m.last_reached_on, o.name as owner, o.left_on, c.expires_at, h.name as holder,
        c.claimed_at, (select coalesce(u.name, '-') from cover v left join staff u on u.id = v.substitute_id
            where v.away_id = m.owner_id and v.from_on <= :day and v.until_on >= :day and v.ended_at is null
            order by v.id limit 1) as substitute
    from member m left join staff o on o.id = m.owner_id
        left join claim c on c.member_id = m.id left join staff h on h.id = c.staff_id
    where m.number = :number""",
    days=("day",),
).columns(
    last_on=sa.Date,
    joined_on=sa.Date,
    first_purchase_on=sa.Date,
    last_purchase_on=sa.Date,
    last_reached_on=sa.Date,
    left_on=sa.Date,
    rest_until=UTCDateTime(),
    expires_at=UTCDateTime(),
    claimed_at=UTCDateTime(),
)
_FOLLOW_UPS = sa.text(
    """select programme, cycle, due_on, closes_on, state, not_before, attempts, skips, closed_at, closed_why
    from follow_up where member_id = :member order by programme, due_on"""
).columns(due_on=sa.Date, closes_on=sa.Date, not_before=UTCDateTime(), closed_at=UTCDateTime())


def why_member(store: Store, actor: Actor, number: str, on: date | None = None) -> tuple[WhyLine, ...]:
    """Rule by rule, why a member is or is not on a list on that day (R4.10).

    Raises NotFound for a number that the actor may not see.
    """
    now = store.clock.now()
    day = on or business_day(now)
    with store.read() as connection:
        member = connection.execute(_MEMBER, {"number": number, "day": day}).first()
        if member is None:
            raise unknown_member(number)
        owner, shop = member.owner_id, member.store_id
        admit(connection, actor, Right.SEE_MEMBER, number, member_id=member.id, owner_id=owner, store_id=shop)
        follow_ups = connection.execute(_FOLLOW_UPS, {"member": member.id}).all()
        planned = _last_planned(connection, day)
        working = calendar_of(connection, member.store_id).is_working(day)
    stage = stage_of(member.last_on, member.joined_on, day, store.policy.stages)
    lines = list(_general(member, stage, day, now, working, planned))
    codes = [*cycles.PLANNED, *sorted({row.programme for row in follow_ups} - set(cycles.PLANNED))]
    for programme in codes:
        own = [row for row in follow_ups if row.programme == programme]
        lines.append(_programme(store, member, programme, own, stage, day, now))
    return tuple(lines)


def _last_planned(connection: Connection, day: date) -> date | None:
    found: date | None = connection.execute(
        statement("select max(day) as day from plan_run where day <= :day", days=("day",)).columns(day=sa.Date),
        {"day": day},
    ).scalar()
    return found


def _general(
    member: Row[Any], stage: Stage, day: date, now: datetime, working: bool, planned: date | None
) -> Iterator[WhyLine]:
    """What holds for every programme: stage and class, plan, status, consent, number, rest, holder."""
    yield WhyLine(
        "",
        "listed",
        N_("Stage {stage}, class {value_class}; last purchase or joining {last}."),
        {"stage": STAGES[stage.value], "value_class": member.value_class or "-", "last": member.last_on},
    )
    if member.owner is None or (member.left_on is not None and member.left_on <= day):
        yield WhyLine("", "listed", N_("No account owner: the store's pool calls."))
    else:
        yield WhyLine("", "listed", N_("{owner} keeps this member and calls."), {"owner": member.owner})
    if member.substitute == "-":
        yield WhyLine("", "listed", N_("{owner} is away: the store's pool calls."), {"owner": member.owner})
    elif member.substitute:
        names = {"owner": member.owner, "substitute": member.substitute}
        yield WhyLine("", "listed", N_("{owner} is away: {substitute} calls."), names)
    if planned is None:
        yield WhyLine("", "not", N_("Nothing is planned up to this day: open Today, or run `huifang plan`."))
    if not working:
        yield WhyLine("", "listed", N_("This day is not a working day: what falls due was moved."))
    if member.status != "active":
        yield WhyLine("", "not", N_("Status {status}: only active members are called."), {"status": member.status})
    if not member.consent_call:
        yield WhyLine("", "not", N_("Calls are not wanted (consent withdrawn): only a new consent allows them."))
    if not member.dialable:
        yield WhyLine(
            "", "resting", N_("No number that works is on file: correct the profile and the rows come back.")
        )
    if member.rest_until is not None and member.rest_until > now:
        yield WhyLine(
            "",
            "resting",
            N_("Care calls rest until {until} ({reason})."),
            {"until": member.rest_until, "reason": member.rest_reason},
        )
    if member.holder and member.expires_at > now:
        yield WhyLine(
            "",
            "resting",
            N_("{holder} is on this member since {since}."),
            {"holder": member.holder, "since": member.claimed_at},
        )


def _programme(
    store: Store, member: Row[Any], programme: str, own: list[Row[Any]], stage: Stage, day: date, now: datetime
) -> WhyLine:
    current = [row for row in own if row.state == "open" and (row.closes_on is None or row.closes_on >= day)]
    for row in current:
        if row.due_on > day:
            continue
        if row.not_before is not None and row.not_before > now:
            return WhyLine(
                programme,
                "resting",
                N_("Tried {attempts} times; not again before {until}."),
                {"attempts": row.attempts, "until": row.not_before},
            )
        return WhyLine(programme, "listed", N_("Due since {due}, open."), {"due": row.due_on})
    if current:
        return WhyLine(programme, "later", N_("Falls due on {due}."), {"due": min(r.due_on for r in current)})
    closed = [row for row in own if row.state != "open"]
    if closed and _closed_matters(programme, closed[-1], member, day):
        return WhyLine(
            programme,
            "not",
            N_("{state} on {closed} ({why})."),
            {"state": closed[-1].state, "closed": closed[-1].closed_at, "why": closed[-1].closed_why or "-"},
        )
    return _never(store, member, programme, stage, day)


def _closed_matters(programme: str, row: Row[Any], member: Row[Any], day: date) -> bool:
    match programme:
        case cycles.MONTHLY:
            return bool(row.cycle == cycles.month_name(day))
        case cycles.DECLINE:
            return bool(row.cycle == cycles.quarter_name(day))
        case cycles.REVIEW | cycles.RECOVERY:
            return bool(row.cycle.startswith(member.last_on.isoformat()))
    return True


def _never(store: Store, member: Row[Any], programme: str, stage: Stage, day: date) -> WhyLine:
    """Why a programme has no follow-up for this member."""
    stages = store.policy.stages
    match programme:
        case cycles.WELCOME:
            return WhyLine(
                programme,
                "not",
                N_("The welcome call was due a week after {joined}; its time is over."),
                {"joined": member.joined_on},
            )
        case cycles.MONTHLY if stage is Stage.REGULAR:
            return WhyLine(
                programme, "not", N_("Regular only after this month's plan was made: next month's has them.")
            )
        case cycles.MONTHLY:
            return WhyLine(
                programme,
                "not",
                N_("Monthly calls are for regular members; this one: {stage}."),
                {"stage": STAGES[stage.value]},
            )
        case cycles.REVIEW:
            turns = add_months(member.last_on, stages.dormant_months)
            if turns > day:
                return WhyLine(
                    programme, "not", N_("Dormant from {day} on, if nothing is bought before."), {"day": turns}
                )
            return WhyLine(programme, "not", N_("The time for the review is over: recovery follows."))
        case cycles.RECOVERY:
            months = min(store.policy.recovery.months)
            first = add_months(member.last_on, months)
            if first > day:
                return WhyLine(
                    programme, "not", N_("Recovery begins on {day}, if nothing is bought before."), {"day": first}
                )
            return WhyLine(programme, "not", N_("Lost: away for longer than recovery is tried."))
        case cycles.DECLINE if member.value_class not in ("A", "B") and not member.social_reach:
            return WhyLine(programme, "not", N_("Only key regulars (class A or B, or social reach) are watched."))
        case cycles.DECLINE:
            return WhyLine(programme, "not", N_("Purchases of the last 90 days have not halved."))
    return WhyLine(programme, "not", N_("Nothing open."))


_KEPT = NN_("{count} member is kept here.", "{count} members are kept here.")
_COVERED = NN_(
    "The list of {count} colleague who is away is worked here.",
    "The lists of {count} colleagues who are away are worked here.",
)
_RESTING = NN_(
    "{count} rests: tried already, called this week, refused, or without a number that works.",
    "{count} rest: tried already, called this week, refused, or without a number that works.",
)
_BEYOND = NN_(
    "{count} does not fit the daily target and stays due.",
    "{count} do not fit the daily target and stay due.",
)


def why_list(store: Store, actor: Actor, query: WorklistQuery) -> tuple[WhyLine, ...]:
    """Why a desk's list is as long as it is: members kept, due, done, resting, beyond the target (R4.10)."""
    seen = overview(store, actor, query)
    with store.read() as connection:
        desk = desk_of(store, connection, actor, query)
        who = "owner_id = :staff" if desk.staff_id is not None else "true"
        where = who if desk.store_id is None else f"{who} and store_id = :store"
        named = {k: v for k, v in {"staff": desk.staff_id, "store": desk.store_id}.items() if f":{k}" in where}
        kept = connection.execute(sa.text(f"select count(*) from member where {where}"), named).scalar_one()
        planned = _last_planned(connection, seen.on)
    everything = (
        overview(store, actor, WorklistQuery(staff=query.staff, store=query.store, everything=True))
        if query.staff or query.store
        else seen
    )
    resting = max(0, everything.total - seen.total - seen.beyond_target)
    lines = [WhyLine("", "listed", _KEPT, {"count": kept})]
    if desk.away:
        lines.append(WhyLine("", "not", N_("Away today: a substitute or the store's pool works this list.")))
    if desk.covers:
        lines.append(WhyLine("", "listed", _COVERED, {"count": len(desk.covers)}))
    if planned is None:
        lines.append(
            WhyLine("", "not", N_("Nothing is planned up to this day: open Today, or run `huifang plan`."))
        )
    now: dict[str, object] = {"total": seen.total, "done": seen.done}
    lines.append(WhyLine("", "listed", N_("Due now: {total}. Called today: {done}."), now))
    if resting:
        lines.append(WhyLine("", "resting", _RESTING, {"count": resting}))
    if seen.beyond_target:
        lines.append(WhyLine("", "later", _BEYOND, {"count": seen.beyond_target}))
    return tuple(lines)
