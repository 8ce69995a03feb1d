"""What a model said, out of what it sent: without its thinking, its asides and its wrapping. Pure.

Makers mark thinking in many ways, and templates swallow half of a mark; the table of marks is the one place to add to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

_NAMES = "think|thinking|thought|thoughts|reasoning|reflection|analysis|scratchpad|seed:think"
# Each maker's own way to begin and to end thinking aloud in the text of the answer.
_OPENS = (
    rf"<(?:{_NAMES})(?:\s[^<>]*)?>",
    r"\[THINK\]",
    r"◁think▷",
    r"<\|begin_of_thought\|>",
    r"<\|START_THINKING\|>",
    r"<\|channel\|>(?:analysis|commentary)[^<]*<\|message\|>",
    r"<\|channel>thought",
    r"<unused94>thought",
)
_CLOSES = (
    rf"</(?:{_NAMES})\s*>",
    r"\[/THINK\]",
    r"◁/think▷",
    r"<\|end_of_thought\|>",
    r"<\|END_THINKING\|>",
    r"<\|end\|>",
    r"<channel\|>",
    r"<unused95>",
)
# Marks around the answer itself, and control tokens that a server should have kept to itself.
_MARKS = (
    r"</?(?:answer|response|output|final|final_answer)>",
    r"<\|channel\|>final[^<]*<\|message\|>",
    r"<\|start\|>assistant",
    r"<\|[a-zA-Z_]{2,30}\|>",
    r"</?s>",
    r"<(?:end_of_turn|eos|bos)>",
)
_OPEN = re.compile("|".join(_OPENS), re.IGNORECASE)
_CLOSE = re.compile("|".join(_CLOSES), re.IGNORECASE)
_MARK = re.compile("|".join(_MARKS), re.IGNORECASE)
_LONGEST_MARK = 64
_MAY_BEGIN_A_MARK = "<[◁"
_FENCE = re.compile(r"\s*```[\w+-]*[ \t]*\n(?P<inside>.*?)\n?[ \t]*```\s*", re.DOTALL)


class ThoughtFilter:
    """Takes an answer piece by piece and gives it back without thinking and control tokens.

    Holds back only what may be the beginning of a mark. ``thought`` says whether thinking was seen.
    """

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self._given = False
        self.thought = False
        self.leaked = False  # thinking that came without its opening mark has been given back already

    def feed(self, piece: str) -> str:
        self._held += piece
        return self._take(final=False)

    def flush(self) -> str:
        """What is still held back when the answer has ended; thinking that never ended is no answer."""
        return self._take(final=True)

    def _take(self, final: bool) -> str:
        out = ""
        while self._inside or self._held:
            if self._inside:
                end = _CLOSE.search(self._held)
                if end is None:
                    self._held = self._held[-_LONGEST_MARK:]
                    break
                self._held, self._inside = self._held[end.end() :].lstrip(), False
                continue
            begin, end = _OPEN.search(self._held), _CLOSE.search(self._held)
            if end is not None and (begin is None or end.start() < begin.start()):
                # A template that writes the opening mark itself leaves only the closing one in the answer.
                self.thought = True
                self.leaked = self.leaked or self._given
                out, self._held = "", self._held[end.end() :].lstrip()
                continue
            if begin is not None:
                out += self._plain(self._held[: begin.start()])
                self._held, self._inside, self.thought = self._held[begin.end() :], True, True
                continue
            ready = len(self._held) if final else self._undecided()
            out += self._plain(self._held[:ready])
            self._held = self._held[ready:]
            break
        self._given = self._given or bool(out.strip())
        return out

    def _plain(self, text: str) -> str:
        return _MARK.sub("", text)

    def _undecided(self) -> int:
        """Where a mark may have begun that has not ended yet; the length where none may."""
        last = max(self._held.rfind(c) for c in _MAY_BEGIN_A_MARK)
        unsure = last >= 0 and len(self._held) - last < _LONGEST_MARK
        # A mark may be two tokens in a row: '<|channel|>' and 'analysis<|message|>'.
        two = self._held.rfind("<|channel", 0, last + 1) if unsure else -1
        return (two if two >= 0 and len(self._held) - two < _LONGEST_MARK else last) if unsure else len(self._held)


def spoken(text: str) -> str:
    """The whole answer without thinking and control tokens."""
    thoughts = ThoughtFilter()
    said = thoughts.feed(text) + thoughts.flush()
    return said.strip() if said != text else text


def unfenced(text: str) -> str:
    """The inside of a code fence, where the whole text is one."""
    found = _FENCE.fullmatch(text)
    return found["inside"] if found else text


def after_preface(text: str, prefix: str) -> str:
    """The text from where it begins with ``prefix``, should a preface stand in front ('Sure, here it is:')."""
    wanted = prefix.strip()
    if not wanted or text.lstrip(" \n\t\"'“‘").casefold().startswith(wanted.casefold()):
        return text
    found = re.search(r"(?im)^[ \t\"'“‘*>-]*" + re.escape(wanted), text)
    return text[found.start() :] if found else text


def json_answer(text: str, schema: Mapping[str, Any]) -> str | None:
    """The one JSON value in ``text`` that has the fields ``schema`` asks for, as it stands there; None without one.

    Fences, a preface, a trailer, a JSON text inside a JSON string and an object around the object are taken off.
    Lengths, enumerations and fields too many are the caller's to judge.
    """
    for raw, value in _values(text):
        if _fits(value, schema):
            return raw
        for inner in _unwrapped(value):
            if _fits(inner, schema):
                return json.dumps(inner, ensure_ascii=False)
    return None


def _values(text: str) -> Iterator[tuple[str, Any]]:
    """Every JSON value that begins where one may begin: the whole text, and from each brace on that is in no other."""
    whole = unfenced(text).strip()
    decoder = json.JSONDecoder(strict=False)  # small models put line breaks into strings as they are
    try:
        yield whole, decoder.decode(whole)
        return
    except ValueError:
        pass
    at = 0
    while (at := text.find("{", at)) >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            at += 1
            continue
        yield text[at:end], value
        at = end


def _unwrapped(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        try:
            yield json.loads(value)
        except ValueError:
            return
    elif isinstance(value, list) and len(value) == 1:
        yield value[0]
    elif isinstance(value, dict) and len(value) == 1:
        yield next(iter(value.values()))


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    errors = Draft202012Validator(dict(schema)).iter_errors(value)
    return not any(e.validator in ("required", "type") for e in errors)
