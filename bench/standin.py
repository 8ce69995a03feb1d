"""An OpenAI-compatible endpoint for benches: answers after a while with what a large model would, or fails as told.

    python bench/standin.py --port 9000 [--delay-ms 50] [--errors 0.2]

Runs until it is ended. Of the errors a third are 500, a third 429, and a third streams that break off.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from typing import Any

import uvicorn

MESSAGE = {
    "greeting": "Hi Ines,",
    "subject": "Thank you for Tuesday",
    "sentences": [
        {"text": "Thank you for talking with me on Tuesday.", "lines": [], "new_paragraph": False},
        {"text": "I enjoyed hearing how you proof the rye for 19 hours.", "lines": [2], "new_paragraph": False},
        {"text": "I look forward to hearing from you.", "lines": [], "new_paragraph": True},
    ],
}
READING = {
    "company": "Rye & Co",
    "role": "production manager",
    "people": [],
    "interview_day": "",
    "answer_day": "",
    "lines": [],
}
VERDICTS = {"sentences": [{"number": n, "verdict": "supported", "reason": "line 2"} for n in (1, 2, 3)]}
PIECE = 4  # characters of one chunk, about a token


def content_for(body: dict[str, Any]) -> str:
    """By the schema that is asked for; without one, the message."""
    schema = json.dumps(body.get("response_format") or {})
    if '"verdict"' in schema:
        return json.dumps(VERDICTS)
    return json.dumps(READING if '"people"' in schema else MESSAGE)


class StandIn:
    def __init__(self, delay_s: float, errors: float) -> None:
        self.delay_s = delay_s
        self.errors = errors
        self.chance = random.Random(7)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if scope["method"] == "GET":
            await _whole(send, 200, {"object": "list", "data": [{"id": "stand-in", "object": "model"}]})
            return
        asked = json.loads(body)
        fault = self.chance.choice(("500", "429", "broken")) if self.chance.random() < self.errors else ""
        await asyncio.sleep(self.delay_s)
        if fault in ("500", "429"):
            await _whole(send, int(fault), {"error": {"message": "no", "type": "stand-in"}})
            return
        text = content_for(asked)
        pieces = [text[n : n + PIECE] for n in range(0, len(text), PIECE)]
        usage = {"prompt_tokens": 900, "completion_tokens": len(pieces), "total_tokens": 900 + len(pieces)}
        if asked.get("stream"):
            await _streamed(send, pieces[: len(pieces) // 2] if fault else pieces, usage, whole=not fault)
        else:
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            about = {"id": "c", "object": "chat.completion", "created": 1, "model": "stand-in"}
            await _whole(send, 200, {**about, "choices": [choice], "usage": usage})


async def _whole(send: Any, status: int, body: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


async def _streamed(send: Any, pieces: list[str], usage: dict[str, int], *, whole: bool) -> None:
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for piece in pieces:
        await send({"type": "http.response.body", "body": _chunk({"content": piece}, None), "more_body": True})
    if not whole:
        return  # and the server hangs up
    last = {**json.loads(_chunk({}, "stop")[6:]), "choices": [], "usage": usage}
    ends = _chunk({}, "stop") + b"data: " + json.dumps(last).encode() + b"\n\ndata: [DONE]\n\n"
    await send({"type": "http.response.body", "body": ends})


def _chunk(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    about = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "stand-in", "choices": [choice]}
    return b"data: " + json.dumps(about).encode() + b"\n\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay-ms", type=float, default=50)
    parser.add_argument("--errors", type=float, default=0.0)
    asked = parser.parse_args()
    app = StandIn(asked.delay_ms / 1000, asked.errors)
    uvicorn.run(app, host="127.0.0.1", port=asked.port, log_level="critical", lifespan="off", backlog=4096)


if __name__ == "__main__":
    main()
