"""How often a member is expected to buy: the BG/NBD model of Fader, Hardie and Lee (2005), by hand (R3.6).

Time is in weeks. A member is told by three numbers: `x` repeat purchases (days, the first one not counted), `t_x`
weeks from the first to the last, and `T` weeks from the first to today. Numpy and scipy are imported when a model
is fitted or asked, never by a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_NEAR = 1e-5
_TOLERANCE = 1e-12
_BOUNDS = [(-8.0, 6.0), (-8.0, 8.0), (-8.0, 3.5), (-8.0, 6.0)]
"""Of the logarithms of r, alpha, a, b: beyond them members are all alike, and the formulas overflow."""


@dataclass(frozen=True, slots=True)
class Histories:
    """Distinct histories, each with how many members have it (`count`)."""

    x: Numbers
    t_x: Numbers
    T: Numbers
    count: Numbers


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model: how often members buy (r, alpha) and how soon they stop (a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    members: int

    def expected(self, x: Any, t_x: Any, T: Any, weeks: float) -> Numbers:
        """The purchases expected in the next `weeks` of members with those histories."""
        import numpy as np

        x, t_x, T = (np.asarray(value, dtype=float) for value in (x, t_x, T))
        alive = 1.0 / (1.0 + self._odds_of_gone(x, t_x, T))
        found: Numbers = self._while_alive(x, T, weeks) * alive
        return found

    def expected_of_new(self, weeks: Any) -> Numbers:
        """The repeat purchases expected of somebody new in their first `weeks`."""
        import numpy as np

        return self._while_alive(np.zeros(()), np.zeros(()), np.asarray(weeks, dtype=float))

    def alive(self, x: Any, t_x: Any, T: Any) -> Numbers:
        """The chance that a member has not stopped for good: 1 without a repeat purchase, so no ranking (R3.6)."""
        import numpy as np

        x, t_x, T = (np.asarray(value, dtype=float) for value in (x, t_x, T))
        found: Numbers = 1.0 / (1.0 + self._odds_of_gone(x, t_x, T))
        return found

    def chance(self, purchases: int, weeks: float) -> float:
        """The chance that somebody new makes so many repeat purchases in `weeks`."""
        import numpy as np
        from scipy.special import betaln, gammaln

        n, r, a, b = purchases, self.r, self.a, self.b
        still, bought = self.alpha / (self.alpha + weeks), weeks / (self.alpha + weeks)
        stays = np.exp(betaln(a, b + n) - betaln(a, b) + gammaln(r + n) - gammaln(r) - gammaln(n + 1))
        chance = stays * still**r * bought**n
        if n:
            j = np.arange(n)
            fewer = np.sum(np.exp(gammaln(r + j) - gammaln(r) - gammaln(j + 1)) * bought**j)
            chance += np.exp(betaln(a + 1, b + n - 1) - betaln(a, b)) * (1 - still**r * fewer)
        return float(chance)

    def _while_alive(self, x: Numbers, T: Numbers, weeks: Any) -> Numbers:
        """The purchases expected of somebody still buying.

        The hypergeometric function stands in Euler's other form, whose terms stay small however often somebody
        bought; at a = 1 the formula is 0/0, and the value beside it is taken.
        """
        from scipy.special import hyp2f1

        a = self.a if abs(self.a - 1) > _NEAR else 1 + _NEAR
        ahead = weeks / (self.alpha + T + weeks)
        falls = (1 - ahead) ** (a - 1) * hyp2f1(a + self.b - 1 - self.r, a - 1, a + self.b + x - 1, ahead)
        found: Numbers = (a + self.b + x - 1) / (a - 1) * (1 - falls)
        return found

    def _odds_of_gone(self, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:
        import numpy as np

        again = np.maximum(self.b + x - 1, _NEAR)
        odds = self.a / again * ((self.alpha + T) / (self.alpha + t_x)) ** (self.r + x)
        return np.where(x > 0, odds, 0.0)


def compress(x: Any, t_x_days: Any, T_days: Any) -> Histories:
    """Members with the same history told once; days in whole numbers, weeks out."""
    import numpy as np

    x, t_x, T = (np.asarray(value, dtype=np.int64) for value in (x, t_x_days, T_days))
    base_t, base_T = int(t_x.max(initial=0)) + 1, int(T.max(initial=0)) + 1
    keys, count = np.unique((x * base_t + t_x) * base_T + T, return_counts=True)
    rest, T = np.divmod(keys, base_T)
    x, t_x = np.divmod(rest, base_t)
    return Histories(x.astype(float), t_x / 7.0, T / 7.0, count.astype(float))


def fit(histories: Histories) -> Model | None:
    """The most likely model of those members; None where there are none, or the search ends nowhere."""
    import numpy as np
    from scipy.optimize import minimize

    members = float(histories.count.sum())
    if not members or not histories.x.any():
        return None
    likelihood = _Likelihood(histories)
    found = minimize(
        likelihood,
        np.log([0.5, max(1.0, float(np.median(histories.T)) / 4), 0.5, 2.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=_BOUNDS,
        options={"maxiter": 500, "maxcor": 20, "ftol": _TOLERANCE, "gtol": 1e-9},
    )
    if not np.all(np.isfinite(found.x)):
        return None
    r, alpha, a, b = (float(value) for value in np.exp(found.x))
    return Model(r, alpha, a, b, -float(found.fun) * members, int(members))


class _Likelihood:
    """The mean negative log-likelihood of the histories and its slope, by the logarithms of r, alpha, a, b."""

    def __init__(self, histories: Histories) -> None:
        import numpy as np

        self.x, self.T, self.t_x = histories.x, histories.T, histories.t_x
        self.weight = histories.count / histories.count.sum()
        # what depends on x alone is worked out once for each x there is
        self.each, self.which = np.unique(histories.x, return_inverse=True)
        self.of_each = np.bincount(self.which, weights=self.weight)
        self.again = (histories.x > 0).astype(float)

    def __call__(self, logs: Numbers) -> tuple[float, Numbers]:
        import numpy as np
        from scipy.special import gammaln, psi

        r, alpha, a, b = np.exp(logs)
        x, each, weight = self.x, self.each, self.weight
        before_now, before_last = np.log(alpha + self.T), np.log(alpha + self.t_x)
        stays = -(r + x) * before_now
        with np.errstate(divide="ignore"):
            odds = np.log(a) - np.log(np.maximum(b + each - 1, 1e-300))
        gone = np.where(self.again > 0, odds[self.which] - (r + x) * before_last, -np.inf)
        both = np.logaddexp(stays, gone)
        left = np.exp(gone - both)  # the share of the likelihood in which the member has stopped

        of_x = gammaln(r + each) - gammaln(r) + r * np.log(alpha)
        of_x += gammaln(a + b) + gammaln(b + each) - gammaln(b) - gammaln(a + b + each)
        value = self.of_each @ of_x + weight @ both

        in_r = self.of_each @ (psi(r + each) - psi(r) + np.log(alpha))
        in_r -= weight @ (before_now * (1 - left) + before_last * left)
        by_time = (1 - left) / (alpha + self.T) + left / (alpha + self.t_x)
        in_alpha = r / alpha - weight @ ((r + x) * by_time)
        gone_of_each = np.bincount(self.which, weights=weight * left, minlength=len(each))
        dying = psi(a + b) - psi(a + b + each)
        in_a = self.of_each @ dying + gone_of_each.sum() / a
        in_b = self.of_each @ (dying + psi(b + each) - psi(b))
        in_b -= gone_of_each @ (1 / np.maximum(b + each - 1, 1e-300))
        slope = np.array([in_r * r, in_alpha * alpha, in_a * a, in_b * b])
        return -float(value), -slope
