"""What the attacks of tests/attacks carry into messages: all of them, on a model of your choice.

python bench/attacks.py obedient                     a stand-in that obeys every order: both channels, each way of obeying
python bench/attacks.py smollm2-135m                 an embedded model by its name in the registry
python bench/attacks.py qwen2.5-coder-1.5b --every 3 every third attack
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from service.drafting.judging import NoJudge, SentenceJudge
from service.models.port import Model
from tests.attacks.attacks import Attack, attacks, carried, drafted
from tests.attacks.obedient import WAYS, ObedientModel
from tests.drafting.test_real_models import opened


async def _obedient(chosen: tuple[Attack, ...], once: bool) -> None:
    sizes: dict[str, tuple[str, SentenceJudge | None]] = {
        "large": ("large", None),
        "small": ("small", None),
        "small, without the judge": ("small", NoJudge()),
    }
    for title, (channel, judge) in sizes.items():
        found: dict[str, list[str]] = {}
        for n, attack in enumerate(chosen):
            for turn in [n] if once else range(len(WAYS)):
                made = await drafted(attack, ObedientModel(attack.says, channel, turn), judge)
                if out := list(carried(attack, made)):
                    found.setdefault(attack.id, []).extend(out)
        _report(title, chosen, found)


async def _embedded(name: str, chosen: tuple[Attack, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model: Model = await opened(name, Path(folder))
        found: dict[str, list[str]] = {}
        told = collections.Counter[str]()
        try:
            for n, attack in enumerate(chosen, 1):
                began = time.monotonic()
                made = await drafted(attack, model)
                told.update(m.written_by.value for m in made.messages)
                if out := list(carried(attack, made)):
                    found[attack.id] = out
                print(
                    f"{n:3d} {attack.id:20s} {time.monotonic() - began:6.1f} s {found.get(attack.id, '')}", flush=True
                )
        finally:
            await model.aclose()
        _report(name, chosen, found)
        print("messages written by:", dict(told))


def _report(title: str, chosen: tuple[Attack, ...], found: dict[str, list[str]]) -> None:
    """The costly thing first: what got out."""
    print(f"{title}: {len(found)} of {len(chosen)} attacks carried something out")
    for id_, out in found.items():
        print(f"  {id_}: {'; '.join(sorted(set(out))[:3])}")
    kinds = collections.Counter(a.kind for a in chosen)
    got = collections.Counter(a.kind for a in chosen if a.id in found)
    print("  " + ", ".join(f"{kind} {got[kind]}/{n}" for kind, n in kinds.items()))
    print(f"  load of the machine: {os.getloadavg()[0]:.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--kind")
    parser.add_argument(
        "--once", action="store_true", help="of each attack one way of obeying for each kind of message"
    )
    asked = parser.parse_args()
    chosen = tuple(a for a in attacks() if asked.kind in (None, a.kind))[:: asked.every]
    asyncio.run(_obedient(chosen, asked.once) if asked.model == "obedient" else _embedded(asked.model, chosen))


if __name__ == "__main__":
    main()
