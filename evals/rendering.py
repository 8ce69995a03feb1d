"""Every prompt version over every case: what `prompts check` finds out before a user's notes do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from evals.bare import bare_values
from evals.cases import Case, load_cases
from evals.files import CASES
from evals.judge.ask import guide
from service.drafting.asking import request_of
from service.drafting.large import prompt_values
from service.drafting.pipeline import context_of
from service.drafting.plan import Outline, plan_messages
from service.drafting.read_along import read_request
from service.drafting.small import sentence_request
from service.drafting.verify import verify_values
from service.errors import AfterwordError, PromptError
from service.prompting.library import PromptLibrary, PromptVersion
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.types import DraftRequest, Facts, Length, Tone

_WAYS = tuple(product(Tone, Length))  # taken in turn, so that every branch for a tone or a length is met


def unrendered(root: Path, cases: Path | None = None, reader: Reader | None = None) -> Iterator[str]:
    """A sentence for every version that some case cannot be rendered with: the first such case.

    Raises PromptError and CaseError.
    """
    library = PromptLibrary.load(root, verified=False)
    left = {ref: v for ref, v in library.prompts.items() if ref not in library.retired}  # those are sent to nobody
    for case, request, facts, outlines in _read(load_cases(cases or CASES), reader or Reader.load()):
        for version in tuple(left.values()):
            try:
                _render(version, request, facts, outlines)
            except PromptError as error:
                del left[version.id]
                yield f"{version.id} cannot be rendered for the case {case.id}: {error.detail}"


def _read(cases: Sequence[Case], reader: Reader) -> Iterator[tuple[Case, DraftRequest, Facts, tuple[Outline, ...]]]:
    for n, case in enumerate(cases):
        tone, length = _WAYS[n % len(_WAYS)]
        request = replace(case.draft_request, tone=tone, length=length)
        try:
            facts = read_notes(request.notes, reader, now=request.now, given=request.given)
        except AfterwordError:
            continue  # notes that are refused reach no prompt
        yield case, request, facts, plan_messages(facts, request).outlines


def _render(version: PromptVersion, request: DraftRequest, facts: Facts, outlines: Sequence[Outline]) -> None:
    """Every call that the version is asked for in a draft. Raises PromptError."""
    if version.style == "read":
        read_request(facts, version, request)
        return
    for outline in outlines:
        if version.style == "verify":
            told = [item.text for item in outline.points]
            if told:  # what holds no sentence of a model is not read over
                request_of(version, verify_values(told, outline, context_of(outline, facts, request)))
        elif version.style == "judge":
            request_of(version, _judged(outline, request))
        elif version.style == "bare":
            request_of(version, bare_values(outline, request))
        elif version.name == outline.kind.value and version.style == "whole":
            request_of(version, prompt_values(outline, facts))
        elif version.name == outline.kind.value:
            for item in outline.points:
                sentence_request(item, outline, version, "What you said about")


def _judged(outline: Outline, request: DraftRequest) -> dict[str, object]:
    """The beginning of the notes stands for a message."""
    texts = dict.fromkeys(("message", "first", "second"), request.notes[:200])
    asked = {"guide": guide(), "notes": request.notes, "kind": outline.kind.value}
    return {**asked, **texts, "recipient": outline.recipient.name or ""}
