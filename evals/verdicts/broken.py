"""Judged messages, broken on purpose, one rule at a time, → rows for blind readers.

python -m evals.verdicts.broken MESSAGES > BROKEN

Each message is broken in one way, the ways taken in turn, so that all are about as frequent.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.files import CASES
from evals.mutations import MUTATIONS, GoodMessage
from evals.verdicts.data import judged_cases
from service.types import MessageKind, Recipient, Wording


def broken(rows: Iterable[Mapping[str, Any]], cases: Mapping[str, Case]) -> Iterator[dict[str, Any]]:
    """One broken message for each of ``rows`` that can be broken, by the way that was taken least so far."""
    taken: Counter[str] = Counter()
    for row in rows:
        if row["source"]["channel"] == "mutation" or row["case"] not in cases:
            continue
        message = GoodMessage(
            cases[row["case"]],
            MessageKind(row["kind"]),
            Recipient(row["recipient"]),
            Wording(row["subject"], row["body"]),
        )
        for mutation in sorted(MUTATIONS, key=lambda m: taken[m.name]):
            if (wording := mutation.apply(message)) is not None:
                taken[mutation.name] += 1
                source = {"channel": "mutation", "mutation": mutation.name, "of": row["id"]}
                told = {"subject": wording.subject, "body": wording.body, "source": {**row["source"], **source}}
                yield {k: v for k, v in row.items() if k != "verdicts"} | told | {"id": f"{row['id']}-broken"}
                break


def main(arguments: Sequence[str]) -> int:
    rows = [json.loads(line) for path in arguments for line in Path(path).read_text(encoding="utf-8").splitlines()]
    for row in broken(rows, judged_cases(CASES)):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
