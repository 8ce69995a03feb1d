"""Server-sent events out of lines, one by one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from service.client.problems import Problem


@dataclass(frozen=True)
class Event:
    """``name`` is facts, progress, delta, message or done; ``data`` as docs/api.md has it."""

    name: str
    data: dict[str, Any]


class Events:
    """Fed with lines; gives an event back where one ends. Raises Problem for the event 'error'."""

    def __init__(self) -> None:
        self._name = ""
        self._data: list[str] = []

    def feed(self, line: str) -> Event | None:
        if line.startswith("event:"):
            self._name = line[6:].strip()
        elif line.startswith("data:"):
            self._data.append(line[5:].removeprefix(" "))
        elif not line and self._data:
            event = Event(self._name or "message", json.loads("\n".join(self._data)))
            self._name, self._data = "", []
            if event.name == "error":
                raise Problem(int(event.data.get("status", 500)), event.data)
            return event
        return None
