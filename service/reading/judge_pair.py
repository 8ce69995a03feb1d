"""A note item and a sentence made from it, as the encoder sees the two side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from service.reading.tokens import CLS, SEP, Ints, tokenize

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST = 128  # pieces of a pair; of a longer one the item gives way


def pair(owner: str, reader: str | None, item: str, sentence: str, tokenizer: Tokenizer) -> tuple[Ints, Ints]:
    """(ids, features): whose the item is and who reads, the item, the sentence."""
    told = tokenize(f"{owner.replace('_', ' ')}, to {reader or 'the reader'}: {item}", tokenizer)
    said = tokenize(sentence, tokenizer)
    room = max(0, LONGEST - 3 - min(len(said), LONGEST // 2))
    a, b = slice(0, room), slice(0, LONGEST - 3 - min(len(told), room))
    ids = np.concatenate([[CLS], told.ids[a], [SEP], said.ids[b], [SEP]])
    features = np.concatenate([[0], told.features[a], [0], said.features[b], [0]])
    return ids.astype(np.int64), features.astype(np.int64)
