"""What an endpoint's failure means to Afterword: one table from vendor errors to the error tree.

No text of the endpoint is passed on: some echo the prompt, and the prompt holds the candidate's notes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai

from service.errors import (
    ModelError,
    ModelOverloaded,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnavailable,
)

_REJECTED = {
    400: "The model's endpoint does not accept the request (400). Check that AFTERWORD_MODEL names a chat model.",
    401: "The model's endpoint does not accept the key. Check OPENAI_API_KEY.",
    403: "The key may not use this model. Check OPENAI_API_KEY and AFTERWORD_MODEL.",
    404: "The endpoint does not know this model or address. Check AFTERWORD_MODEL and OPENAI_BASE_URL.",
    413: "The request is too long for the model's endpoint.",
}
# 408 and 409 are the endpoint's own way of saying 'again, please'.
_OVERLOADED = {408, 409, 425, 429}


def translate(error: Exception) -> ModelError:
    """The error of our tree that an error of the SDK or of its transport stands for."""
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


def _status_error(error: openai.APIStatusError) -> ModelError:
    status = error.status_code
    if error.code == "insufficient_quota":  # comes as 429, but waiting does not refill an account
        return ModelRejected("The account behind OPENAI_API_KEY has no quota left.")
    if status in _OVERLOADED or status >= 500:
        wait = retry_after_s(error.response.headers)
        return ModelOverloaded(f"The model's endpoint is overloaded or failing ({status}).", retry_after_s=wait)
    return ModelRejected(_REJECTED.get(status, f"The model's endpoint refused the request ({status})."))


def _timeout_error(error: Exception) -> ModelError:
    cause = error.__cause__ if isinstance(error, openai.APITimeoutError) else error
    if isinstance(cause, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return ModelUnavailable("The model's endpoint did not take the connection in time.")
    return ModelTimeout("The model's endpoint went silent.")
