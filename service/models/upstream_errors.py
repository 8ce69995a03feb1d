"""What an endpoint's failure means to Afterword: one table from vendor errors to the error tree.

No text of the endpoint is passed on: some echo the prompt, and the prompt holds the candidate's notes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import openai

from service.errors import (
    ModelError,
    ModelKeyRefused,
    ModelMissing,
    ModelOverloaded,
    ModelQuotaSpent,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnavailable,
)

_REJECTED = {
    400: "The model's endpoint does not accept the request (400). Check that AFTERWORD_MODEL names a chat model.",
    404: "There is no chat endpoint at this address (404). Check OPENAI_BASE_URL; most end in /v1.",
    405: "There is no chat endpoint at this address (405). Check OPENAI_BASE_URL; most end in /v1.",
    413: "The request is too long for the model's endpoint.",
}
_KEY_REFUSED = "The model's endpoint does not accept the key. Check OPENAI_API_KEY."
_KEY_MAY_NOT = "The key may not use this model. Check OPENAI_API_KEY and AFTERWORD_MODEL."
_MISSING = "The endpoint does not have this model. Check AFTERWORD_MODEL: the name as the endpoint lists it."
_SPENT = (
    "The account behind OPENAI_API_KEY has no quota left. Add credit there, or set AFTERWORD_MODEL to another model."
)
_MOVED = (
    "The endpoint sends callers on to another address, which notes do not follow. Set OPENAI_BASE_URL to that address."
)
# 408 and 409 are the endpoint's own way of saying 'again, please'.
_OVERLOADED = {408, 409, 425, 429}
_SPENT_CODES = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded"}
_NO_KEY_WORDS = re.compile(
    r"(?:api|subscription) key (?:is )?(?:not valid|invalid)|(?:invalid|incorrect) api key", re.IGNORECASE
)
_MISSING_WORDS = re.compile(
    r"model_not_found|deploymentnotfound|no models? loaded|invalid[ _]model|not a valid model|unknown model|"
    r"(?:models?|deployment)\b.{0,120}?\b(?:not found|does not exist|not exist|is not available|not loaded)|"
    r"\bno (?:such|allowed) model|pull it first|pulling it first",
    re.IGNORECASE | re.DOTALL,
)


def translate(error: Exception) -> ModelError:
    """The error of our tree that an error of the SDK or of its transport stands for."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _status_error(error)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return _timeout_error(error)
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        return ModelUnavailable("The model's endpoint cannot be reached, or it hung up.")
    if isinstance(error, openai.APIResponseValidationError | json.JSONDecodeError | UnicodeDecodeError):
        return ModelReplyInvalid("The model's endpoint answered with something that is not a chat completion.")
    if isinstance(error, openai.APIError):  # an error event inside a stream
        return ModelOverloaded("The model's endpoint reported an error while it was answering.")
    return ModelError("The model's endpoint failed in an unexpected way.")


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait as the endpoint asks for: ``retry-after-ms``, or ``Retry-After`` as seconds or a date."""
    milliseconds = headers.get("retry-after-ms")
    stated = headers.get("retry-after", "")
    try:
        seconds = float(milliseconds) / 1000 if milliseconds else float(stated)
    except ValueError:
        return _seconds_until(stated, now or datetime.now(UTC))
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(http_date: str, now: datetime) -> float | None:
    try:
        at = parsedate_to_datetime(http_date)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def stated_error(found: Mapping[str, Any]) -> ModelError | None:
    """The error that stands in a response of status 200, or in an event of a stream; None where there is none."""
    stated = found.get("error")
    if stated is None and found.get("object") == "error":
        stated = found
    if not stated:
        return None
    code = stated.get("code") if isinstance(stated, dict) else None
    status = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdigit()) else 0
    if status in (401, 402, 403, 404) or _is_spent(stated) or _MISSING_WORDS.search(_flat(stated)):
        return _rejection(status, stated)
    return ModelOverloaded("The model's endpoint reported an error while it was answering.")


def _status_error(error: openai.APIStatusError) -> ModelError:
    status, body = error.status_code, error.body
    if (status in _OVERLOADED and not _is_spent(body)) or status >= 500:
        wait = retry_after_s(error.response.headers)
        return ModelOverloaded(f"The model's endpoint is overloaded or failing ({status}).", retry_after_s=wait)
    return _rejection(status, body)


def _rejection(status: int, body: object) -> ModelError:
    if status == 402 or _is_spent(body):  # often a 429, but waiting does not refill an account
        return ModelQuotaSpent(_SPENT)
    if status == 401 or _NO_KEY_WORDS.search(_flat(body)):
        return ModelKeyRefused(_KEY_REFUSED)
    if status == 403:
        return ModelKeyRefused(_KEY_MAY_NOT)
    if _MISSING_WORDS.search(_flat(body)):
        return ModelMissing(_MISSING)
    if 300 <= status < 400:
        return ModelRejected(_MOVED)
    return ModelRejected(_REJECTED.get(status, f"The model's endpoint refused the request ({status})."))


def _is_spent(body: object) -> bool:
    named = {str(body.get(key)) for key in ("code", "type")} if isinstance(body, dict) else set()
    return bool(named & _SPENT_CODES)


def _flat(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)


def _timeout_error(error: Exception) -> ModelError:
    cause = error.__cause__ if isinstance(error, openai.APITimeoutError) else error
    if isinstance(cause, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return ModelUnavailable("The model's endpoint did not take the connection in time.")
    return ModelTimeout("The model's endpoint went silent.")
