"""Firefox as it is installed, driven over WebDriver BiDi: Playwright drives only a build of its own."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.children import end

FIREFOX = os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
_WAIT = """new Promise((resolve) => {
    const look = () => { const found = (() => (%s))(); found ? resolve(found) : setTimeout(look, 50); };
    look();
})"""


class Tab:
    """One tab. What its scripts complain about is collected in ``complaints``."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._context = ""
        self.complaints: list[str] = []

    async def start(self) -> None:
        await self._call("session.new", capabilities={})
        await self._call("session.subscribe", events=["log.entryAdded"])
        tree = await self._call("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def goto(self, url: str) -> None:
        await self._call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def evaluate(self, script: str) -> str:
        """What ``script`` comes to, as JSON."""
        answer = await self._call(
            "script.evaluate",
            expression=f"Promise.resolve({script}).then(JSON.stringify)",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        assert answer["type"] == "success", answer
        return str(answer["result"].get("value", "null"))

    async def until(self, script: str) -> Any:
        """The first value of ``script`` that is true, or a TimeoutError that names it."""
        try:
            async with asyncio.timeout(30):
                return json.loads(await self.evaluate(_WAIT % script))
        except TimeoutError as late:
            raise TimeoutError(f"never true: {script}") from late

    async def click(self, selector: str) -> None:
        """A click as from a mouse, on the middle of what ``selector`` finds."""
        await self.evaluate(
            f"document.querySelector({json.dumps(selector)}).scrollIntoView({{ block: 'center', behavior: 'instant' }})"
        )
        element = await self._call(
            "script.evaluate",
            expression=f"document.querySelector({json.dumps(selector)})",
            target={"context": self._context},
            awaitPromise=False,
        )
        at = {"type": "element", "element": {"sharedId": element["result"]["sharedId"]}}
        press = [{"type": "pointerMove", "x": 0, "y": 0, "origin": at}]
        press += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        await self._act({"type": "pointer", "id": "mouse", "actions": press})

    async def type(self, text: str) -> None:
        keys = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        await self._act({"type": "key", "id": "keys", "actions": keys})

    async def _act(self, actions: dict[str, Any]) -> None:
        await self._call("input.performActions", context=self._context, actions=[actions])

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            heard = json.loads(await self._socket.recv())
            if heard.get("method") == "log.entryAdded" and heard["params"]["level"] == "error":
                self.complaints.append(str(heard["params"]["text"]))
            if heard.get("id") == number:
                assert heard["type"] == "success", heard
                answer: dict[str, Any] = heard["result"]
                return answer


@asynccontextmanager
async def firefox(home: Path) -> AsyncIterator[Tab]:
    """A headless Firefox with a new profile in ``home``; it ends with the block."""
    assert FIREFOX is not None
    command = (FIREFOX, "--headless", "--no-remote", "--profile", str(home), "--remote-debugging-port=0", "about:blank")
    process = await asyncio.create_subprocess_exec(
        *command, stderr=PIPE, stdout=DEVNULL, env={**os.environ, "HOME": str(home), "MOZ_HEADLESS": "1"}
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(60):
            while not (found := re.search(rb"ws://\S+", line := await process.stderr.readline())):
                assert line, "Firefox ended before it listened"
        async with connect(f"{found[0].decode()}/session", max_size=None) as socket:
            tab = Tab(socket)
            await tab.start()
            yield tab
    finally:
        process.terminate()
        await process.wait()
        await end(process)
