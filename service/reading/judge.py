"""The judge of sentences: whether a sentence says of one note item what a message to its reader may say of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.reading import labels
from service.reading.judge_pair import pair
from service.reading.reader import Reader
from service.reading.spans import softmax
from service.types import NoteItem

WRONG = [labels.JUDGED.index(label) for label in ("swapped", "private")]  # what is never sent
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Verdict:
    """``good`` is how likely the sentence can be sent, ``wrong`` how likely it is swapped or private; ``fault`` the likeliest."""

    good: float
    wrong: float
    fault: str  # swapped, unsupported, private, nonsense


def judged(reader: Reader, owner: str, to: str | None, item: str, sentence: str) -> Floats:
    """(labels,): what the head says of one pair, before any temperature."""
    out: Floats = reader.run(*pair(owner, to, item, sentence, reader.tokenizer))[0, labels.columns()["judge"]]
    return out


@dataclass(frozen=True)
class ReadingJudge:
    """Holds a small model's sentences against the items they were made from, with the reader's own encoder."""

    reader: Reader

    @property
    def most(self) -> float:
        """How likely wrong a sentence may be: of what passes, nearly nothing was on the lot that set it."""
        return self.reader.least("judge")

    @property
    def least(self) -> float:
        """How likely good it has to be: on that lot most of what passes was, and half of the good is lost for it."""
        return self.reader.least("judge_good")

    def judge(self, item: NoteItem, to: str | None, sentences: tuple[str, ...]) -> tuple[Verdict, ...]:
        """One verdict a sentence of a message to ``to``; pure and quick."""
        temperature = self.reader.temperatures.get("judge", 1.0)
        out = []
        for sentence in sentences:
            chances = softmax(judged(self.reader, item.owner.value, to, item.text, sentence), temperature)
            fault = labels.JUDGED[1 + int(np.argmax(chances[1:]))]
            out.append(Verdict(float(chances[0]), float(chances[WRONG].sum()), fault))
        return tuple(out)
