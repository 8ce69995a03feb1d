"""A prompt version and values → the messages of one call.

Templates are trusted, values are not: they are data in the prompt, and ``fence`` takes from them all that could end
the fence around them or open a turn of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft202012Validator

from service.errors import PromptError
from service.prompting.library import PromptVersion

_BANNED = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)
# Turn marks of the chat templates in use: ChatML, Llama 2 and 3, Gemma, Phi, Mistral, DeepSeek.
_TURN_MARKS = re.compile(
    r"<\s*[|｜][^<>]{0,60}[|｜]\s*>|</?s>|\[/?INST\]|<</?SYS>>|</?(?:start|end)_of_turn>|<(?:bos|eos|unk|pad)>|</?think>",
    re.IGNORECASE,
)
_FENCES = ("fence", "fence_line")
_TAG = re.compile(r"<(?=\s*[/!?]?\s*[A-Za-z])")


@dataclass(frozen=True)
class RenderedMessage:
    role: str  # "system" | "user"
    content: str


@dataclass(frozen=True)
class Rendered:
    """The turns to send; ``prefix`` are the opening words that the answer continues, or ''."""

    messages: tuple[RenderedMessage, ...]
    prefix: str = ""


def fence(value: object) -> str:
    """``value`` as text that cannot close its fence, open a turn or hide characters. Everything a reader sees stays."""
    text = unicodedata.normalize("NFC", str(value))
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    previous = None
    while previous != text:  # taking one mark away must not put another together
        previous, text = text, _TURN_MARKS.sub(" ", text)
    return _TAG.sub("‹", text).strip()


def fence_line(value: object) -> str:
    """``fence`` on one line: for values whose fence is the end of their line."""
    return " ".join(fence(value).split())


def render_prompt(version: PromptVersion, values: Mapping[str, object]) -> Rendered:
    """The call's turns. ``values`` may hold more than the version takes: its input schema says which are used.

    Raises:
        PromptError: the values do not fit the input schema, or a template names what is not there. The sentence
            never quotes a value, which may be private.
    """
    taken = {k: v for k, v in values.items() if k in version.input_schema.get("properties", {})}
    _validate(version, taken)
    turns = (("system", version.system), ("user", version.user))
    messages = tuple(RenderedMessage(role, _render(version, f"{role}.j2", text, taken)) for role, text in turns)
    return Rendered(messages, fence_line(taken.get("opening", "")))


def check_templates(version: PromptVersion) -> None:
    """Raises PromptError when a template does not parse, takes in other files, or shows a value without ``fence``."""
    for part, text in (("system.j2", version.system), ("user.j2", version.user)):
        try:
            tree = _environment().parse(text)
        except TemplateSyntaxError as error:
            raise PromptError(f"{part} of {version.id}, line {error.lineno}: {error.message}.") from error
        if any(True for _ in tree.find_all(_BANNED)):
            raise PromptError(f"{part} of {version.id} takes in another file. Versions share nothing: copy the text.")
        for output in tree.find_all(nodes.Output):
            _check_fenced(version, part, output)
        _check_names(version, part, tree)


def _check_names(version: PromptVersion, part: str, tree: nodes.Template) -> None:
    """Every value that any branch names is one that the input schema gives, whether or not a case meets the branch."""
    given = version.input_schema.get("properties", {})
    for name in sorted(meta.find_undeclared_variables(tree) - set(given)):
        raise PromptError(f"{part} of {version.id} names '{name}', which input.schema.json does not give.")
    for loop in tree.find_all(nodes.For):
        if not (isinstance(loop.iter, nodes.Name) and isinstance(loop.target, nodes.Name)):
            continue
        fields = given.get(loop.iter.name, {}).get("items", {}).get("properties")
        for shown in loop.find_all(nodes.Getattr):
            of_loop = isinstance(shown.node, nodes.Name) and shown.node.name == loop.target.name
            if of_loop and fields is not None and shown.attr not in fields:
                said = f"'{loop.target.name}.{shown.attr}', which input.schema.json does not give"
                raise PromptError(f"{part} of {version.id}, line {shown.lineno}: names {said}.")


def _check_fenced(version: PromptVersion, part: str, output: nodes.Output) -> None:
    for shown in output.nodes:
        bare = not isinstance(shown, nodes.TemplateData | nodes.Const)
        if bare and not (isinstance(shown, nodes.Filter) and shown.name in _FENCES):
            raise PromptError(f"{part} of {version.id}, line {shown.lineno}: a value is shown without '| fence'.")


def _validate(version: PromptVersion, values: Mapping[str, object]) -> None:
    validator = Draft202012Validator(version.input_schema)
    problems = sorted(validator.iter_errors(dict(values)), key=lambda e: str(e.json_path))
    if problems:
        said = "; ".join(f"{e.json_path}: '{e.validator}'" for e in problems[:3])
        raise PromptError(f"The values do not fit input.schema.json of {version.id} ({said}).")


def _render(version: PromptVersion, part: str, text: str, values: Mapping[str, object]) -> str:
    try:
        return _compiled(text).render(values).strip()
    except UndefinedError as error:
        raise PromptError(f"{part} of {version.id} names a value that is not given: {error.message}.") from error
    except SecurityError as error:
        raise PromptError(f"{part} of {version.id} does what templates may not do.") from error
    except (TemplateError, TypeError, ValueError) as error:
        raise PromptError(f"{part} of {version.id} cannot be rendered ({type(error).__name__}).") from error


@lru_cache(maxsize=64)
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # No HTML is made here, so nothing is escaped as HTML; `fence` is what keeps values apart from the prompt.
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )
    environment.filters |= {"fence": fence, "fence_line": fence_line}
    return environment
