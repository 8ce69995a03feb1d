"""How long reading takes: notes of about 200 words, the encoder alone and the whole of read_notes.

python bench/reading.py [--rounds 30]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from service.reading.markup import without_markup
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.reading.tokens import tokenize, windows

NOW = datetime(2026, 11, 17, 18, tzinfo=UTC)
NOTES = """Farrow Freight, depot manager, today 2pm. Panel: Benedikta Delacroix (head of depots), Ifeoma Okonkwo, planning lead.
- Benedikta: forty vans from two depots, the night shift moves to Leeds next spring and half the drivers don't know it yet
- told her how I cut empty runs at Hollin from 31% to 18% in a year, by pairing the returns with the market traders' pick-ups
- she liked that, wants the same for Saturdays, asked how long it took the drivers to trust it. I said four weeks and a chart in the canteen
- Ifeoma wants route planning off paper by summer, they tried a system in 2024 and it planned a van over the ferry that does not run in winter
- asked me about tachograph rules, I mixed up the weekly rest, should have said 45 hours, reduced to 24 every second week
- they pay less than Hollin, I'd need 46k at least, and mum's care home has gone up again
- the yard smells of diesel and wet cardboard but I felt at home, nice people
- Ifeoma's team is five, two of them leave in January, whoever comes in hires the next three
- I said I had hired eleven people at Hollin, nine of them are still there
- they'll ring by Friday of next week, a second talk would be with the managing director, a Mr Farrow"""


def timed(work: Callable[[], object], rounds: int) -> float:
    """The median of ``rounds`` in milliseconds, after one to warm up."""
    work()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    began = time.perf_counter()
    reader = Reader.load()
    print(f"load               {(time.perf_counter() - began) * 1000:8.1f} ms")
    text = without_markup(NOTES)
    tokens = tokenize(text, reader.tokenizer)
    spans = windows(len(tokens))
    encoder = timed(lambda: [reader.window(tokens, a, b) for a, b in spans], rounds)
    whole = timed(lambda: read_notes(NOTES, reader, now=NOW), rounds)
    long = (NOTES + "\n\n") * (20_000 // len(NOTES))
    print(f"notes              {len(NOTES.split()):8d} words, {len(tokens)} word pieces")
    print(f"the encoder alone  {encoder:8.1f} ms")
    print(f"read_notes         {whole:8.1f} ms, {whole / encoder:.2f} times the encoder")
    print(f"{len(long):,} characters  {timed(lambda: read_notes(long, reader, now=NOW), 3):8.1f} ms")
    print(f"memory at most     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MiB")


if __name__ == "__main__":
    main()
