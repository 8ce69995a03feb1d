"""Whether training repeats itself: a slice of the data, two steps, twice, and the two files' hashes compared.

python -m training.reader.repeats      exit 1 where they differ
"""

from __future__ import annotations

import hashlib
import sys

from training.judge.examples import judged
from training.reader.data import training_sets
from training.reader.export import quantized
from training.reader.train import trained


def main() -> int:
    few = [r for hand in training_sets().values() for r in hand[:2]]
    hashes = [
        hashlib.sha256(quantized(trained(few, judged()[:60], epochs=1, steps=2, log=lambda _: None))).hexdigest()
        for _ in range(2)
    ]
    print("\n".join(hashes))
    return int(hashes[0] != hashes[1])


if __name__ == "__main__":
    sys.exit(main())
