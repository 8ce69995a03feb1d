"""Messages and blind readings, as they come in, → the file of verdicts.

python -m evals.verdicts.gather MESSAGES JUDGED… > NEW, whose lines belong into judged/, by their part

MESSAGES: rows without part and cluster; JUDGED: rows {id, judge, verdict, faults}. What does not fit the guide is left
out and said on the terminal: a reading that would not send and names no fault, a quote that does not stand in its
message, a message with fewer than two readings.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.cases import Case
from evals.errors import EvalError
from evals.files import CASES
from evals.verdicts.data import HARD, JudgedMessage, Verdict, Word, judged_cases, part_of, problems

_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\n": " ", "\xa0": " "})


def gathered(
    messages: Iterable[Mapping[str, Any]], readings: Iterable[Mapping[str, Any]], cases: Mapping[str, Case]
) -> tuple[list[JudgedMessage], list[str]]:
    """The judged messages in the order of ``messages``, and a sentence for everything that was left out or mended.

    Raises EvalError for a row that is no message or no reading.
    """
    judged: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for reading in readings:
        judged[reading["id"]][reading["judge"]] = reading
    out, said = [], []
    for row in messages:
        case = cases.get(row["case"])
        if case is None:
            said.append(f"{row['id']}: left out: there is no case {row['case']}.")
            continue
        text = f"{row['subject'] or ''}\n{row['body']}"
        verdicts = []
        for reading in (*row.get("verdicts", ()), *judged[row["id"]].values()):
            verdict, whats = _verdict(reading, text)
            verdicts += [verdict] if verdict else []
            said += [f"{row['id']}, {reading['judge']}: {what}" for what in whats]
        if len(verdicts) < 2:
            said.append(f"{row['id']}: left out: fewer than two readings.")
            continue
        stated = {k: row[k] for k in ("id", "case", "kind", "recipient", "subject", "body", "source")}
        stated |= {"candidate": row.get("candidate") or row.get("request", {}).get("candidate"), "verdicts": verdicts}
        try:
            out.append(JudgedMessage.model_validate(stated | {"cluster": case.cluster, "part": part_of(case.cluster)}))
        except ValidationError as error:
            raise EvalError(f"{row['id']} is no message: {error}") from error
    return out, said


def _verdict(reading: Mapping[str, Any], text: str) -> tuple[Verdict | None, list[str]]:
    """The reading as the guide has it, and what was done to it. None: it would not send, and names no fault."""
    said: list[str] = []
    faults = []
    for fault in reading.get("faults", ()):
        words = _standing(fault.get("words") or "", text)
        if words is None:
            said.append(f"'{fault['words']}' does not stand in the message: the fault keeps no words.")
        faults.append({"fault": fault["fault"], "words": words or ""})
    word = reading["verdict"]
    hard = next((f["fault"] for f in faults if f["fault"] in HARD), None)
    if word == Word.SEND and hard:
        said.append(f"'send' over '{hard}' is 'edit'.")
        word = Word.EDIT
    if word != Word.SEND and not faults:
        return None, [f"left out: '{word}' names no fault."]
    return Verdict.model_validate({"judge": reading["judge"], "verdict": word, "faults": faults}), said


def _standing(words: str, text: str) -> str | None:
    """``words`` as they stand in ``text``, quotation marks and line ends aside; None where they do not."""
    plain, wanted = text.translate(_MARKS).lower(), words.strip().strip("….").translate(_MARKS).lower()
    at = plain.find(wanted)
    return text[at : at + len(wanted)] if at >= 0 else None


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON Lines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def main(arguments: Sequence[str]) -> int:
    first, *rest = map(Path, arguments)
    cases = judged_cases(CASES)
    readings = (row for path in rest for row in rows(path))
    messages, said = gathered(rows(first), readings, cases)
    for message in messages:
        sys.stdout.write(message.model_dump_json() + "\n")
    for sentence in (*said, *problems(messages, cases, settled=True)):
        sys.stderr.write(sentence + "\n")
    sys.stderr.write(f"{len(messages)} messages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
