"""The judge of sentences: whether a sentence says of one note item what a message to its reader may say of it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from service.phrases import load
from service.reading import labels
from service.reading.judge_pair import pair
from service.reading.reader import Reader
from service.reading.spans import softmax
from service.types import NoteItem

WRONG = [labels.JUDGED.index(label) for label in ("swapped", "private")]  # what is never sent
Floats = npt.NDArray[np.float32]
Floats64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """``good`` is how likely the sentence can be sent, by the head and by how much of it stands in the item; ``wrong`` how
    likely it is swapped or private, by the head; ``fault`` the likeliest."""

    good: float
    wrong: float
    fault: str  # swapped, unsupported, private, nonsense


def judged(reader: Reader, owner: str, to: str | None, item: str, sentence: str) -> Floats:
    """(labels,): what the head says of one pair, before any temperature."""
    out: Floats = reader.run(*pair(owner, to, item, sentence, reader.tokenizer))[0, labels.columns()["judge"]]
    return out


def copied(owner: str, item: str, sentence: str) -> float:
    """0 to 1: the longest run of the item's words in the sentence, of all its words after the opening. What a small model
    takes over as it stands is more often plain English, and true, than what it words anew."""
    openings: list[str] = load("openings").get(owner, [])
    rest = next((sentence[len(o) :] for o in openings if sentence.startswith(o)), sentence)
    said, known = ([w.strip(".,;:!?\"'()").casefold() for w in text.split()] for text in (rest, item))
    return SequenceMatcher(None, said, known, autojunk=False).find_longest_match().size / max(1, len(said))


def log_odds(chance: Floats64) -> Floats64:
    return np.log(np.clip(chance, 1e-6, 1 - 1e-6) / (1 - np.clip(chance, 1e-6, 1 - 1e-6)))


def weighed(good: Floats64, share: Floats64, weights: tuple[float, float, float]) -> Floats64:
    """How likely good the sentences are that the head holds for ``good`` and of which ``share`` is copied: a logistic
    regression over both; ``weights``: of the one, of the other, and the bias (training/judge/measure.py)."""
    said: Floats64 = 1 / (1 + np.exp(-(weights[0] * log_odds(good) + weights[1] * share + weights[2])))
    return said


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
            share = copied(item.owner.value, item.text, sentence)
            good = weighed(np.array(chances[0], float), np.array(share), self.reader.judge_weights)
            out.append(Verdict(float(good), float(chances[WRONG].sum()), fault))
        return tuple(out)
