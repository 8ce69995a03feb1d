"""Paired comparison with clusters: rows of one interview are alike, so interviews, not rows, are what is counted.

numpy and scipy are loaded when a function is called: they are no part of the serving image.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EXACT_CLUSTERS = 16  # up to 2^16 sign patterns are all looked at
DRAWS = 20_000
BOOTSTRAP_CLUSTERS = 30
SEED = 20261117


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Paired:
    """Mean difference over rows, with what its clusters say of it. ``interval`` is None below two clusters."""

    rows: int
    clusters: int
    mean: float
    error: float  # cluster-robust standard error
    interval: Interval | None  # 95 %, t with clusters - 1 degrees of freedom
    p: float  # sign-flip permutation over clusters, two-sided
    bootstrap: Interval | None  # 95 %, from 30 clusters on


def paired(differences: Sequence[float], clusters: Sequence[str]) -> Paired:
    """Raises ValueError for no rows."""
    import numpy as np
    from scipy import stats

    values, sums, sizes = _by_cluster(differences, clusters)
    n, count = len(values), len(sums)
    mean = float(values.mean())
    interval, error = None, 0.0
    if count > 1:
        # An intercept-only regression's CR1 variance: cluster sums of the residuals.
        residual = sums - sizes * mean
        error = math.sqrt(count / (count - 1) * float(np.sum(residual**2))) / n
        reach = float(stats.t.ppf(0.975, count - 1)) * error
        interval = Interval(mean - reach, mean + reach)
    return Paired(n, count, mean, error, interval, _sign_flip(sums), _bootstrap(sums, sizes))


def _by_cluster(differences: Sequence[float], clusters: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    import numpy as np

    values = np.asarray(differences, dtype=np.float64)
    if values.size == 0 or values.size != len(clusters):
        raise ValueError("as many cluster names as differences are needed, and at least one")
    _, place = np.unique(np.asarray(clusters), return_inverse=True)
    sums = np.bincount(place, weights=values).astype(np.float64)
    return values, sums, np.bincount(place).astype(np.float64)


def sign_flip(differences: Sequence[float], clusters: Sequence[str]) -> float:
    """Two-sided p of no difference: how often flipping whole clusters' signs gives a sum as large."""
    return _sign_flip(_by_cluster(differences, clusters)[1])


