"""Any langchain-core chat model behind the port, from the user's own integration package. Imported only when used."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import parse_qsl

import yaml
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, convert_to_messages

from service.errors import (
    ModelError,
    ModelOverloaded,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnavailable,
)
from service.models.limits import Limits
from service.models.port import ModelReply, ModelRequest
from service.models.prefix import PrefixStripper, state_prefix
from service.types import Usage

_TRACING = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")
_STOPPED = {"stop", "end_turn", "stop_sequence", "complete", "eos", "finish_reason_unspecified"}
_CUT = {"length", "max_tokens"}


def open_langchain(
    name: str,
    *,
    limits: Limits | None = None,
    prompt_channel: str = "large",
    allow_tracing: bool = False,
    environment: Mapping[str, str] | None = None,
) -> LangChainModel:
    """The chat model ``package.Class?key=value``; the values are its constructor's arguments.

    Raises:
        ModelUnavailable: the package is not installed, or its class cannot be made with these arguments.
        ModelRejected: tracing is switched on in the environment, which would send every prompt to a third party.
    """
    if not allow_tracing:
        _refuse_tracing(os.environ if environment is None else environment)
    dotted, _, query = name.partition("?")
    arguments = {key: yaml.safe_load(value) for key, value in parse_qsl(query)}
    return LangChainModel(_make(dotted, arguments), dotted, limits or Limits(), prompt_channel)


class LangChainModel:
    """Retries are the integration package's own affair, so that nobody retries twice."""

    continues_prefix = False

    def __init__(self, chat: BaseChatModel, name: str, limits: Limits, prompt_channel: str = "large") -> None:
        self._chat = chat
        self._name = name
        self._limits = limits
        self._channel = prompt_channel
        self._slots = asyncio.Semaphore(limits.concurrency)

    @property
    def name(self) -> str:
        return self._name

    @property
    def prompt_channel(self) -> str:
        return self._channel

    async def aclose(self) -> None:
        """langchain-core has no way to close a chat model."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        if request.json_schema is not None:
            return await self._structured(request, request.json_schema)
        async with aclosing(self.stream(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, ModelReply):
                    return piece
        raise ModelReplyInvalid("The model's answer ended before it was complete.")

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply, None]:
        deadline = asyncio.get_running_loop().time() + (request.timeout_s or self._limits.total_s)
        async with self._slots:
            begun = time.perf_counter()
            stripper, said, whole = PrefixStripper(request.prefix), "", None
            async with aclosing(self._chat.astream(_messages(request), **self._options(request))) as chunks:  # type: ignore[type-var]
                while (chunk := await _next(chunks, deadline)) is not None:
                    whole = chunk if whole is None else whole + chunk
                    if piece := stripper.feed(chunk.text):
                        said += piece
                        yield piece
            if piece := stripper.flush():
                said += piece
                yield piece
            yield _reply(said, whole, time.perf_counter() - begun)

    async def _structured(self, request: ModelRequest, schema: Mapping[str, Any]) -> ModelReply:
        try:
            async with asyncio.timeout(request.timeout_s or self._limits.total_s), self._slots:
                titled = {"title": "answer", **schema}
                answer = await self._chat.with_structured_output(titled).ainvoke(_messages(request))
        except TimeoutError as error:
            raise ModelTimeout("The model did not finish its answer in time.") from error
        except NotImplementedError as error:
            raise ModelRejected("This chat model cannot answer under a JSON schema.") from error
        except Exception as error:
            raise _translate(error) from error
        return ModelReply(json.dumps(answer), "stop", Usage(calls=1))

    def _options(self, request: ModelRequest) -> dict[str, Any]:
        """Only what this class declares: an unknown option is an error to some endpoints."""
        wanted = {"temperature": request.temperature, "max_tokens": request.max_tokens, "seed": request.seed}
        known = type(self._chat).model_fields
        options: dict[str, Any] = {k: v for k, v in wanted.items() if k in known and v is not None}
        return options | ({"stop": list(request.stop)} if request.stop else {})


async def _next(chunks: Any, deadline: float) -> Any:
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(chunks, None)
    except TimeoutError as error:
        raise ModelTimeout("The model did not finish its answer in time.") from error
    except Exception as error:
        raise _translate(error) from error


def _reply(text: str, whole: Any, seconds: float) -> ModelReply:
    if not text.strip():
        raise ModelReplyInvalid("The model answered with nothing.")
    stated = getattr(whole, "response_metadata", {})
    finish = str(stated.get("finish_reason") or stated.get("stop_reason") or "stop").lower()
    if finish not in _STOPPED | _CUT:
        raise ModelReplyInvalid("The model declined or was held back before its answer was complete.")
    return ModelReply(text, "length" if finish in _CUT else "stop", _usage(whole, seconds))


def _usage(whole: Any, seconds: float) -> Usage:
    stated = getattr(whole, "usage_metadata", None) or {}
    return Usage(
        prompt_tokens=stated.get("input_tokens", 0),
        cached_tokens=(stated.get("input_token_details") or {}).get("cache_read", 0) or 0,
        completion_tokens=stated.get("output_tokens", 0),
        calls=1,
        model_seconds=seconds,
    )


def _messages(request: ModelRequest) -> list[BaseMessage]:
    messages = state_prefix(request.messages, request.prefix) if request.prefix.strip() else request.messages
    return convert_to_messages([(m.role, m.content) for m in messages])


def _translate(error: Exception) -> ModelError:
    if isinstance(error, ValueError) and "No generation" in str(error):  # langchain-core's word for an empty stream
        return ModelReplyInvalid("The model answered with nothing.")
    status = getattr(error, "status_code", None)
    if isinstance(error, ConnectionError):
        return ModelUnavailable("The model's endpoint cannot be reached.")
    if isinstance(status, int) and (status == 429 or status >= 500):
        return ModelOverloaded(f"The model's endpoint is overloaded or failing ({status}).")
    if isinstance(status, int):
        return ModelRejected(f"The model's endpoint refused the request ({status}).")
    return ModelError(f"The chat model failed ({type(error).__name__}).")


def _refuse_tracing(environment: Mapping[str, str]) -> None:
    on = next((v for v in _TRACING if environment.get(v, "").lower() in {"true", "1", "yes", "on"}), None)
    if on:
        raise ModelRejected(
            f"{on} is on, so every prompt, and with it the candidate's notes, would be sent to a tracing service. "
            "Unset it, or set AFTERWORD_ALLOW_TRACING=true if that is what you want."
        )


def _make(dotted: str, arguments: dict[str, Any]) -> BaseChatModel:
    module, _, name = dotted.rpartition(".")
    try:
        kind = getattr(importlib.import_module(module), name)
        chat = kind(**arguments)
    except (ImportError, AttributeError, ValueError) as error:
        raise ModelUnavailable(
            f"The chat model {dotted} cannot be made: install its package, name it in full."
        ) from error
    except Exception as error:
        raise ModelUnavailable(f"The chat model {dotted} cannot be made ({type(error).__name__}).") from error
    if not isinstance(chat, BaseChatModel):
        raise ModelUnavailable(f"{dotted} is no langchain-core chat model.")
    return chat
