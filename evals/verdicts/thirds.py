"""Messages on which two readers differ on 'send' → a list for a third; the third's answers → the verdicts.

python -m evals.verdicts.thirds > LIST
python -m evals.verdicts.thirds ANSWERS > ALL; grep '"part":"test"' ALL > judged/test.jsonl; the same for tune

LIST tells notes, reader, kind and text by the message's place among all of them, and neither source nor verdict.
ANSWERS: rows {"n": place, "judge", "verdict", "faults"}. An answer that the guide refuses is left out and said.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.errors import EvalError
from evals.files import CASES
from evals.verdicts.data import JudgedMessage, judged_cases, load_verdicts
from evals.verdicts.gather import gathered, rows


def asked(messages: Sequence[JudgedMessage], cases: Mapping[str, Case]) -> Iterator[str]:
    """The list, message by message, those about one set of notes under it."""
    left = [(n, m) for n, m in enumerate(messages, 1) if m.wants_third]
    for case, group in groupby(sorted(left, key=lambda pair: (pair[1].case, pair[0])), key=lambda pair: pair[1].case):
        yield f"=== NOTES\n\n{cases[case].notes.strip()}\n"
        for n, m in group:
            subject = f"Subject: {m.subject}\n\n" if m.subject else ""
            yield f"--- {n} · {m.kind.value} to {m.recipient or 'nobody by name'}\n\n{subject}{m.body.strip()}\n"


def merged(
    messages: Sequence[JudgedMessage], answers: Iterable[Mapping[str, Any]], cases: Mapping[str, Case]
) -> tuple[list[JudgedMessage], list[str]]:
    """All messages, with the answers as verdicts, and a sentence for what was mended or left out.

    Raises EvalError for an answer to what was not asked.
    """
    readings = []
    for answer in answers:
        n = answer["n"]
        if not 0 < n <= len(messages) or not messages[n - 1].wants_third:
            raise EvalError(f"{n} is no line on which two readers differ on 'send' and no third has judged.")
        if answer["judge"] in {v.judge for v in messages[n - 1].verdicts}:
            raise EvalError(f"{answer['judge']} has judged line {n} before. A third reader is another one.")
        readings.append({**answer, "id": messages[n - 1].id})
    return gathered([m.model_dump(mode="json") for m in messages], readings, cases)


def main(arguments: Sequence[str]) -> int:
    messages, cases = load_verdicts(), judged_cases(CASES)
    if not arguments:
        sys.stdout.write("\n".join(asked(messages, cases)))
        return 0
    found, said = merged(messages, (row for path in arguments for row in rows(Path(path))), cases)
    for message in found:
        sys.stdout.write(message.model_dump_json() + "\n")
    for sentence in said:
        sys.stderr.write(sentence + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
