"""What is wrong with an endpoint right now, as a sentence that says what to set; said in the log when it changes."""

from __future__ import annotations

import logging

from service.errors import ModelError, ModelOverloaded, ModelRejected, ModelUnavailable

log = logging.getLogger("afterword.models")
# These last until somebody does something. A useless reply or a slow one is the next call's luck.
_LASTING = (ModelRejected, ModelUnavailable, ModelOverloaded)


class Trouble:
    """``error`` is the last lasting failure of an endpoint, and None once a call has gone through again."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.error: ModelError | None = None

    def meet(self, error: ModelError) -> None:
        if not isinstance(error, _LASTING):
            return
        if self.error is None or self.error.type != error.type:
            log.warning("%s: %s", self._name, error.detail)
        self.error = error

    def clear(self) -> None:
        if self.error is not None:
            log.warning("%s: the endpoint answers again.", self._name)
        self.error = None
