"""Any OpenAI-compatible chat endpoint as a ``Model``.

Every call streams, also where the caller wants the whole answer: only then are the limits on the first token and on
the whole call real, since the SDK's own timeout counts from one read to the next.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx2
import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from service.errors import ModelError, ModelOverloaded, ModelReplyInvalid, ModelTimeout, ModelUnavailable
from service.models.answer import Answer
from service.models.limits import Limits
from service.models.port import ModelReply, ModelRequest
from service.models.request_body import Dialect, request_body
from service.models.upstream_errors import translate

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
    limits: Limits = field(default_factory=Limits)


class OpenAICompatibleModel:
    """One endpoint and one model. Makes its client when built, so build it inside the running loop's lifespan."""

    def __init__(
        self,
        endpoint: Endpoint,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """``transport`` takes the place of the network, as a recorder or a player of calls does."""
        self._endpoint = endpoint
        self._sleep = sleep
        self._limits = endpoint.limits
        self._slots = asyncio.Semaphore(endpoint.limits.concurrency)
        self._dialect = Dialect()
        self._client = openai.AsyncOpenAI(
            api_key=endpoint.api_key or "none",  # local endpoints want some key, and take any
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=httpx2.Timeout(endpoint.limits.total_s, connect=endpoint.limits.connect_s, pool=None),
            http_client=openai.DefaultAsyncHttpxClient(transport=transport) if transport else None,
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

    async def complete(self, request: ModelRequest) -> ModelReply:
        async with aclosing(self.stream(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, ModelReply):
                    return piece
        raise ModelReplyInvalid("The model's answer ended before it was complete.")

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply, None]:
        total_s = request.timeout_s or self._limits.total_s
        deadline = asyncio.get_running_loop().time() + total_s
        opened = await self._open(request, deadline)
        try:
            while (piece := await opened.next(deadline)) is not None:
                yield piece
        finally:
            await opened.aclose()

    async def _open(self, request: ModelRequest, deadline: float) -> _OpenCall:
        """The call with its first token in hand. Up to here nothing was handed on, so trying again is safe."""
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=retry_if_exception_type((ModelOverloaded, ModelUnavailable)),
            wait=self._wait,
            stop=lambda state: self._give_up(state, deadline),
            reraise=True,
        )
        return await retrying(self._open_once, request, deadline)

    async def _open_once(self, request: ModelRequest, deadline: float) -> _OpenCall:
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout_at(deadline):
                    await held.enter_async_context(self._slots)
            except TimeoutError as error:
                raise ModelTimeout("The model was busy with other requests for too long.") from error
            call = _OpenCall(held, Answer(request, self._continues(request)))
            await call.start(self._send(request), self._first_token_deadline(request, deadline))
            call.keep(held.pop_all())
            return call

    async def _send(self, request: ModelRequest) -> openai.AsyncStream[Any]:
        """The response's stream. Leaves out what this endpoint has said that it does not know."""
        while True:
            body = request_body(self._endpoint, request, self._dialect, self._continues(request))
            try:
                stream: openai.AsyncStream[Any] = await self._client.chat.completions.create(**body)
                return stream
            except openai.BadRequestError as error:
                if not self._dialect.learn(error):
                    raise

    def _continues(self, request: ModelRequest) -> bool:
        # llama.cpp cannot start a grammar in the middle of an answer.
        return self._endpoint.continues_prefix and request.json_schema is None

    def _first_token_deadline(self, request: ModelRequest, deadline: float) -> float:
        first_s = request.first_token_timeout_s or self._limits.first_token_s
        return min(deadline, asyncio.get_running_loop().time() + first_s)

    def _wait(self, state: RetryCallState) -> float:
        jittered = wait_random_exponential(multiplier=self._limits.backoff_s, max=20.0)(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_s if isinstance(error, ModelError) else None
        return jittered + (asked or 0.0)

    def _give_up(self, state: RetryCallState, deadline: float) -> bool:
        """True when the tries are used up, or the next would begin after the deadline."""
        begins = asyncio.get_running_loop().time() + state.upcoming_sleep
        return state.attempt_number >= self._limits.tries or begins >= deadline


class _OpenCall:
    """One response being read. Holds its place in the queue until closed."""

    def __init__(self, held: AsyncExitStack, answer: Answer) -> None:
        self._held = held
        self._answer = answer
        self._chunks: AsyncIterator[Any] | None = None
        self._ready: list[str] = []
        self._finished = False
        self._started = time.perf_counter()

    async def start(self, sending: Any, deadline: float) -> None:
        """Returns with the first piece of text, or with the whole answer if it has none before its end."""
        try:
            async with asyncio.timeout_at(deadline):
                stream = await sending
                self._held.push_async_callback(stream.close)
                self._chunks = aiter(stream)
                while not self._ready and not self._finished:
                    await self._read()
        except TimeoutError as error:
            raise ModelTimeout("The model did not begin to answer in time.") from error
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise translate(error) from error

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
        try:
            chunk = await anext(self._chunks)
        except StopAsyncIteration:
            self._finished = True
            tail = self._answer.end()
        else:
            tail = self._answer.take(chunk)
        if tail:
            self._ready.append(tail)

    async def aclose(self) -> None:
        await self._held.aclose()
