"""One planning of one day: what is closed, what falls due, and in a new month everybody's class and place (R4.1).

Set-based: each kind of follow-up is one statement, with dates bound; the days come from `cycles`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from core.followups import cycles, plan_sql
from core.followups.calendar import StoreGroup, known_until, store_groups
from core.followups.tables import FollowUp, HeldOut, PlanRun
from core.members.rules import add_months, class_sizes, latest_before
from core.members.tables import ClassCut, Member
from core.store.engine import Store
from core.store.sql import statement
from core.store.tables import Deed
from core.store.transaction import Transaction

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What planning a day did, by programme; `unknown_after` is set where working days are guessed (R4.2)."""

    on: date
    planned: dict[str, int]
    already: dict[str, int]
    closed: dict[str, int]
    unknown_after: date | None


class PlanRunning:
    """One planning of one day, inside its transaction."""

    def __init__(self, store: Store, tx: Transaction, day: date, progress: Progress) -> None:
        self.policy = store.policy
        self.desk_programmes = store.rulebook.desk_programmes
        self.ranks = {code: entry.rank for code, entry in store.rulebook.programmes.items()}
        self.tx = tx
        self.day = day
        self.progress = progress
        self.groups = store_groups(tx.connection)
        self.planned = dict.fromkeys(cycles.PLANNED, 0)

    def whole(self) -> PlanResult:
        """Close what is over, plan what falls due, and put the run on record."""
        previous = self._previous_run()
        self.progress("close", 0.0)
        self._keep_groups()
        closed = self._close()
        self.progress("dated", 0.1)
        for group in self.groups:
            self._dated_cycles(group)
        self.progress("month", 0.3)
        if self._month_is_new() and self._rank():
            self._month()
        elif previous is not None:
            self._decline_since(previous)
        self.progress("record", 0.95)
        result = self._result(closed)
        self._record(result)
        self.progress("done", 1.0)
        return result

    def _previous_run(self) -> date | None:
        return self.tx.connection.execute(
            sa.select(sa.func.max(sa.column("day", sa.Date))).select_from(sa.table("plan_run"))
        ).scalar()

    def _keep_groups(self) -> None:
        """Give what is open the ranks of today's rulebook, where the last plan had others."""
        runs = PlanRun.__table__.c  # type: ignore[attr-defined]
        last = self.tx.connection.execute(sa.select(runs.counts).order_by(runs.id.desc()).limit(1)).scalar()
        if last is not None and json.loads(last).get("ranks") != self.ranks:
            self.tx.bulk(plan_sql.ranked_anew(self.ranks), table=FollowUp, what="put into other groups")

    def _close(self) -> dict[str, int]:
        closing = self.tx.connection.execute(
            statement(
                "select programme, count(*) from follow_up where state = 'open' and closes_on < :day"
                " group by programme",
                days=("day",),
            ),
            {"day": self.day},
        )
        closed = {row[0]: row[1] for row in closing}
        if closed:
            self.tx.bulk(plan_sql.EXPIRE, {"day": self.day, "now": self.tx.now}, table=FollowUp, what="expired")
        return closed

    def _dated_cycles(self, group: StoreGroup) -> None:
        policy, calendar, ids = self.policy, group.calendar, group.store_ids
        within = policy.welcome.purchase_within_days
        welcome = self._rows(cycles.welcome_cycles(self.day, policy, calendar))
        bought = [
            {**row, "joined": row["base"] - timedelta(days=days)} for row in welcome for days in range(within + 1)
        ]
        joined = [{**row, "latest": row["base"] + timedelta(days=within)} for row in welcome]
        self._insert(cycles.WELCOME, plan_sql.welcome_bought(ids), bought)
        self._insert(cycles.WELCOME, plan_sql.welcome_joined(ids), joined)
        review = self._rows(cycles.review_cycles(self.day, policy, calendar))
        self._insert(
            cycles.REVIEW,
            plan_sql.by_last_day(ids, phone=cycles.REVIEW not in self.desk_programmes),
            review,
        )
        self._recovery(ids, self._rows(cycles.recovery_cycles(self.day, policy, calendar)))

    def _recovery(self, ids: tuple[int, ...] | None, rows: list[dict[str, Any]]) -> None:
        """Recovery by the order that was judged best, without those who are held out (R3.6, R5.8)."""
        ranked = self.tx.connection.execute(sa.text("select 1 from recovery_place limit 1")).first() is not None
        place = plan_sql.FIRST_BY_RANKING if ranked else plan_sql.FIRST_BY_SPEND
        rule, without = self.policy.recovery, "false"
        if rule.holdout:
            without = plan_sql.held_out(rule.holdout_share)
            if rows:
                self.tx.bulk(
                    plan_sql.hold_out(ids, rule.holdout_share), rows, table=HeldOut, what="cycles held out"
                )
        phone = cycles.RECOVERY not in self.desk_programmes
        clause = plan_sql.by_last_day(ids, place=place, phone=phone, without=without)
        self._insert(cycles.RECOVERY, clause, rows)

    def _rows(self, found: Iterable[cycles.Cycle]) -> list[dict[str, Any]]:
        return [
            {
                "programme": cycle.programme,
                "rank": self.ranks[cycle.programme],
                "cycle": cycle.cycle,
                "base": cycle.base,
                "due": cycle.due_on,
                "closes": cycle.closes_on,
                "day": self.day,
                "now": self.tx.now,
            }
            for cycle in found
        ]

    def _insert(self, programme: str, clause: sa.TextClause, rows: Any) -> None:
        if rows:
            self.planned[programme] += self.tx.bulk(clause, rows, table=FollowUp, what=programme)

    def _month_is_new(self) -> bool:
        table = ClassCut.__table__.c  # type: ignore[attr-defined]
        found = self.tx.connection.execute(sa.select(table.id).where(table.month == cycles.month_name(self.day)))
        return found.first() is None

    def _windows(self, day: date) -> dict[str, date]:
        days = timedelta(days=self.policy.decline.days)
        return {"recent": day - days, "before": day - 2 * days}

    def _stage_limits(self) -> dict[str, date]:
        stages = self.policy.stages
        return {
            "dormant": latest_before(self.day, stages.dormant_months),
            "joined": latest_before(self.day, stages.new_months),
        }

    def _rank(self) -> bool:
        """Rank the regular members; False, with nothing kept, where there are none yet."""
        since = add_months(self.day, -self.policy.classes.months)
        windows = self._windows(self.day)
        self.tx.connection.execute(
            plan_sql.MAKE_RANKING,
            {
                "since": min(since, windows["before"]),
                "year": since,
                "day": self.day,
                **windows,
                **self._stage_limits(),
            },
        )
        if not self.tx.alone:
            self.tx.connection.execute(plan_sql.INDEX_RANKING)
            self.tx.connection.execute(sa.text("analyze plan_ranking"))
        self.progress("classes", 0.6)
        regular = self.tx.connection.execute(sa.text("select count(*) from plan_ranking")).scalar_one()
        if regular:
            self._cut(regular)
            return True
        self.tx.connection.execute(sa.text("drop table plan_ranking"))
        return False

    def _cut(self, regular: int) -> None:
        top_a, top_b = class_sizes(regular, self.policy.classes)
        tops = {"top_a": top_a, "top_b": top_b}
        self.tx.bulk(plan_sql.CUT_CLASSES, tops, table=Member, what="value_class")
        self.tx.bulk(plan_sql.CLASSES_ANEW, table=FollowUp, what="placed by class")
        amounts: dict[int, int] = dict(
            self.tx.connection.execute(
                sa.text("select nth, amount from plan_ranking where nth in (:top_a, :top_b)"), tops
            ).all()
        )
        self.tx.insert(
            ClassCut,
            month=cycles.month_name(self.day),
            cut_on=self.day,
            regular=regular,
            count_a=top_a,
            count_b=top_b - top_a,
            count_c=regular - top_b,
            amount_a=amounts.get(top_a),
            amount_b=amounts.get(top_b),
            made_at=self.tx.now,
        )

    def _month(self) -> None:
        """Lay out the month's calls and check every key regular for decline."""
        month_start = self.day.replace(day=1)
        common = {
            "programme": cycles.MONTHLY,
            "rank": self.ranks[cycles.MONTHLY],
            "cycle": cycles.month_name(self.day),
            "closes": cycles.month_end(self.day),
            "day": self.day,
            "now": self.tx.now,
            "month_start": month_start,
        }
        self.planned[cycles.MONTHLY] += self.tx.bulk(
            plan_sql.MONTHLY_COVERED, common, table=FollowUp, what="monthly covered"
        )
        for group in self.groups:
            days = group.calendar.working_days(self.day, cycles.month_end(self.day))
            if days:
                self._insert(
                    cycles.MONTHLY,
                    plan_sql.monthly(len(days), group.store_ids),
                    {**common, **{f"day{number}": day for number, day in enumerate(days)}},
                )
            self._decline(group, plan_sql.decline_of_all(group.store_ids), {})
        self.tx.connection.execute(sa.text("drop table plan_ranking"))

    def _decline_since(self, previous: date) -> None:
        """Between month's beginnings only windows that moved can make a decline true."""
        old = min(previous, self.day)
        windows = self._windows(old)
        moved = {
            "old_day": old,
            "old_recent": windows["recent"],
            "old_before": windows["before"],
            **self._stage_limits(),
        }
        for group in self.groups:
            clause = plan_sql.decline_of_moved(group.store_ids)
            self._decline(group, clause, moved)

    def _decline(self, group: StoreGroup, clause: sa.TextClause, more: dict[str, date]) -> None:
        due = group.calendar.next_working(self.day)
        closes = cycles.quarter_end(self.day)
        if due > closes:
            return
        rule = self.policy.decline
        parameters = {
            "programme": cycles.DECLINE,
            "rank": self.ranks[cycles.DECLINE],
            "cycle": cycles.quarter_name(self.day),
            "due": due,
            "closes": closes,
            "day": self.day,
            "now": self.tx.now,
            "min_purchases": rule.min_purchases,
            "below": rule.below,
            **self._windows(self.day),
            **more,
        }
        used = set(clause.compile().params)
        self._insert(cycles.DECLINE, clause, {name: value for name, value in parameters.items() if name in used})

    def _result(self, closed: dict[str, int]) -> PlanResult:
        there: dict[str, int] = dict(
            self.tx.connection.execute(
                sa.text("select programme, count(*) from follow_up where state = 'open' group by programme")
            ).all()
        )
        already = {name: max(0, there.get(name, 0) - self.planned[name]) for name in cycles.PLANNED}
        last = cycles.month_end(self.day)
        known = known_until()
        return PlanResult(self.day, dict(self.planned), already, closed, known if last > known else None)

    def _record(self, result: PlanResult) -> None:
        counts = {"planned": result.planned, "closed": result.closed}
        self.tx.insert(
            PlanRun,
            day=self.day,
            made_at=self.tx.now,
            actor_code=self.tx.actor.code,
            counts=json.dumps({**counts, "ranks": self.ranks}, separators=(",", ":")),
        )
        self.tx.note(Deed.BULK, PlanRun, str(self.day), new=json.dumps(counts, separators=(",", ":")))
