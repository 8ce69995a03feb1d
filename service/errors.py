"""Everything that Afterword raises on purpose.

    AfterwordError                   500  internal
    ├── RequestError                 422  invalid-request
    │   ├── NotesError               422  notes-unusable
    │   │   └── NotesTooLong         413  notes-too-long
    │   ├── UnsupportedLanguage      422  unsupported-language
    │   ├── UnknownPrompt            404  unknown-prompt
    │   ├── NothingToRemind          422  nothing-to-remind
    │   ├── BatchesOff               422  batches-off
    │   ├── ForeignOrigin            403  foreign-origin
    │   ├── BatchInvalid             422  batch-invalid       (its faults say which lines)
    │   ├── BatchTooLarge            413  batch-too-large
    │   ├── WebhookRefused           422  webhook-refused
    │   └── DatesContradict          422  dates-contradict
    ├── PromptError                  500  prompt-invalid
    │   └── PromptChanged            500  prompt-changed
    ├── ModelError                   502  model-failed
    │   ├── ModelUnavailable         503  model-unavailable
    │   ├── ModelTimeout             504  model-timeout
    │   ├── ModelRejected            502  model-rejected      (4xx upstream: repeating is no use)
    │   │   ├── ModelKeyRefused      502  model-key-refused
    │   │   ├── ModelMissing         502  model-missing
    │   │   └── ModelQuotaSpent      502  model-quota-spent
    │   ├── ModelOverloaded          503  model-overloaded    (429, 5xx upstream: may be repeated)
    │   └── ModelReplyInvalid        502  model-reply-invalid (empty, cut short, refused, not the shape asked for)
    ├── WeightsError                 503  weights-unavailable
    ├── StorageUnavailable           503  storage-unavailable
    ├── DraftNotFound                404  draft-not-found
    ├── BatchNotFound                404  batch-not-found
    ├── ItemAbandoned                500  item-abandoned      (of one item, never of a request)
    ├── WorkerDiffers                500  worker-differs      (of one item that an eval run has put on the queue)
    ├── KeyRequired                  401  key-required
    │   └── KeyUnknown               401  key-unknown
    ├── KeyMayNot                    403  key-may-not
    ├── TooManyRequests              429  too-many-requests
    │   ├── TooManyDrafts            429  too-many-drafts     (one caller's own, at once)
    │   ├── TooManyBatches           429  too-many-batches    (one caller's own, unfinished)
    │   └── QueueFull                429  queue-full          (everybody's)
    ├── DeadlineExceeded             504  deadline-exceeded
    ├── IdempotencyKeyReused         422  idempotency-key-reused
    └── IdempotencyKeyInUse          409  idempotency-key-in-use

The detail of an error says what to do, and never quotes the notes.
"""

from __future__ import annotations

from typing import Any, ClassVar


