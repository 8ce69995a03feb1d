"""Everything that must hold of the prompts before they may serve: what ``afterword prompts check`` says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.errors import PromptError
from service.prompting.evidence import read_evidence, reading_gap
from service.prompting.history import read_history
from service.prompting.library import PromptLibrary, PromptVersion, Status
from service.prompting.lock import verify
from service.prompting.render import check_templates

SMALL = "small"  # the channel of the embedded model
_UNTRIED = re.compile(r"^Released without evidence: \S.*$", re.MULTILINE)


@dataclass(frozen=True)
class Findings:
    """``problems`` fail the check; ``remarks`` say what could not be looked at."""

    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def without_evidence(reason: str) -> str:
    """The line of a change log that explains a release without a passing gate."""
    return f"Released without evidence: {' '.join(reason.split())}"


def measurable(library: PromptLibrary, version: PromptVersion) -> bool:
    """Whether no reason stands in for a gate: small models get this version, and one is in the box to measure it."""
    return version.parent is not None and SMALL in _served(library, version)


def _served(library: PromptLibrary, version: PromptVersion) -> set[str]:
    """The channels whose stable version it is."""
    return {name for name, entry in library.channels.get(version.name, {}).items() if entry.stable == version.id}


def check_prompts(root: Path, results: Path) -> Findings:
    """All problems at once, each a sentence that says what to do."""
    try:
        library = PromptLibrary.load(root, verified=False)
        lock = library.lock
    except PromptError as error:
        return Findings((error.detail,))
    problems: list[str] = []
    versions = tuple(library.prompts.values())
    released = {v.id for v in versions if v.status is Status.RELEASED}
    try:
        verify(root, released, lock)
    except PromptError as error:
        problems.append(error.detail)
    for version in versions:
        problems += _templates(version)
        problems += _evidence(version, results, library)
    problems += _channels(library)
    history = read_history(root)
    remarks = (history.unknown,) if history.unknown else ()
    return Findings((*problems, *history.touched), remarks)


def _templates(version: PromptVersion) -> Iterator[str]:
    try:
        check_templates(version)
    except PromptError as error:
        yield error.detail


def _evidence(version: PromptVersion, results: Path, library: PromptLibrary) -> Iterator[str]:
    if version.status is not Status.RELEASED:
        return
    try:
        record = read_evidence(results, version.sha256)
    except PromptError as error:
        yield error.detail
        return
    if record is None:
        where = f"{results.parent.name}/{results.name}"
        if measurable(library, version):
            yield (
                f"{version.id} is what small models get, and has no gate record in {where}. Run both versions with "
                f"`afterword eval run --prompt …`, then: afterword eval gate {version.parent} {version.id}"
            )
        elif not _UNTRIED.search(version.changelog):
            yield f"{version.id} is released without a gate record in {where}, and its CHANGELOG.md does not say why."
    elif record.gate != "pass":
        yield f"{version.id} is released, but its gate against {record.against} ended with '{record.gate}'."
    elif (gap := reading_gap(results, record)) and (record.reader or _served(library, version)):
        # Records of before there was a reader stand where they are about what is served to nobody.
        yield f"The gate record of {version.id} {gap}"


def _channels(library: PromptLibrary) -> Iterator[str]:
    for kind, row in library.channels.items():
        for channel, entry in row.items():
            for ref in filter(None, (entry.stable, entry.candidate)):
                if ref not in library.prompts:
                    yield f"channels.yaml: {kind}/{channel} names {ref}, which does not exist."
                elif library.prompts[ref].name != kind:
                    yield f"channels.yaml: {kind}/{channel} names {ref}, which is a prompt of another kind."
            stable = library.prompts.get(entry.stable)
            if stable is not None and stable.status is not Status.RELEASED:
                yield f"channels.yaml: {kind}/{channel} serves {stable.id}, which is not released."
