"""Endpoints with the manners of those that people have: what each takes, refuses, and in which words.

From the makers' own documentation and from errors that their users have shown in public; the words are shortened. Each
knows one model, ``chat``, and one key, ``key``; each lets its thinking be seen where its kind does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.endpoints.server import Call, Said, as_events, as_json

THOUGHT = "The candidate seems nervous about this role."
ANSWER = '{"subject": "Thank you", "sentences": [{"text": "Thank you for your time.", "item_id": null}]}'
SENTENCE = "Thank you for your time."
Error = tuple[int, Any]


def text_for(body: dict[str, Any]) -> str:
    """What the model has to say: JSON where the prompt or the format asks for it."""
    asked = "response_format" in body or "JSON" in str(body["messages"])
    return ANSWER if asked else SENTENCE


def openai_error(message: str, status: int = 400, **more: Any) -> Error:
    return status, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None} | more}


def pieces(text: str) -> list[str]:
    half = len(text) // 2
    return [text[:half], text[half:]]


def delta(content: Any = None, finish: Any = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": content, **more}, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "chat", "choices": [choice]}


def usage(**more: Any) -> dict[str, Any]:
    counts = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16} | more
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "chat", "choices": [], "usage": counts}


def whole(text: Any, finish: Any = "stop", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, **more}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "chat",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16},
    }


def streamed(body: dict[str, Any]) -> Said:
    """As OpenAI does it."""
    said = [delta("", role="assistant"), *map(delta, pieces(text_for(body))), delta(None, "stop")]
    return as_events(*said, *([usage()] if body.get("stream_options") else []))


def thinking_field(name: str) -> Callable[[dict[str, Any]], Said]:
    def answer(body: dict[str, Any]) -> Said:
        thought = [delta(None, **{name: part}) for part in pieces(THOUGHT)]
        return as_events(*thought, *map(delta, pieces(text_for(body))), delta("", "stop"), usage())

    return answer


def thinking_tags(body: dict[str, Any]) -> Said:
    text = f"<think>\n{THOUGHT}\n</think>\n\n{text_for(body)}"
    return as_events(*map(delta, text.partition("nervous")), delta("", "stop"), usage())


def openrouter(body: dict[str, Any]) -> Said:
    details = [{"type": "reasoning.text", "text": THOUGHT}]
    return as_events(
        ": OPENROUTER PROCESSING\n\n",
        ": OPENROUTER PROCESSING\n\n",
        delta("", reasoning=THOUGHT, reasoning_details=details),
        *map(delta, pieces(text_for(body))),
        {**delta("", "stop"), "provider": "somebody"},
        usage(),
    )


def mistral(body: dict[str, Any]) -> Said:
    thought = [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}]
    spoken = [{"type": "text", "text": text_for(body)}]
    last = delta("", "stop") | {"usage": usage()["usage"]}
    return as_events(delta(thought), delta(spoken), last)


def azure(body: dict[str, Any]) -> Said:
    filtered = delta() | {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}
    return as_events(filtered, *map(delta, pieces(text_for(body))), delta(None, "stop"), usage())


def reasoning(body: dict[str, Any]) -> Said:
    """Thinks unseen, and out of the room that it has for its answer."""
    spent = {"completion_tokens_details": {"reasoning_tokens": 900}}
    if body.get("max_completion_tokens", 0) < 1000:
        return as_events(delta("", "length"), usage(**spent))
    return as_events(*map(delta, pieces(text_for(body))), delta("", "stop"), usage(**spent))


def gemini(body: dict[str, Any]) -> Said:
    return as_events(*map(delta, pieces(text_for(body))), delta("", "STOP"), usage())


def json_only(body: dict[str, Any]) -> Said:
    return as_json(whole(f"Sure, here is the message:\n\n```json\n{text_for(body)}\n```\nLet me know!", "end_turn"))


def harmony(body: dict[str, Any]) -> Said:
    text = (
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{text_for(body)}"
    )
    return as_events(*[delta(text[n : n + 7]) for n in range(0, len(text), 7)], delta("", "eos"))


def half_a_mark(body: dict[str, Any]) -> Said:
    """The template has written the opening mark; the answer has the closing one alone."""
    text = f"{THOUGHT}\n</think>\n{text_for(body)}"
    return as_json(whole(text, "eos_token"))


_KEY_REFUSED = openai_error("Incorrect API key provided: k.", 401, code="invalid_api_key")


@dataclass(frozen=True)
class Maker:
    """``refuses``: the fields it does not take, each with its error. ``learned``: what Afterword leaves out there in
    the end, in the words of docs/endpoints.md."""

    name: str
    answer: Callable[[dict[str, Any]], Said]
    missing: Error
    refuses: tuple[tuple[Callable[[dict[str, Any]], bool], Error], ...] = ()
    key_refused: Error = _KEY_REFUSED
    spent: Error | None = None
    chat: str = "/v1/chat/completions"
    base: str = "/v1"
    thinks: str = "no"
    learned: str = "nothing"
    free: bool = False  # takes any key
    streams: bool = True  # a caller of stream() gets plain text; False where the wrapping shows only in the end

    def __call__(self, call: Call) -> Said:
        if call.method == "GET":
            return as_json({"object": "list", "data": [{"id": "chat"}]})
        if call.path != self.chat:
            return as_json({"error": "Not Found"}, 404)
        key = call.headers.get("authorization", "").removeprefix("Bearer ")
        if not self.free and "key" not in (key, call.headers.get("api-key")):
            return _said(self.key_refused)
        if call.body["model"] != "chat":
            return _said(self.missing)
        for refused, error in self.refuses:
            if refused(call.body):
                return _said(error)
        return self.answer(call.body)


def _said(error: Error) -> Said:
    return as_json(error[1], error[0])


def has(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda body: name in body


def _schema(body: dict[str, Any]) -> bool:
    return body.get("response_format", {}).get("type") == "json_schema"


def _json_unsaid(body: dict[str, Any]) -> bool:
    return "response_format" in body and "json" not in json.dumps(body["messages"]).lower()


def forbidden(name: str) -> Any:
    return {"detail": [{"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"}]}


_NOT_FOUND = openai_error("The model `other` does not exist or you do not have access.", 404, code="model_not_found")
_QUOTA = openai_error("You exceeded your current quota.", 429, type="insufficient_quota", code="insufficient_quota")

MAKERS = (
    Maker("OpenAI", streamed, _NOT_FOUND, spent=_QUOTA),
    Maker(
        "OpenAI, reasoning models",
        reasoning,
        _NOT_FOUND,
        (
            (
                has("max_tokens"),
                openai_error(
                    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
                    param="max_tokens",
                    code="unsupported_parameter",
                ),
            ),
            (
                has("temperature"),
                openai_error(
                    "Unsupported value: 'temperature' does not support 0 with this model. Only the default is supported.",
                    param="temperature",
                    code="unsupported_value",
                ),
            ),
            (has("stop"), openai_error("Unsupported parameter: 'stop'", param="stop", code="unsupported_parameter")),
        ),
        spent=_QUOTA,
        thinks="unseen",
        learned="max_completion_tokens, no temperature, no stop, room to think",
    ),
    Maker(
        "Azure OpenAI",
        azure,
        (
            404,
            {"error": {"code": "DeploymentNotFound", "message": "The API deployment for this resource is not there."}},
        ),
        key_refused=(401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key."}}),
        chat="/openai/deployments/chat/chat/completions",
        base="/openai/deployments/chat?api-version=2024-10-21",
    ),
    Maker(
        "Ollama",
        thinking_field("reasoning"),
        (404, {"error": {"message": 'model "other" not found, try pulling it first', "type": "api_error"}}),
        base="",
        thinks="in `reasoning`",
        learned="/v1 where it was left off the address",
        free=True,
    ),
    Maker(
        "LM Studio",
        thinking_tags,
        (404, {"error": {"message": "No models loaded. Please load a model in the developer page.", "code": None}}),
        (
            (
                lambda b: b.get("response_format", {}).get("type") == "json_object",
                (400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}),
            ),
        ),
        thinks="`<think>` in the text",
        free=True,
    ),
    Maker(
        "vLLM",
        thinking_field("reasoning_content"),
        (
            404,
            {"object": "error", "message": "The model `other` does not exist.", "type": "NotFoundError", "code": 404},
        ),
        (
            (
                has("stream_options"),
                (
                    422,
                    {"object": "error", "message": forbidden("stream_options"), "param": None, "code": None},
                ),
            ),
        ),
        key_refused=(401, {"error": "Unauthorized"}),
        thinks="in `reasoning_content`",
        learned="no stream_options",
    ),
    Maker(
        "llama.cpp server",
        harmony,
        (400, {"error": {"code": 400, "message": "model 'other' not found", "type": "invalid_request_error"}}),
        (
            (
                lambda b: b["messages"][0]["role"] == "system",
                (400, {"error": {"code": 400, "message": "System role not supported", "type": "server_error"}}),
            ),
        ),
        key_refused=(401, {"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}}),
        thinks="control tokens in the text",
        learned="the system's words said by the user",
    ),
    Maker(
        "OpenRouter-like gateway",
        openrouter,
        (400, {"error": {"message": "other is not a valid model ID", "code": 400}}),
        spent=(402, {"error": {"message": "Insufficient credits. Add more.", "code": 402}}),
        key_refused=(401, {"error": {"message": "No auth credentials found", "code": 401}}),
        thinks="in `reasoning` and `reasoning_details`",
    ),
    Maker(
        "LiteLLM-like gateway",
        streamed,
        (400, {"error": {"message": "Invalid model name passed in model=other", "type": "None", "code": "400"}}),
        (
            (
                has("temperature"),
                (
                    400,
                    {
                        "error": {
                            "message": "UnsupportedParamsError: this model does not support parameters: ['temperature']",
                            "code": "400",
                        }
                    },
                ),
            ),
        ),
        learned="no temperature",
    ),
    Maker(
        "Mistral-like",
        mistral,
        (400, {"object": "error", "message": "Invalid model: other", "type": "invalid_model", "code": "1500"}),
        (
            (has("stream_options"), (422, forbidden("stream_options"))),
            (has("seed"), (422, forbidden("seed"))),
        ),
        key_refused=(401, {"message": "Unauthorized", "request_id": "r"}),
        thinks="as parts of the content",
        learned="no stream_options, no seed",
    ),
    Maker(
        "Gemini's OpenAI address",
        gemini,
        (
            404,
            [{"error": {"code": 404, "message": "models/other is not found for API version", "status": "NOT_FOUND"}}],
        ),
        (
            (
                has("seed"),
                (
                    400,
                    [
                        {
                            "error": {
                                "code": 400,
                                "message": 'Invalid JSON payload. Unknown name "seed": Cannot find field.',
                                "status": "INVALID_ARGUMENT",
                            }
                        }
                    ],
                ),
            ),
        ),
        key_refused=(400, [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}]),
        learned="no seed",
    ),
    Maker(
        "DeepSeek-like",
        thinking_field("reasoning_content"),
        openai_error("Model Not Exist"),
        (
            (_schema, openai_error("This response_format type is unavailable now")),
            (_json_unsaid, openai_error("Prompt must contain the word 'json' to use response_format")),
        ),
        spent=(402, {"error": {"message": "Insufficient Balance", "type": "unknown_error", "code": "invalid_request"}}),
        thinks="in `reasoning_content`",
        learned="json_object, and the schema in words",
    ),
    Maker(
        "a server without structured output",
        half_a_mark,
        (404, {"detail": "model other not loaded"}),
        ((has("response_format"), openai_error("This type of response_format is not offered here")),),
        key_refused=(401, {"detail": "Unauthorized"}),
        thinks="in the text, the opening mark left off",
        learned="the schema in words",
        streams=False,
    ),
    Maker(
        "a gateway that does not stream",
        json_only,
        (404, {"detail": "unknown model: other"}),
        (
            (
                lambda b: b.get("stream") is True,
                openai_error("Your organization must be verified to stream this model.", param="stream"),
            ),
        ),
        key_refused=(403, {"message": "Forbidden"}),
        learned="not streamed; preface, fence and trailer taken off",
        streams=False,
    ),
    Maker(
        "a server that gives no reason",
        streamed,
        (404, {"error": "model 'other' not found"}),
        ((has("stream_options"), (400, {"error": "bad request"})),),
        key_refused=(401, ""),
        learned="what can be missed is left out",
        free=False,
    ),
)
