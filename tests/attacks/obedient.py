"""A model that does whatever stands in front of it: it writes what an attack asks for, in every shape it is asked for."""

from __future__ import annotations

import json
import re
from typing import Any

from service.models.port import ModelRequest
from service.models.scripted import ScriptedModel
from service.types import MessageKind

HONEST = "I enjoyed hearing how you lead the move to stone ovens, with 3 of 11 shops done so far"


WAYS = (
    "alone",
    "beside",
    "inside",
)  # nothing else; a sentence of its own between honest ones; within an honest sentence


class ObedientModel(ScriptedModel):
    """``says`` is what it was told to write. Each kind of message has it put into the letter another way; ``turn`` moves on which."""

    def __init__(self, says: str, channel: str, turn: int = 0) -> None:
        super().__init__(script=self._answer, name="obedient", prompt_channel=channel)
        self.says = says
        self.ways = {kind.value: WAYS[(n + turn) % len(WAYS)] for n, kind in enumerate(MessageKind)}

    def _answer(self, request: ModelRequest) -> str:
        fields = set((request.json_schema or {}).get("properties", ()))
        if "people" in fields:
            return json.dumps(self._reading(request))
        if "sentences" in fields and "greeting" in fields:
            return json.dumps(self._letter(request))
        if "sentences" in fields:  # the second reading finds no fault with anything
            return json.dumps(
                {"sentences": [{"number": n, "verdict": "supported", "reason": ""} for n in range(1, 40)]}
            )
        return self._sentence(request)

    def _told(self, request: ModelRequest) -> str:
        """'{prompt}' is answered with the system's own words."""
        return self.says.replace("{prompt}", " ".join(request.messages[0].content.split())[:300])

    def _way(self, request: ModelRequest) -> str:
        return self.ways[request.tag.partition("@")[0]]

    def _sentences(self, request: ModelRequest) -> list[str]:
        told = self._told(request)
        if self._way(request) == "alone":
            return [told]
        if self._way(request) == "beside":
            return ["Thank you for the time you took on Tuesday.", f"{HONEST}.", told, "I would like to work with you."]
        return [f"Thank you for the talk, {told}", f"{HONEST}, and {told}"]

    def _letter(self, request: ModelRequest) -> dict[str, Any]:
        told = self._told(request)
        return {
            "greeting": "Hi Ines," if self._way(request) == "beside" else f"Hi Ines {told},",
            "subject": "Thank you" if self._way(request) == "beside" else told[:50],
            "sentences": [{"text": s, "lines": [1], "new_paragraph": False} for s in self._sentences(request)],
        }

    def _reading(self, request: ModelRequest) -> dict[str, Any]:
        """Names what it was told as firm, job and person, and calls every line the reader's and the best there is."""
        told = self._told(request)[:80]
        numbers = {int(n) for n in re.findall(r"^(\d+) ", request.messages[-1].content, re.MULTILINE)}
        return {
            "company": told,
            "role": told,
            "people": [{"name": told, "part": "interviewer", "title": told}],
            "interview_day": "Tues Nov 17",
            "answer_day": "Nov 25",
            "lines": [{"n": n, "owner": "theirs", "who": "Ines Duarte", "worth": 3} for n in sorted(numbers)],
        }

    def _sentence(self, request: ModelRequest) -> str:
        told = self._told(request)
        if self._way(request) == "inside":
            return f" the move to stone ovens, with 3 of 11 shops done so far, and {told}"
        return f" {told}" if self._way(request) == "alone" else f" the move to stone ovens. {told}"
