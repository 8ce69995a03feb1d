"""Held against scipy, against hand computation, and against what must hold whatever the numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evals.statistics import (
    Paired,
    Share,
    auc,
    clusters_needed,
    holm,
    kappa,
    mcnemar,
    paired,
    rank_correlation,
    sign_flip,
)

DIFFERENCES = [0.3, -0.1, 0.2, 0.05, 0.4, -0.2, 0.1, 0.0]
SINGLES = [f"c{n}" for n in range(8)]
CLUSTERED = ["a", "a", "b", "b", "b", "c", "d", "d"]


def test_with_one_row_per_cluster_it_is_the_paired_t_interval() -> None:
    seen = paired(DIFFERENCES, SINGLES)
    known = stats.ttest_1samp(DIFFERENCES, 0).confidence_interval(0.95)
    assert seen.interval is not None
    assert (seen.interval.low, seen.interval.high) == pytest.approx((known.low, known.high))
    assert seen.error == pytest.approx(stats.sem(DIFFERENCES))


def test_the_cluster_robust_error_is_the_one_computed_by_hand() -> None:
    # mean 0.09375; residual sums a 0.0125, b 0.36875, c -0.29375, d -0.0875; variance 4/3 · Σ² / 8²
    residuals = [0.0125, 0.36875, -0.29375, -0.0875]
    seen = paired(DIFFERENCES, CLUSTERED)
    assert seen.error == pytest.approx((4 / 3 * sum(r * r for r in residuals)) ** 0.5 / 8)
    assert seen.interval is not None
    assert seen.interval.high - seen.mean == pytest.approx(stats.t.ppf(0.975, 3) * seen.error)
    assert (seen.rows, seen.clusters) == (8, 4)


def test_copies_of_a_row_make_a_mean_no_surer() -> None:
    once, often = paired(DIFFERENCES, SINGLES), paired(DIFFERENCES * 5, SINGLES * 5)
    assert often.interval is not None
    assert once.interval is not None
    assert often.interval.low == pytest.approx(once.interval.low)
    assert often.p == once.p


def test_the_exact_sign_flip_counts_every_pattern() -> None:
    sums = [0.2, 0.05, 0.2, -0.1]
    patterns = list(itertools.product((1, -1), repeat=4))
    as_large = [p for p in patterns if abs(sum(s * x for s, x in zip(p, sums, strict=True))) >= abs(sum(sums)) - 1e-9]
    assert sign_flip(sums, ["a", "b", "c", "d"]) == len(as_large) / 16


def test_the_drawn_sign_flip_agrees_with_scipy() -> None:
    values = np.random.default_rng(1).normal(0.15, 0.5, 40)
    known = stats.permutation_test(
        (values,),
        lambda x, axis: x.mean(axis=axis),
        permutation_type="samples",
        n_resamples=20_000,
        rng=np.random.default_rng(2),
    ).pvalue
    assert sign_flip(list(values), [str(n) for n in range(40)]) == pytest.approx(known, abs=0.015)


def test_the_drawn_sign_flip_says_the_same_every_time() -> None:
    values = list(np.random.default_rng(1).normal(0.1, 0.5, 40))
    names = [str(n) for n in range(40)]
    assert sign_flip(values, names) == sign_flip(values, names)


def test_nothing_moved_is_no_evidence() -> None:
    seen = paired([0.0] * 12, [f"c{n % 6}" for n in range(12)])
    assert (seen.mean, seen.p) == (0.0, 1.0)
    assert seen.interval is not None
    assert (seen.interval.low, seen.interval.high) == (0.0, 0.0)


def test_one_cluster_gives_no_interval() -> None:
    seen = paired([0.1, 0.2], ["a", "a"])
    assert seen.interval is None
    assert seen.p == 1.0


@given(st.lists(st.tuples(st.floats(-1, 1), st.sampled_from("abcdefgh")), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_turning_the_comparison_round_turns_its_result_round(rows: list[tuple[float, str]]) -> None:
    values, names = [v for v, _ in rows], [n for _, n in rows]
    there, back = paired(values, names), paired([-v for v in values], names)
    assert back.mean == pytest.approx(-there.mean)
    assert back.p == pytest.approx(there.p)
    if there.interval and back.interval:
        assert back.interval.low == pytest.approx(-there.interval.high)
        assert there.interval.low - 1e-12 <= there.mean <= there.interval.high + 1e-12


@given(st.permutations(range(8)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    seen = paired([DIFFERENCES[i] for i in order], [CLUSTERED[i] for i in order])
    assert seen.p == paired(DIFFERENCES, CLUSTERED).p
    assert seen.error == pytest.approx(paired(DIFFERENCES, CLUSTERED).error)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """Rows of a cluster share most of their noise; an interval that took them as independent would cover about half."""
    random, covered = np.random.default_rng(3), 0
    names = [f"c{n // 5}" for n in range(60)]
    for _ in range(400):
        shared = np.repeat(random.normal(0, 1, 12), 5)
        interval = paired(list(0.2 + shared + random.normal(0, 0.3, 60)), names).interval
        assert interval is not None
        covered += interval.low <= 0.2 <= interval.high
    assert 0.91 <= covered / 400 <= 0.98


def test_the_sign_flip_keeps_its_rate_of_false_alarms() -> None:
    random = np.random.default_rng(4)
    names = [f"c{n // 3}" for n in range(30)]
    alarms = sum(
        sign_flip(list(np.repeat(random.normal(0, 1, 10), 3) + random.normal(0, 0.2, 30)), names) <= 0.05
        for _ in range(400)
    )
    assert 0.02 <= alarms / 400 <= 0.08


def test_the_bootstrap_stands_from_thirty_clusters_on_and_lies_by_the_t_interval() -> None:
    values = list(np.random.default_rng(5).normal(0.1, 0.3, 120))
    assert paired(values[:116], [f"c{n // 4}" for n in range(116)]).bootstrap is None
    seen = paired(values, [f"c{n // 4}" for n in range(120)])
    assert seen.bootstrap is not None
    assert seen.interval is not None
    assert seen.bootstrap.low == pytest.approx(seen.interval.low, abs=0.02)
    assert seen.bootstrap.high == pytest.approx(seen.interval.high, abs=0.02)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_and_keeps_their_order(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(p <= a <= 1 for p, a in zip(ps, adjusted, strict=True))
    assert [a for _, a in sorted(zip(ps, adjusted, strict=True))] == sorted(adjusted)


@pytest.mark.parametrize(("lost", "won", "p"), [(0, 0, 1.0), (0, 5, 0.0625), (1, 9, 22 / 1024), (4, 4, 1.0)])
def test_mcnemar_by_hand(lost: int, won: int, p: float) -> None:
    assert mcnemar(lost, won) == pytest.approx(p)
    assert mcnemar(won, lost) == pytest.approx(p)


def test_as_many_clusters_as_are_said_to_be_needed_do() -> None:
    seen = Paired(40, 20, -0.01, 0.03, None, 0.7, None)
    needed = clusters_needed(seen, 0.05)
    assert needed is not None
    spread = 0.03 * 20**0.5

    def low(count: int) -> float:
        return float(-0.01 - stats.t.ppf(0.975, count - 1) * spread / count**0.5)

    assert low(needed) > -0.05 >= low(needed - 1)


def test_no_number_of_clusters_mends_a_loss_as_large_as_the_margin() -> None:
    assert clusters_needed(Paired(40, 20, -0.05, 0.03, None, 0.1, None), 0.05) is None


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ((20, 5, 10, 15), 0.4),  # agreed 0.7, by chance 0.5
        ((45, 15, 25, 15), 0.06 / 0.46),  # agreed 0.6, by chance 0.6 · 0.7 + 0.4 · 0.3 = 0.54
        ((0, 10, 10, 0), -1.0),
        ((10, 0, 0, 10), 1.0),
        ((10, 10, 0, 0), 0.0),  # always yes
    ],
)
def test_kappa_by_hand(table: tuple[int, int, int, int], value: float) -> None:
    found = kappa(*_judged(table))
    assert found is not None
    assert found.value == pytest.approx(value)
    if found.interval:
        assert found.interval.low <= value <= found.interval.high


def _judged(table: tuple[int, int, int, int]) -> tuple[list[bool], list[bool], list[str]]:
    """Said and label: yes and yes, yes and no, no and yes, no and no, so many times; each text by itself."""
    yes_yes, yes_no, no_yes, no_no = table
    said = [True] * (yes_yes + yes_no) + [False] * (no_yes + no_no)
    labels = [True] * yes_yes + [False] * yes_no + [True] * no_yes + [False] * no_no
    return said, labels, [str(n) for n in range(len(said))]


@pytest.mark.parametrize("table", [(8, 0, 0, 0), (5, 0, 3, 0), (0, 0, 0, 0)])
def test_where_the_labels_are_all_alike_kappa_is_not_defined(table: tuple[int, int, int, int]) -> None:
    assert kappa(*_judged(table)) is None


@pytest.mark.parametrize("table", [(10, 0, 0, 10), (10, 10, 0, 0)])
def test_where_no_draw_differs_kappa_has_no_interval(table: tuple[int, int, int, int]) -> None:
    found = kappa(*_judged(table))
    assert found is not None
    assert found.interval is None


def test_copies_of_a_text_make_kappa_no_surer() -> None:
    said, labels, names = _judged((20, 5, 10, 15))
    assert kappa(said * 5, labels * 5, names * 5) == kappa(said, labels, names)


def test_the_interval_of_kappa_covers_the_truth_about_as_often_as_it_says() -> None:
    """Three of ten clusters are hard, their verdicts tossed: 85 % agree where half would by chance, so kappa is 0.7."""
    random, covered = np.random.default_rng(7), 0
    labels = [True, False] * 80
    names = [f"c{n // 4}" for n in range(160)]
    for _ in range(300):
        hard = np.repeat(random.random(40) < 0.3, 4)
        said = np.asarray(labels) ^ (hard & (random.random(160) < 0.5))
        found = kappa(said.tolist(), labels, names)
        assert found is not None
        assert found.interval is not None
        covered += found.interval.low <= 0.7 <= found.interval.high
    assert 0.9 <= covered / 300 <= 0.98


def test_kappa_wants_a_label_and_a_cluster_for_each_verdict() -> None:
    with pytest.raises(ValueError, match="are needed for each text"):
        kappa([True, False], [True], ["a", "b"])


def test_kappa_of_three_words_by_hand() -> None:
    """Of a hundred 45 agree; by chance 0.5 · 0.4 + 0.2 · 0.4 + 0.3 · 0.2 = 0.34 would."""
    table = {"aa": 25, "ab": 20, "ac": 5, "ba": 5, "bb": 10, "bc": 5, "ca": 10, "cb": 10, "cc": 10}
    pairs = [tuple(pair) for pair, count in table.items() for _ in range(count)]
    found = kappa([a for a, _ in pairs], [b for _, b in pairs], [str(n) for n in range(len(pairs))])
    assert found is not None
    assert found.value == pytest.approx((0.45 - 0.34) / (1 - 0.34))


def _alone(count: int) -> list[str]:
    return [str(n) for n in range(count)]


@pytest.mark.parametrize(
    ("scores", "value"),
    [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0), ([5, 5, 5, 5], 0.5), ([1, 3, 2, 4], 0.75), ([1, 2, 2, 4], 0.875)],
)
def test_auc_by_hand(scores: list[float], value: float) -> None:
    found = auc(scores, [False, False, True, True], _alone(4))
    assert found is not None
    assert found.value == pytest.approx(value)


def test_where_the_labels_are_all_alike_auc_is_not_defined() -> None:
    assert auc([1, 2, 3], [True, True, True], _alone(3)) is None


def test_the_interval_of_auc_covers_the_truth_about_as_often_as_it_says() -> None:
    """Normal scores whose means lie 1 apart: a good one is above a bad one with Φ(1/√2) = 0.760."""
    random, covered = np.random.default_rng(3), 0
    labels = np.arange(120) % 3 > 0
    for _ in range(120):
        found = auc(list(random.normal(size=120) + labels), [bool(x) for x in labels], _alone(120))
        assert found is not None
        assert found.interval is not None
        covered += found.interval.low <= 0.760 <= found.interval.high
    assert 0.88 <= covered / 120 <= 0.99


def test_copies_of_a_text_make_auc_no_surer() -> None:
    scores, labels, names = [1.0, 3.0, 2.0, 4.0, 2.5], [False, False, True, True, True], _alone(5)
    assert auc(scores * 4, labels * 4, names * 4) == auc(scores, labels, names)


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [([1, 2, 3, 4], [2, 4, 8, 16], 1.0), ([1, 2, 3, 4], [4, 3, 2, 1], -1.0), ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8)],
)
def test_rank_correlation_by_hand(first: list[float], second: list[float], value: float) -> None:
    """1 - 6 Σd² / (n³ - n) where nothing is tied."""
    found = rank_correlation(first, second, _alone(len(first)))
    assert found is not None
    assert found.value == pytest.approx(value)


def test_what_never_changes_orders_nothing() -> None:
    assert rank_correlation([1, 1, 1], [1, 2, 3], _alone(3)) is None


def test_a_share_has_wilsons_interval() -> None:
    """Newcombe 1998, 81 of 263: 0.2553 to 0.3662."""
    found = Share(81, 263).interval
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)


def test_too_few_names_are_refused() -> None:
    with pytest.raises(ValueError, match="as many cluster names"):
        paired([0.1, 0.2], ["a"])
