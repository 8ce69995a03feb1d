"""Any OpenAI-compatible chat endpoint as a ``Model``.

Every call streams, also where the caller wants the whole answer: only then are the limits on the first token and on
the whole call real, since the SDK's own timeout counts from one read to the next.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from service.errors import (
    ModelError,
    ModelKeyRefused,
    ModelOverloaded,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnavailable,
)
from service.models.answer import Answer, NotTheJsonAskedFor, OnlyThought
from service.models.dialect import Dialect
from service.models.event_stream import ObjectsOf
from service.models.limits import Limits
from service.models.network import http_client
from service.models.port import ModelReply, ModelRequest, Retried, told_to_nobody
from service.models.request_body import request_body
from service.models.trouble import Trouble
from service.models.upstream_errors import stated_error, translate

log = logging.getLogger("afterword.models")
OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Endpoint:
    base_url: str
    api_key: str = field(repr=False)
    model: str
    name: str = ""  # shown to people; the model's id where empty
    prompt_channel: str = "large"
    continues_prefix: bool = False  # a trailing assistant message is continued, not answered
    llama_cpp: bool = False  # takes llama.cpp's own body fields
    query: Mapping[str, str] = field(default_factory=dict)  # goes with every call, as Azure's api-version does
    azure: bool = False  # takes the key under a header of its own
    limits: Limits = field(default_factory=Limits)


class OpenAICompatibleModel:
    """One endpoint and one model. Makes its client when built, so build it inside the running loop's lifespan."""

    def __init__(
        self,
        endpoint: Endpoint,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        retried: Retried = told_to_nobody,
    ) -> None:
        """``transport`` takes the place of the network, as a recorder or a player of calls does."""
        self._endpoint = endpoint
        self._sleep = sleep
        self._retried = retried
        self._limits = endpoint.limits
        self._slots = asyncio.Semaphore(endpoint.limits.concurrency)
        self._dialect = Dialect()
        self.trouble = Trouble(endpoint.model)
        # An address without a path may be the server's, whose chat endpoint is at /v1; that is learned by asking.
        self._may_lack_v1 = urlsplit(endpoint.base_url).path in ("", "/")
        self._client = openai.AsyncOpenAI(
            api_key=endpoint.api_key or "none",  # local endpoints want some key, and take any
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=httpx2.Timeout(endpoint.limits.total_s, connect=endpoint.limits.connect_s, pool=None),
            default_query=dict(endpoint.query),
            default_headers={"api-key": endpoint.api_key} if endpoint.azure and endpoint.api_key else None,
            http_client=http_client(endpoint.base_url, transport),
        )

    @property
    def name(self) -> str:
        return self._endpoint.name or self._endpoint.model

    @property
    def continues_prefix(self) -> bool:
        return self._endpoint.continues_prefix

    @property
    def prompt_channel(self) -> str:
        return self._endpoint.prompt_channel

    async def aclose(self) -> None:
        await self._client.close()

    async def probe(self) -> None:
        """Asks what models there are, which costs nothing and holds no notes: a refused key shows at start."""
        try:
            async with asyncio.timeout(self._limits.connect_s + 5):
                await self._client.models.list(timeout=self._limits.connect_s + 5)
        except TimeoutError:
            self.trouble.meet(ModelUnavailable("The model's endpoint does not answer."))
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            met = translate(error)
            if isinstance(met, ModelKeyRefused | ModelUnavailable):  # not every endpoint has a list
                self.trouble.meet(met)

    async def complete(self, request: ModelRequest) -> ModelReply:
        async with aclosing(self._pieces(request, handing_on=False)) as pieces:
            async for piece in pieces:
                if isinstance(piece, ModelReply):
                    return piece
        raise ModelReplyInvalid("The model's answer ended before it was complete.")

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply, None]:
        async with aclosing(self._pieces(request, handing_on=True)) as pieces:
            async for piece in pieces:
                yield piece

    async def _pieces(self, request: ModelRequest, *, handing_on: bool) -> AsyncGenerator[str | ModelReply, None]:
        total_s = request.timeout_s or self._limits.total_s
        deadline = asyncio.get_running_loop().time() + total_s
        while True:
            try:
                async with aclosing(self._once(request, deadline, handing_on)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except OnlyThought as error:  # and so nothing was handed on
                if not self._dialect.learn_thinking():
                    raise
                self._retried(error.type)
            except NotTheJsonAskedFor as error:
                if not self._dialect.learn_to_ask():
                    raise
                self._retried(error.type)

    async def _once(
        self, request: ModelRequest, deadline: float, handing_on: bool
    ) -> AsyncGenerator[str | ModelReply, None]:
        try:
            opened = await self._open(request, deadline, handing_on)
            try:
                while (piece := await opened.next(deadline)) is not None:
                    if isinstance(piece, ModelReply):
                        self.trouble.clear()
                    yield piece
            finally:
                await opened.aclose()
        except ModelError as error:
            self.trouble.meet(error)
            raise

    async def _open(self, request: ModelRequest, deadline: float, handing_on: bool) -> _OpenCall:
        """The call with its first token in hand. Up to here nothing was handed on, so trying again is safe."""
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=retry_if_exception_type((ModelOverloaded, ModelUnavailable)),
            wait=self._wait,
            stop=lambda state: self._give_up(state, deadline),
            before_sleep=self._tell,
            reraise=True,
        )
        return await retrying(self._open_once, request, deadline, handing_on)

    async def _open_once(self, request: ModelRequest, deadline: float, handing_on: bool) -> _OpenCall:
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout_at(deadline):
                    await held.enter_async_context(self._slots)
            except TimeoutError as error:
                raise ModelTimeout("The model was busy with other requests for too long.") from error
            call = _OpenCall(held, Answer(request, self._continues(request), handing_on=handing_on))
            await call.start(self._send(request, held), self._first_token_deadline(request, deadline))
            self._dialect.streams = call.streamed
            call.keep(held.pop_all())
            return call

    async def _send(self, request: ModelRequest, held: AsyncExitStack) -> ObjectsOf:
        """The response's objects. Leaves out what this endpoint has said that it does not know."""
        plain = request_body(self._endpoint, request, self._continues(request))
        tried: dict[str, int] = {}
        while True:
            known, body = self._dialect.known(), self._dialect.translate(plain)
            calling = self._client.chat.completions.with_streaming_response.create(**_as_it_is(body))
            try:
                response = await held.enter_async_context(calling)
            except openai.APIStatusError as error:
                plainly_refused = type(translate(error)) is ModelRejected
                if plainly_refused and (
                    self._learn_address(error) or self._dialect.learn(error.status_code, error.body, body, known, tried)
                ):
                    self._retried(ModelRejected.type)
                    continue
                self._dialect.forget(tried)
                raise
            self._dialect.confirm(known)
            return ObjectsOf(response.iter_bytes())

    def _learn_address(self, error: openai.APIStatusError) -> bool:
        """Tries /v1 once, where an address without a path has no chat endpoint."""
        if not self._may_lack_v1 or error.status_code not in (404, 405):
            return False
        self._may_lack_v1 = False
        self._client.base_url = f"{self._endpoint.base_url.rstrip('/')}/v1"
        log.warning("There is no chat endpoint at OPENAI_BASE_URL as it was given; from now on /v1 is added to it.")
        return True

    def _continues(self, request: ModelRequest) -> bool:
        # llama.cpp cannot start a grammar in the middle of an answer.
        return self._endpoint.continues_prefix and request.json_schema is None

    def _first_token_deadline(self, request: ModelRequest, deadline: float) -> float:
        if not self._dialect.streams:  # the first token comes with the last
            return deadline
        first_s = request.first_token_timeout_s or self._limits.first_token_s
        return min(deadline, asyncio.get_running_loop().time() + first_s)

    def _tell(self, state: RetryCallState) -> None:
        """Called before the wait for another try."""
        error = state.outcome.exception() if state.outcome else None
        assert isinstance(error, ModelError)
        self._retried(error.type)

    def _wait(self, state: RetryCallState) -> float:
        jittered = wait_random_exponential(multiplier=self._limits.backoff_s, max=20.0)(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_s if isinstance(error, ModelError) else None
        return jittered + (asked or 0.0)

    def _give_up(self, state: RetryCallState, deadline: float) -> bool:
        """True when the tries are used up, or the next would begin after the deadline."""
        begins = asyncio.get_running_loop().time() + state.upcoming_sleep
        return state.attempt_number >= self._limits.tries or begins >= deadline


def _as_it_is(body: dict[str, Any]) -> dict[str, Any]:
    """The same body, with its schema where the SDK does not walk through it: that took as long as sending it."""
    if "response_format" not in body:
        return body
    rest = {name: value for name, value in body.items() if name != "response_format"}
    return rest | {"extra_body": {**body.get("extra_body", {}), "response_format": body["response_format"]}}


class _OpenCall:
    """One response being read. Holds its place in the queue until closed."""

    def __init__(self, held: AsyncExitStack, answer: Answer) -> None:
        self._held = held
        self._answer = answer
        self._objects: ObjectsOf | None = None
        self._chunks: AsyncIterator[dict[str, Any]] | None = None
        self._ready: list[str] = []
        self._finished = False
        self._started = time.perf_counter()

    async def start(self, sending: Awaitable[ObjectsOf], deadline: float) -> None:
        """Returns as soon as the model is at work: with its first words, or while it thinks."""
        try:
            async with asyncio.timeout_at(deadline):
                self._objects = await sending
                self._chunks = aiter(self._objects)
                while not self._answer.begun and not self._finished:
                    await self._read()
        except TimeoutError as error:
            raise ModelTimeout("The model did not begin to answer in time.") from error
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise translate(error) from error

    @property
    def streamed(self) -> bool:
        return self._objects is None or self._objects.streamed

    def keep(self, held: AsyncExitStack) -> None:
        self._held = held

    async def next(self, deadline: float) -> str | ModelReply | None:
        """The next piece, then the reply, then None."""
        try:
            async with asyncio.timeout_at(deadline):
                while not self._ready and not self._finished:
                    await self._read()
        except TimeoutError as error:
            raise ModelTimeout("The model did not finish its answer in time.") from error
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise translate(error) from error
        if self._ready:
            return self._ready.pop(0)
        return self._answer.reply(time.perf_counter() - self._started)

    async def _read(self) -> None:
        assert self._chunks is not None
        assert self._objects is not None
        found = await anext(self._chunks, None)
        if found is None:
            self._finished = True
            text = self._answer.end(self._objects.done)
        elif (error := stated_error(found)) is not None:
            raise error
        else:
            text = self._answer.take(found)
        if text:
            self._ready.append(text)

    async def aclose(self) -> None:
        await self._held.aclose()