def _sign_flip(sums: Floats) -> float:
    import numpy as np

    moved = sums[np.abs(sums) > 1e-12]
    if moved.size == 0:
        return 1.0
    observed = abs(float(moved.sum())) - 1e-9
    if moved.size <= EXACT_CLUSTERS:
        patterns = (np.arange(2**moved.size)[:, None] >> np.arange(moved.size)) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ moved) >= observed))
    random = np.random.default_rng(SEED)
    extreme = 0
    for _ in range(DRAWS // 1000):  # in parts, to stay small with many clusters
        signs = random.integers(0, 2, size=(1000, moved.size)) * 2 - 1
        extreme += int(np.sum(np.abs(signs @ moved) >= observed))
    return (extreme + 1) / (DRAWS + 1)


def _bootstrap(sums: Floats, sizes: Floats) -> Interval | None:
    import numpy as np

    count = len(sums)
    if count < BOOTSTRAP_CLUSTERS:
        return None
    random = np.random.default_rng(SEED)
    means = np.concatenate(
        [
            sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
            for drawn in (random.integers(0, count, size=(1000, count)) for _ in range(10))
        ]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(low), float(high))


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted p values, in the order given."""
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    adjusted, highest = [1.0] * len(ps), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[i]))
        adjusted[i] = highest
    return adjusted


def mcnemar(lost: int, won: int) -> float:
    """Exact two-sided p for passes lost against passes won. Takes rows as independent: read it beside the sign flip."""
    from scipy import stats

    return float(stats.binomtest(lost, lost + won, 0.5).pvalue) if lost + won else 1.0


def clusters_needed(seen: Paired, margin: float) -> int | None:
    """How many clusters would put the interval above -margin if the difference stays what it is; None: none would."""
    from scipy import stats

    room = seen.mean + margin
    if room <= 0 or seen.clusters < 2:
        return None
    spread = seen.error * math.sqrt(seen.clusters)
    for count in range(max(3, seen.clusters), 100_001):
        if float(stats.t.ppf(0.975, count - 1)) * spread / math.sqrt(count) < room:
            return count
    return None


@dataclass(frozen=True)
class Estimate:
    """A figure over texts. ``interval`` is None where all draws of the bootstrap are one, which tells nothing."""

    value: float
    interval: Interval | None  # 95 %, percentiles of a bootstrap over clusters


def kappa(said: Sequence[Hashable], labels: Sequence[Hashable], clusters: Sequence[str]) -> Estimate | None:
    """Cohen's kappa: how far ``said`` agrees with ``labels`` beyond chance, -1 to 1, whatever the words for them.

    None where it is not defined: there is nothing, or the labels are all alike, so that saying always the same would
    agree with every one of them. Drawn samples of which that holds are left out of the interval.
    Raises ValueError unless all three are of one length.
    """
    import numpy as np

    if not len(said) == len(labels) == len(clusters):
        raise ValueError("a verdict, a label and a cluster name are needed for each text")
    if len(set(labels)) < 2:
        return None
    names, place = np.unique(np.asarray(clusters), return_inverse=True)
    number = {word: n for n, word in enumerate(dict.fromkeys([*labels, *said]))}
    counts = np.zeros((len(names), len(number), len(number)))
    rows, columns = (np.array([number[w] for w in words]) for words in (said, labels))
    np.add.at(counts, (place, rows, columns), 1)
    random = np.random.default_rng(SEED)
    draws = counts[random.integers(0, len(names), size=(2000, len(names)))].sum(axis=1)
    drawn = _kappas(draws[(draws.sum(axis=1) > 0).sum(axis=1) > 1])
    low, high = np.quantile(drawn, [0.025, 0.975])
    interval = Interval(float(low), float(high)) if np.ptp(drawn) > 1e-12 else None
    return Estimate(float(_kappas(counts.sum(axis=0)[None])[0]), interval)


def _kappas(counts: Floats) -> Floats:
    """``counts``: samples by said by label."""
    import numpy as np

    total = counts.sum(axis=(1, 2))
    agreed = np.trace(counts, axis1=1, axis2=2) / total
    chance = (counts.sum(axis=1) * counts.sum(axis=2)).sum(axis=1) / total**2
    kappas: Floats = (agreed - chance) / (1 - chance)
    return kappas


def auc(scores: Sequence[float], labels: Sequence[bool], clusters: Sequence[str]) -> Estimate | None:
    """How often a text of label True has the higher score of two, ties half: 0.5 is what chance gets, 1 is in order.

    None where the labels are all alike. Raises ValueError unless all three are of one length.
    """
    if len(set(labels)) < 2:
        return None
    return _estimate(_auc, (scores, labels), clusters)


def rank_correlation(first: Sequence[float], second: Sequence[float], clusters: Sequence[str]) -> Estimate | None:
    """Spearman's, -1 to 1. None where one of the two never changes: it orders nothing."""
    if len(set(first)) < 2 or len(set(second)) < 2:
        return None
    return _estimate(_spearman, (first, second), clusters)


def _auc(scores: Floats, labels: Floats) -> float:
    from scipy import stats

    ones = labels.sum()
    zeros = labels.size - ones
    return float((stats.rankdata(scores)[labels == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def _spearman(first: Floats, second: Floats) -> float:
    import numpy as np
    from scipy import stats

    return float(np.corrcoef(stats.rankdata(first), stats.rankdata(second))[0, 1])


def _estimate(
    statistic: Callable[[Floats, Floats], float], columns: tuple[Sequence[float], Sequence[float]], names: Sequence[str]
) -> Estimate:
    """``statistic`` with a cluster bootstrap. Draws in which one column never changes define none, and are left out."""
    import numpy as np

    first, second = (np.asarray(c, dtype=np.float64) for c in columns)
    if not len(first) == len(second) == len(names):
        raise ValueError("two figures and a cluster name are needed for each text")
    rows = [np.flatnonzero(np.asarray(names) == name) for name in dict.fromkeys(names)]
    random = np.random.default_rng(SEED)
    drawn = []
    for _ in range(1000):
        taken = np.concatenate([rows[n] for n in random.integers(0, len(rows), size=len(rows))])
        if np.ptp(first[taken]) > 0 and np.ptp(second[taken]) > 0:
            drawn.append(statistic(first[taken], second[taken]))
    interval = Interval(*map(float, np.quantile(drawn, [0.025, 0.975]))) if np.ptp(drawn or [0.0]) > 1e-12 else None
    return Estimate(statistic(first, second), interval)


@dataclass(frozen=True)
class Share:
    """``hits`` of ``of``, with Wilson's 95 % interval; it takes texts as independent."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        from scipy import stats

        if not self.of:
            return None
        found = stats.binomtest(self.hits, self.of).proportion_ci(method="wilson")
        return Interval(float(found.low), float(found.high))
