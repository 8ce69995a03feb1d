"""What stops an eval: always a sentence that says what to do, exit status 2."""

from __future__ import annotations

from service.errors import AfterwordError


class EvalError(AfterwordError):
    type = "eval-invalid"
    title = "The evaluation cannot go on"


class CassetteError(EvalError):
    type = "cassette-invalid"
    title = "The cassette does not fit"
