"""How well the judge of sentences judges, and the threshold at which it works.

python -m training.judge.measure [LOT.jsonl …]      figures at the served threshold
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from service.reading import labels
from service.reading.judge import WRONG, Floats64, copied, judged, log_odds, weighed
from service.reading.reader import WEIGHTS, Reader
from service.reading.spans import softmax
from training.judge.examples import FOLDER, Judged, lot

Floats = npt.NDArray[np.float32]
Weights = tuple[float, float, float]
RIGHT = 0.98  # of what passes so much is neither swapped nor private
GOOD = 0.8  # and so much is good


def logits(rows: list[Judged], reader: Reader) -> Floats:
    """(sentences, labels): what the head says before any temperature."""
    return np.stack([judged(reader, r["owner"], r["reader"], r["item"], r["sentence"]) for r in rows])


def truth(rows: list[Judged]) -> npt.NDArray[np.int64]:
    return np.array([labels.JUDGED.index(row["label"]) for row in rows])


def shares(rows: list[Judged]) -> Floats64:
    """(sentences,): how much of each stands in its item as it is."""
    return np.array([copied(row["owner"], row["item"], row["sentence"]) for row in rows])


def fitted(good: Floats64, share: Floats64, true: npt.NDArray[np.bool_]) -> Weights:
    """The logistic regression over what the head says and what is copied (see ``weighed``), by Newton's method."""
    seen = np.stack([log_odds(good), share, np.ones(len(share))], 1)
    weights = np.zeros(3)
    for _ in range(20):
        said = 1 / (1 + np.exp(-seen @ weights))
        slope = seen.T @ (said - true) + 0.5 * weights
        weights -= np.linalg.solve((seen * (said * (1 - said))[:, None]).T @ seen + 0.5 * np.eye(3), slope)
    one, other, bias = (round(float(w), 3) for w in weights)
    return one, other, bias


def calibrated(rows: list[Judged], reader: Reader) -> tuple[float, Weights, float, float]:
    """(temperature, weights, most, least): the likeliest temperature, what the head and what is copied tell of 'good', how
    likely wrong a sentence may be and how likely good it has to be so that the most good ones pass, and of all that pass
    ``RIGHT`` are right and ``GOOD`` good. Where nothing keeps both, nothing passes."""
    said, label = logits(rows, reader), truth(rows)
    grid = np.exp(np.linspace(np.log(0.5), np.log(4), 50))
    losses = [-np.log(softmax(said, float(t))[np.arange(len(label)), label] + 1e-9).mean() for t in grid]
    temperature = float(grid[int(np.argmin(losses))])
    chances = softmax(said, temperature)
    share = shares(rows)
    weights = fitted(chances[:, 0], share, label == 0)
    good, wrong = weighed(chances[:, 0], share, weights), chances[:, WRONG].sum(1)
    best, found = 0, (0.0, 1.0)
    for most in np.arange(0.01, 0.61, 0.01):
        for least in np.arange(0.0, 0.99, 0.01):
            passed = label[(wrong <= most) & (good >= least)]
            told = int((passed == 0).sum())
            if told > max(best, GOOD * len(passed)) and (~np.isin(passed, WRONG)).mean() >= RIGHT:
                best, found = told, (round(float(most), 2), round(float(least), 2))
    return round(temperature, 3), weights, *found


def report(rows: list[Judged], reader: Reader) -> list[str]:
    chances, right = softmax(logits(rows, reader), reader.temperatures.get("judge", 1.0)), truth(rows)
    good = weighed(chances[:, 0], shares(rows), reader.judge_weights)
    passed = (chances[:, WRONG].sum(1) <= reader.least("judge")) & (good >= reader.least("judge_good"))
    true = right == 0
    order = np.argsort(good)
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    positive = int(true.sum())
    auc = (ranks[true].sum() - positive * (positive + 1) / 2) / max(1, positive * (len(rows) - positive))
    lines = [
        f"{len(rows)} sentences, wrong at most {reader.least('judge')}, good at least {reader.least('judge_good')}: of {int(passed.sum())} that pass "
        f"{int((passed & true).sum())} are good; of {positive} good ones {int((~passed & true).sum())} are lost; AUC {auc:.3f}"
    ]
    for n, name in enumerate(labels.JUDGED[1:], 1):
        of = right == n
        lines.append(f"  {name:<12} {int((~passed & of).sum())} of {int(of.sum())} stopped")
    return lines


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("lots", nargs="*", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    reader = Reader.load(options.weights)
    for path in options.lots or sorted(p for p in FOLDER.glob("*.jsonl") if p.stem.startswith(("dev", "test-"))):
        print(path.stem)
        print("\n".join(report(lot(path), reader)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
