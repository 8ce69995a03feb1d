"""The prompts as pages: every version with its change log, and what one changed against another.

``/prompts`` is an API address too: these routes answer only those who ask for HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.errors import UnknownPrompt
from service.prompting.evidence import default_results
from service.prompting.library import PromptLibrary, PromptVersion
from service.web.people import ForPeople
from service.web.prompt_scores import Scores, changelog_paragraphs, scores_of
from service.web.services import services_of
from service.web.templating import KIND_NAMES, templates

_CONTEXT = 3  # unchanged lines shown around a change


router = APIRouter(include_in_schema=False, route_class=ForPeople)


@dataclass(frozen=True)
class DiffLine:
    """``mark`` is '+', '-', ' ' or '…' for lines left out."""

    mark: str
    text: str


@dataclass(frozen=True)
class FileDiff:
    name: str
    lines: tuple[DiffLine, ...]

    @property
    def changed(self) -> bool:
        return any(line.mark in "+-" for line in self.lines)


@dataclass(frozen=True)
class VersionShown:
    version: PromptVersion
    scores: Scores
    changelog: tuple[str, ...]


@router.get("/prompts")
async def prompts_page(request: Request) -> HTMLResponse:
    library = services_of(request).library
    prompts = {name: [_shown(library, v) for v in reversed(library.versions(name))] for name in _in_order(library)}
    context = {"prompts": prompts, "current": _current(library)}
    return templates().TemplateResponse(request, "prompts.html", context)


@router.get("/prompts/{name}")
async def prompt_page(request: Request, name: str, old: str = "", new: str = "") -> HTMLResponse:
    """One prompt: two of its versions side by side, by default the last two."""
    library = services_of(request).library
    try:
        versions = library.versions(name)
        after = _chosen(versions, new) or versions[-1]
        before = _chosen(versions, old) or _before(versions, after)
    except UnknownPrompt as problem:
        return templates().TemplateResponse(request, "problem.html", {"problem": problem}, status_code=404)
    context = {
        "name": name,
        "versions": versions,
        "before": before,
        "after": after,
        "shown": _shown(library, after),
        "diffs": tuple(_diffs(before, after)) if before else (),
        "current": _current(library),
        "fragment": request.headers.get("hx-request") == "true",
    }
    return templates().TemplateResponse(request, "prompt.html", context)


def _in_order(library: PromptLibrary) -> list[str]:
    """The kinds as the form has them, then whatever else there is."""
    known = list(KIND_NAMES)
    return sorted(library.names(), key=lambda name: (known.index(name) if name in known else len(known), name))


def _shown(library: PromptLibrary, version: PromptVersion) -> VersionShown:
    return VersionShown(version, scores_of(version, default_results(library.root)), changelog_paragraphs(version))


def _chosen(versions: tuple[PromptVersion, ...], asked: str) -> PromptVersion | None:
    """The version with the number ``asked``; None where nothing was asked. Raises UnknownPrompt."""
    if not asked:
        return None
    found = next((v for v in versions if str(v.version) == asked), None)
    if found is None:
        raise UnknownPrompt(f"{versions[0].name} has no version '{asked[:20]}'.")
    return found


def _before(versions: tuple[PromptVersion, ...], after: PromptVersion) -> PromptVersion | None:
    parent = next((v for v in versions if v.id == after.parent), None)
    older = [v for v in versions if v.version < after.version]
    return parent or (older[-1] if older else None)


def _current(library: PromptLibrary) -> dict[str, tuple[str, ...]]:
    """For each version's id the models that get it: 'small', 'large'."""
    found: dict[str, tuple[str, ...]] = {}
    for channels in library.channels.values():
        for size, channel in channels.items():
            found[channel.stable] = (*found.get(channel.stable, ()), size)
    return {ref: tuple(dict.fromkeys(sizes)) for ref, sizes in found.items()}


def _diffs(before: PromptVersion, after: PromptVersion) -> Iterator[FileDiff]:
    for name, old, new in (("system.j2", before.system, after.system), ("user.j2", before.user, after.user)):
        yield FileDiff(name, tuple(_lines(old.splitlines(), new.splitlines())))
    yield FileDiff("parameters", tuple(_lines(_parameters(before), _parameters(after))))


def _parameters(version: PromptVersion) -> list[str]:
    p = version.parameters
    return [
        f"style: {version.style}",
        f"temperature: {p.temperature}",
        f"max_tokens: {p.max_tokens}",
        f"candidates: {p.candidates}",
        f"stop: {', '.join(map(repr, p.stop)) or 'none'}",
    ]


def _lines(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT):
        yield DiffLine("…", "")
        for tag, a, b, c, d in group:
            if tag == "equal":
                yield from (DiffLine(" ", line) for line in old[a:b])
            else:
                yield from (DiffLine("-", line) for line in old[a:b])
                yield from (DiffLine("+", line) for line in new[c:d])
