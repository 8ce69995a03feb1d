"""The learned reader: one small encoder, one pass over the notes, numbers for each word piece."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from service.errors import WeightsError
from service.reading import labels
from service.reading.tokens import CLS, SEP, Ints, Tokens, tokenize, trusted, windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Floats = npt.NDArray[np.float32]
WEIGHTS = Path(__file__).with_name("weights")


@dataclass(frozen=True)
class Marks:
    """What the heads say, one row a word piece; ``state`` and ``held`` one row a window."""

    tokens: Tokens
    tags: Floats
    owner: Floats
    worth: Floats
    privacy: Floats
    part: Floats
    begins: Floats
    said_item: Floats
    said_person: Floats
    title_title: Floats
    title_person: Floats
    state: Floats
    held: Floats
    matter: Floats
    phrase: Floats


@dataclass(frozen=True)
class Link:
    """The few numbers of the heads that join items and titles with people."""

    nobody: Floats
    bias: float
    near: Floats
    title_near: float


class Reader:
    """Thread-safe; ``load`` is the only work before reading."""

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer, card: dict[str, Any]) -> None:
        self._session = session
        self.tokenizer = tokenizer
        link = {k: np.array(v, np.float32) for k, v in card["link"].items()}
        self.link = Link(link["nobody"], float(link["bias"][0]), link["near"], float(link["title_near"][0]))
        self.temperatures: dict[str, float] = card["temperatures"]
        self.thresholds: dict[str, float] = card.get("thresholds", {})
        self.judge_weights: tuple[float, float, float] = tuple(card.get("judge_weights", (1.0, 0.0, 0.0)))
        self.name: str = card["file"]

    def least(self, field: str) -> float:
        """How sure a field must be, so that a wrong one is rare; measured on the development lot."""
        return self.thresholds.get(field, 0.5)

    @classmethod
    def load(cls, folder: Path | None = None, *, threads: int = 1) -> Reader:
        """Raises WeightsError where a file is missing or is not the one that reader.json names."""
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        folder = folder or WEIGHTS
        try:
            card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
            weights, pieces = (folder / card["file"]).read_bytes(), (folder / "tokenizer.json").read_bytes()
        except (OSError, ValueError, KeyError) as error:
            raise WeightsError(
                f"The reader's weights in {folder.name}/ are not complete ({type(error).__name__})."
            ) from error
        for content, key in ((weights, "sha256"), (pieces, "tokenizer_sha256")):
            if hashlib.sha256(content).hexdigest() != card.get(key):
                raise WeightsError(
                    f"A file of the reader in {folder.name}/ is not the one that reader.json names: its {key} differs."
                )
        options = SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_str(pieces.decode())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(session, tokenizer, card)

    def read(self, text: str) -> Marks:
        """The heads' outputs for plain text (without markup) of any length."""
        tokens = tokenize(text, self.tokenizer)
        spans = windows(len(tokens))
        rows = [self.window(tokens, a, b) for a, b in spans]  # several at once need memory and save no time
        kept = [
            row[a - start + 1 : b - start + 1]
            for row, (start, _), (a, b) in zip(rows, spans, trusted(len(tokens), spans), strict=True)
        ]
        out = np.concatenate(kept)
        firsts = np.stack([row[0] for row in rows])
        parts = {n: out[:, c] for n, c in labels.columns().items() if n not in ("state", "held", "judge")}
        whole = {n: firsts[:, c] for n, c in labels.columns().items() if n in ("state", "held")}
        return Marks(tokens, **parts, **whole)

    def window(self, tokens: Tokens, a: int, b: int) -> Floats:
        """(b - a + 2, outputs): the pieces [a, b) between the encoder's own two."""
        ids = np.concatenate([[CLS], tokens.ids[a:b], [SEP]])
        return self.run(ids, np.pad(tokens.features[a:b], 1))

    def run(self, ids: Ints, features: Ints) -> Floats:
        """The encoder's one pass over a row (length,) → (length, outputs)."""
        mask = np.ones((1, len(ids)), np.float32)
        out: Floats = self._session.run(["out"], {"ids": ids[None], "features": features[None], "mask": mask})[0][0]
        return out
