"""How dormant members are ranked for recovery: fitted and judged on the store's own history (R3.6).

Only `rank` fits. It keeps its judgement, and a place for each member who stays away; planning copies the places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.policy import Policy
from core.followups.cycles import RECOVERY
from core.followups.planning import LOCK
from core.followups.tables import FollowUp, RecoveryPlace
from core.members.rules import latest_before
from core.people.access import Right, reach, require
from core.recovery.bgnbd import Model, compress, fit
from core.recovery.histories import Bought, bought_until, placed
from core.recovery.tables import Chosen, Ranking
from core.store.again import retried
from core.store.engine import Store
from core.store.transaction import Transaction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

RANKING: sa.Table = Ranking.__table__  # type: ignore[attr-defined]
PLACE: sa.Table = RecoveryPlace.__table__  # type: ignore[attr-defined]

AHEAD = 62
"""Days in which a member who still buys may turn dormant before the next monthly judgement."""

_SCALE = 1_000_000
_WEEK = 7.0

_REPLACE = sa.text(
    f"""update follow_up
    set place = coalesce((select {{place}} from {{source}} where {{key}} = follow_up.member_id), 0)
    where programme = '{RECOVERY}' and state = 'open'"""
)


@dataclass(frozen=True, slots=True)
class Judged:
    """How well each order put those first who came back in the days held back; None where too few did."""

    away: int
    returned: int
    expected: float | None = None
    spend: float | None = None
    recency: float | None = None

    @property
    def best(self) -> Chosen:
        """The best order; past spend, which needs no model, where another does not beat it."""
        scores = {Chosen.SPEND: self.spend, Chosen.EXPECTED: self.expected, Chosen.RECENCY: self.recency}
        known = {chosen: score for chosen, score in scores.items() if score is not None}
        return max(known, key=lambda chosen: known[chosen]) if self.spend is not None else Chosen.SPEND


@dataclass(frozen=True, slots=True)
class RankingRow:
    """A judgement on record; `model` has r, alpha, a, b (weeks) where one could be fitted."""

    ranked_on: date
    held_days: int
    members: int
    model: tuple[float, float, float, float] | None
    log_likelihood: float | None
    judged: int
    returned: int
    auc_expected: float | None
    auc_spend: float | None
    auc_recency: float | None
    chosen: Chosen
    placed: int
    made_at: datetime
    made_by: str


@retried()
def rank(store: Store, actor: Actor, on: date | None = None) -> RankingRow:
    """Judge the orders on the days held back, take the best, and give everybody who stays away a place.

    The model that is judged has not seen those days; the places come from one that has seen all. Open recovery
    follow-ups get their new places at once. Raises NotAllowed.
    """
    require(actor, Right.RANK)
    day = on or business_day(store.clock.now())
    ahead = store.policy.ranking.ahead_days
    with store.sweep() as connection:
        bought = bought_until(connection, day, day - timedelta(days=ahead))
    judged = judge(bought, store.policy)
    model = fit(compress(bought.days - 1, bought.last - bought.first, day.toordinal() - bought.first))
    places = _places(bought, model, judged.best, store.policy)
    with store.write(actor, why=f"rank {day}") as tx:
        if not store.is_sqlite:
            tx.connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        tx.bulk(sa.delete(PLACE), table=RecoveryPlace, what="places removed")
        count = placed(tx.connection, PLACE, places)
        _replace(tx, bool(count))
        tx.insert(Ranking, **_row(tx, day, ahead, bought, model, judged, count))
    found = latest(store, actor)
    assert found is not None
    return found


def latest(store: Store, actor: Actor) -> RankingRow | None:
    """The newest judgement, None before the first. Raises NotAllowed."""
    reach(actor, Right.SEE_RECOVERY)
    with store.read() as connection:
        return latest_in(connection)


def latest_in(connection: Connection) -> RankingRow | None:
    """As `latest`, in a transaction of the caller's."""
    row = connection.execute(sa.select(RANKING).order_by(RANKING.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    return RankingRow(
        row.ranked_on,
        row.held_days,
        row.members,
        None if row.r is None else (row.r, row.alpha, row.a, row.b),
        row.log_likelihood,
        row.judged,
        row.returned,
        row.auc_expected,
        row.auc_spend,
        row.auc_recency,
        row.chosen,
        row.placed,
        row.made_at,
        row.made_by,
    )


def judge(bought: Bought, policy: Policy) -> Judged:
    """Rank those who were away on the day of the cut, and look who came back in the days after it."""
    cut, stages = bought.cut.toordinal(), policy.stages
    known = bought.days_cut > 0
    first, last = bought.first[known], bought.last_cut[known]
    gone = latest_before(bought.cut, stages.dormant_months).toordinal()
    lost = latest_before(bought.cut, stages.lost_months).toordinal()
    away = (last <= gone) & (last > lost)
    back = (bought.last[known] > cut)[away]
    count, returned = int(away.sum()), int(back.sum())
    if returned < policy.ranking.least_returned or returned == count:
        return Judged(count, returned)
    x, t_x, T = bought.days_cut[known] - 1, last - first, cut - first
    model = fit(compress(x, t_x, T))
    weeks = policy.ranking.ahead_days / _WEEK
    expected = None
    if model is not None:
        scores = model.expected(x[away], t_x[away] / _WEEK, T[away] / _WEEK, weeks)
        expected = auc(scores, back)
    spend = auc(bought.spend_cut[known][away], back)
    return Judged(count, returned, expected, spend, auc(last[away], back))


def auc(scores: Any, back: Any) -> float:
    """The chance that one who came back has a higher score than one who did not; equal scores count half."""
    import numpy as np

    _, which, count = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[which]
    came, others = int(np.sum(back)), int(len(ranks) - np.sum(back))
    return float((ranks[np.asarray(back)].sum() - came * (came + 1) / 2) / (came * others))


def _places(bought: Bought, model: Model | None, chosen: Chosen, policy: Policy) -> Iterator[dict[str, Any]]:
    """A place for each who is away or may be before long; none where past spend ranks, which planning knows."""
    if model is None or chosen is Chosen.SPEND:
        return
    near = bought.on + timedelta(days=AHEAD)
    gone = latest_before(near, policy.stages.dormant_months).toordinal()
    lost = latest_before(bought.on, policy.stages.lost_months).toordinal()
    away = (bought.last <= gone) & (bought.last > lost)
    first, last = bought.first[away], bought.last[away]
    weeks = policy.ranking.ahead_days / _WEEK
    today = bought.on.toordinal()
    expected = model.expected(bought.days[away] - 1, (last - first) / _WEEK, (today - first) / _WEEK, weeks)
    places = -(expected * _SCALE).round().astype(int) if chosen is Chosen.EXPECTED else -last
    for member, place, value in zip(bought.member[away], places, expected, strict=True):
        yield {"member_id": int(member), "place": int(place), "expected": float(value), "ranked_on": bought.on}


def _replace(tx: Transaction, ranked: bool) -> None:
    """Give the open recovery follow-ups the places that planning would give them now."""
    columns = {"place": "place", "source": "recovery_place", "key": "member_id"}
    if not ranked:
        columns = {"place": "-amount_total", "source": "member", "key": "id"}
    tx.bulk(sa.text(_REPLACE.text.format(**columns)), table=FollowUp, what="recovery places")


def _row(
    tx: Transaction, day: date, held: int, bought: Bought, model: Model | None, judged: Judged, count: int
) -> dict[str, Any]:
    fitted = {} if model is None else {name: getattr(model, name) for name in ("r", "alpha", "a", "b")}
    return {
        "ranked_on": day,
        "held_days": held,
        "members": len(bought.member),
        **fitted,
        "log_likelihood": None if model is None else model.log_likelihood,
        "judged": judged.away,
        "returned": judged.returned,
        "auc_expected": judged.expected,
        "auc_spend": judged.spend,
        "auc_recency": judged.recency,
        "chosen": judged.best,
        "placed": count,
        "made_at": tx.now,
        "made_by": tx.actor.code,
    }
