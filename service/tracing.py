"""Where time goes, told to whoever collects it: one small port, and the twin that tells nobody.

No name and no attribute may hold a word of notes, of a message or of anybody's name. Of an error only its type is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Literal, Protocol

from service.errors import AfterwordError

Value = str | int | float | bool | Sequence[str]
Kind = Literal["internal", "client", "server"]


class Span(Protocol):
    """A step with a beginning and an end."""

    def rename(self, name: str) -> None: ...
    def set(self, name: str, value: Value) -> None: ...
    def fail(self, error_type: str) -> None: ...
    def end(self) -> None: ...


class Tracing(Protocol):
    def begin(self, name: str, attributes: Mapping[str, Value] | None = None, *, kind: Kind = "internal") -> Span:
        """A step within the one under way. What happens next is no part of it; its caller ends it."""
        ...

    def under(self, span: Span) -> AbstractContextManager[object]:
        """While this lasts, what begins is a part of ``span``."""
        ...

    def caused_by(self, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        """While this lasts, what begins is a part of the caller's own trace, where its headers name one."""
        ...

    def close(self) -> None:
        """Hands on what is still held. May take seconds."""
        ...


class _Untold:
    """Both halves of the twin: what it begins is nothing, and nothing is under it."""

    def begin(self, name: str, attributes: Mapping[str, Value] | None = None, *, kind: Kind = "internal") -> Span:
        return self

    def under(self, span: Span) -> AbstractContextManager[object]:
        return self

    def caused_by(self, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        return self

    def rename(self, name: str) -> None: ...
    def set(self, name: str, value: Value) -> None: ...
    def fail(self, error_type: str) -> None: ...
    def end(self) -> None: ...
    def close(self) -> None: ...
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


UNTOLD: Tracing = _Untold()


@contextmanager
def step(
    tracing: Tracing, name: str, attributes: Mapping[str, Value] | None = None, *, kind: Kind = "internal"
) -> Iterator[Span]:
    """A span around what is done within, failed by what is raised there. Never around a ``yield`` of a generator:
    what comes between two of its values belongs to its caller."""
    span = tracing.begin(name, attributes, kind=kind)
    try:
        with tracing.under(span):
            yield span
    except BaseException as error:
        span.fail(error_type(error))
        raise
    finally:
        span.end()


def error_type(error: BaseException) -> str:
    """An error of ours by its type, any other by its class; never its words."""
    return error.type if isinstance(error, AfterwordError) else type(error).__name__
