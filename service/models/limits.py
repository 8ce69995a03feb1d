"""How long one call may take, and how many run at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """``total_s`` spans queueing and all tries."""

    connect_s: float = 5.0
    first_token_s: float = 30.0
    total_s: float = 120.0
    tries: int = 4
    concurrency: int = 48
    backoff_s: float = 0.5  # before the second try; doubles, with jitter