class AfterwordError(Exception):
    """Base of the tree. ``detail`` is a sentence for the person who can mend it."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong inside Afterword"

    def __init__(self, detail: str = "", *, retry_after_s: float | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.retry_after_s = retry_after_s
        self.headers: dict[str, str] = {}  # said with the answer
        self.faults: list[dict[str, Any]] = []  # where in the request, and what


class RequestError(AfterwordError):
    status = 422
    type = "invalid-request"
    title = "The request cannot be used as it is"


class NotesError(RequestError):
    type = "notes-unusable"
    title = "The notes cannot be read"


class NotesTooLong(NotesError):
    status = 413
    type = "notes-too-long"
    title = "The notes are too long"


class UnsupportedLanguage(RequestError):
    type = "unsupported-language"
    title = "Messages in this language are not supported yet"


class UnknownPrompt(RequestError):
    status = 404
    type = "unknown-prompt"
    title = "There is no such prompt version"


class DatesContradict(RequestError):
    type = "dates-contradict"
    title = "The dates contradict each other"


class NothingToRemind(RequestError):
    type = "nothing-to-remind"
    title = "There is nothing to be reminded of"


class ForeignOrigin(RequestError):
    status = 403
    type = "foreign-origin"
    title = "A page elsewhere may not call this address"


class BatchesOff(RequestError):
    type = "batches-off"
    title = "Batches are not taken here"


class BatchInvalid(RequestError):
    type = "batch-invalid"
    title = "The batch cannot be used as it is"


class WebhookRefused(RequestError):
    type = "webhook-refused"
    title = "This address may not be told"


class BatchTooLarge(RequestError):
    status = 413
    type = "batch-too-large"
    title = "The batch is too large"


class PromptError(AfterwordError):
    type = "prompt-invalid"
    title = "A prompt version cannot be used"


class PromptChanged(PromptError):
    type = "prompt-changed"
    title = "A released prompt version was changed"


class ModelError(AfterwordError):
    status = 502
    type = "model-failed"
    title = "The model gave no usable answer"


class ModelUnavailable(ModelError):
    status = 503
    type = "model-unavailable"
    title = "The model is not reachable"


class ModelTimeout(ModelError):
    status = 504
    type = "model-timeout"
    title = "The model took too long"


class ModelRejected(ModelError):
    type = "model-rejected"
    title = "The model's endpoint refused the request"


class ModelKeyRefused(ModelRejected):
    type = "model-key-refused"
    title = "The model's endpoint does not accept the key: check OPENAI_API_KEY"


class ModelMissing(ModelRejected):
    type = "model-missing"
    title = "The endpoint does not have this model: check AFTERWORD_MODEL"


class ModelQuotaSpent(ModelRejected):
    type = "model-quota-spent"
    title = "The account behind OPENAI_API_KEY has no quota left"


class ModelOverloaded(ModelError):
    status = 503
    type = "model-overloaded"
    title = "The model is overloaded"


class ModelReplyInvalid(ModelError):
    type = "model-reply-invalid"
    title = "The model's reply cannot be used"


class WeightsError(AfterwordError):
    status = 503
    type = "weights-unavailable"
    title = "The model's weights are not on this machine"


class StorageUnavailable(AfterwordError):
    status = 503
    type = "storage-unavailable"
    title = "What is kept cannot be reached"


class DraftNotFound(AfterwordError):
    status = 404
    type = "draft-not-found"
    title = "There is no such draft"


class BatchNotFound(AfterwordError):
    status = 404
    type = "batch-not-found"
    title = "There is no such batch"


class ItemAbandoned(AfterwordError):
    type = "item-abandoned"
    title = "This item was given up"


class WorkerDiffers(AfterwordError):
    type = "worker-differs"
    title = "A worker drafts with other things than the run names"


class KeyRequired(AfterwordError):
    status = 401
    type = "key-required"
    title = "An API key is needed"


class KeyUnknown(KeyRequired):
    type = "key-unknown"
    title = "This API key is not known, or was revoked"


class KeyMayNot(AfterwordError):
    status = 403
    type = "key-may-not"
    title = "This API key may not do that"


class TooManyRequests(AfterwordError):
    status = 429
    type = "too-many-requests"
    title = "Too many requests"


class TooManyDrafts(TooManyRequests):
    type = "too-many-drafts"
    title = "Too many drafts at once"


class TooManyBatches(TooManyRequests):
    type = "too-many-batches"
    title = "Too many unfinished batches"


class QueueFull(TooManyRequests):
    type = "queue-full"
    title = "Too many are waiting for their turn"


class DeadlineExceeded(AfterwordError):
    status = 504
    type = "deadline-exceeded"
    title = "The request took longer than it may"


class IdempotencyKeyReused(AfterwordError):
    status = 422
    type = "idempotency-key-reused"
    title = "This Idempotency-Key was used for another request"


class IdempotencyKeyInUse(AfterwordError):
    status = 409
    type = "idempotency-key-in-use"
    title = "A request with this Idempotency-Key is still being answered"
