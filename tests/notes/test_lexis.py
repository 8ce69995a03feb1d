from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from service.notes.lexis import _stem_plain


def test_threads_that_stem_at_once_get_the_stems_that_one_would() -> None:
    """Notes are read beside the event loop in more than one thread; with one stemmer for all, words were cut short."""
    words = [f"{start}{n}{end}" for n in range(60) for start in "abcdef" for end in ("izations", "ingly", "fulness")]
    alone = [_stem_plain.__wrapped__(w) for w in words]
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda part: [_stem_plain.__wrapped__(w) for w in part], [words] * 4))
    finally:
        sys.setswitchinterval(pause)
    assert together == [alone] * 4
