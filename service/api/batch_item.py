"""One item of a batch: the line that was sent, drafted as POST /draft drafts it, or its problem."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from service.api.answers import draft_out
from service.api.batch_schemas import BatchLineIn
from service.api.problems import INTERNAL, of_error
from service.api.records import frames
from service.drafting.pipeline import Drafter
from service.errors import AfterwordError, RequestError
from service.jobs.worker import DraftItem, ItemOutcome
from service.models.port import Model
from service.storage.batch_values import DONE, FAILED, Used
from service.types import Draft

log = logging.getLogger("afterword.jobs")


def item_drafter(drafter: Drafter, drafted: Callable[[Draft], None] | None = None) -> DraftItem:
    """What a worker calls for each item. ``drafted`` hears of each draft, for the metrics."""

    async def draft_item(body: dict[str, Any], model: Model | None) -> ItemOutcome:
        try:
            line = BatchLineIn.model_validate_json(json.dumps(body))  # as JSON, which tells midnight from a day
            asked = line.request(datetime.now(UTC).astimezone())
            made = await dataclasses.replace(drafter, model=lambda: model).draft(asked)
        except ValidationError:
            return ItemOutcome(FAILED, of_error(RequestError("The line was taken by another version of Afterword.")))
        except AfterwordError as error:
            return ItemOutcome(FAILED, of_error(error))
        except Exception as error:  # noqa: BLE001 (a fault of ours in one item stops no other; its message may quote notes)
            log.error("unexpected %s in an item at %s", type(error).__name__, frames(error.__traceback__))
            return ItemOutcome(FAILED, of_error(INTERNAL))
        if drafted is not None:
            drafted(made)
        used = Used(made.usage.calls, made.usage.prompt_tokens, made.usage.completion_tokens)
        return ItemOutcome(DONE, draft_out(made).model_dump(mode="json"), used)

    return draft_item
