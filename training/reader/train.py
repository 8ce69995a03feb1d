"""Labelled notes → the reader's weights.

    python -m training.reader.train [--epochs 5] [--hold-out] [--out service/reading/weights]

The same data, seed and machine give the same file. Two cores need 40 to 75 minutes, as fast as they are.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=2")  # before jax looks

import jax
import jax.numpy as jnp
import numpy as np
import optax
from tokenizers import Tokenizer

from service.reading.tokens import MASK, SEP
from training.judge.examples import Judged, judge_batches, judged
from training.reader.augment import Pools, pools, varied
from training.reader.data import Record, data_hash, divided, training_sets
from training.reader.examples import Example, batch, examples
from training.reader.network import Params, base_files, initial, judge_loss, losses

LENGTHS = (96, 128, 160, 192, 256, 384)
PIECES = 2048  # of a batch
PEOPLE = 9
HIDDEN = 0.06  # of the pieces: what a word is must be told by its company too


def tokenizer() -> Tokenizer:
    out = Tokenizer.from_str(base_files()[1].decode())
    out.no_truncation()
    out.no_padding()
    return out


def batches(
    sets: list[Record], pool: Pools, pieces: Tokenizer, rng: random.Random, *, plain: bool
) -> Iterator[dict[str, Any]]:
    """One epoch: every set told anew, windows of like length together, in an order of chance."""
    told = [e for r in sets for e in examples(r if plain else varied(r, pool, rng), pieces)]
    if not plain:
        for e in told:
            e.ids = [MASK if i > SEP and rng.random() < HIDDEN else i for i in e.ids]
    rng.shuffle(told)
    by_length: dict[int, list[Example]] = {length: [] for length in LENGTHS}
    for e in told:
        by_length[next(n for n in LENGTHS if n >= len(e))].append(e)
    out: list[tuple[int, list[Example]]] = []
    left: list[Example] = []
    for length, shorter in by_length.items():
        group, rows = left + shorter, _rows(length)
        whole = len(group) if length == LENGTHS[-1] else len(group) // rows * rows
        out += [(length, group[k : k + rows]) for k in range(0, whole, rows)]
        left = group[whole:]  # what fills no batch goes with the next longer
    rng.shuffle(out)
    for length, group in out:
        rows = _rows(length)
        group = group + [Example([0], [0], [-1], [-1], [-1], [-1])] * (rows - len(group))
        yield batch(group, length, length // 6 + 6, length // 10 + 6, PEOPLE)


def _rows(length: int) -> int:
    return 2 * (PIECES // length // 2)  # half a batch for each of two cores


def trained(
    sets: list[Record],
    sentences: list[Judged],
    *,
    epochs: int,
    seed: int = 9,
    steps: int | None = None,
    rate: float = 1.5e-4,
    log: Callable[[str], None] = print,
    keep: Callable[[Params], None] = lambda _: None,
) -> Params:
    """The averaged weights after ``epochs`` over the sets, or after ``steps`` steps; ``keep`` gets them after each epoch."""
    pieces = tokenizer()
    pool = pools([r for r in sets if not r.get("partial")], *_more_names(seed))
    params = initial(seed)
    words = params.pop("words")
    rng = random.Random(seed)
    per_epoch = sum(1 for _ in batches(sets, pool, pieces, random.Random(0), plain=True))
    total = steps or per_epoch * epochs
    updates = total + (total * 2 // 3 if sentences else 0)
    schedule = optax.warmup_cosine_decay_schedule(0.0, 1.0, max(1, updates // 12), updates, 0.02)
    label = jax.tree_util.tree_map_with_path(
        lambda path, _: "head" if path[0].key in ("head", "link", "features") else "body", params
    )
    optimizer = optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.multi_transform(
            {
                "body": optax.adamw(lambda n: rate * schedule(n), b2=0.98, weight_decay=0.01),
                "head": optax.adamw(lambda n: 10 * rate * schedule(n), b2=0.98, weight_decay=0.01),
            },
            label,
        ),
    )
    state = optimizer.init(params)

    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("rows",))
    split = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("rows"))
    everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
    params, state, words = jax.device_put((params, state, words), everywhere)

    @partial(jax.jit, donate_argnums=(0, 1, 2))
    def step(
        params: Params, state: Any, average: Params, words: jax.Array, b: dict[str, jax.Array], n: jax.Array
    ) -> Any:
        key = jax.random.fold_in(jax.random.key(seed, impl="rbg"), n)

        def loss(p: Params) -> Any:
            each = losses({**p, "words": words}, b, key)
            return sum(each.values()), each

        (_, each), slopes = jax.value_and_grad(loss, has_aux=True)(params)
        updates, state = optimizer.update(slopes, state, params)
        params = optax.apply_updates(params, updates)
        decay = jnp.minimum(0.99, (n + 1.0) / (n + 10.0))
        average = jax.tree.map(lambda a, p: a * decay + p * (1 - decay), average, params)
        return params, state, average, each

    @partial(jax.jit, donate_argnums=(0, 1, 2))
    def judge_step(
        params: Params, state: Any, average: Params, words: jax.Array, b: dict[str, jax.Array], n: jax.Array
    ) -> Any:
        key = jax.random.fold_in(jax.random.key(seed + 1, impl="rbg"), n)
        value, slopes = jax.value_and_grad(lambda p: judge_loss({**p, "words": words}, b, key))(params)
        updates, state = optimizer.update(slopes, state, params)
        params = optax.apply_updates(params, updates)
        decay = jnp.minimum(0.99, (n + 1.0) / (n + 10.0))
        average = jax.tree.map(lambda a, p: a * decay + p * (1 - decay), average, params)
        return params, state, average, value

    pairs = judge_batches(sentences, pieces, random.Random(seed)) if sentences else None
    average, done, began = jax.tree.map(jnp.copy, params), 0, time.monotonic()
    while done < total:
        sums: dict[str, float] = {}
        seen = 0
        for b in batches(sets, pool, pieces, rng, plain=False):
            if done >= total:
                break
            params, state, average, each = step(params, state, average, words, jax.device_put(b, split), np.int32(done))
            for name, value in each.items():
                sums[name] = sums.get(name, 0.0) + float(value)
            if pairs is not None and done % 3 != 2:  # two of sentences after three of notes
                b = jax.device_put(next(pairs), split)
                params, state, average, value = judge_step(params, state, average, words, b, np.int32(done))
                sums["judge"] = sums.get("judge", 0.0) + 1.5 * float(value)
            done, seen = done + 1, seen + 1
            if done % 10 == 0:
                print(done, f"{time.monotonic() - began:.0f}s", flush=True)
        keep({**average, "words": words})
        told = " ".join(f"{name} {value / max(1, seen):.3f}" for name, value in sums.items())
        log(f"{done}/{total} {time.monotonic() - began:.0f}s {told}")
    return {**average, "words": words}


def _more_names(seed: int) -> tuple[list[str], list[str]]:
    from faker import Faker

    faker = Faker(
        [
            "en_GB",
            "en_US",
            "de_DE",
            "fr_FR",
            "es_ES",
            "it_IT",
            "pl_PL",
            "nl_NL",
            "sv_SE",
            "tr_TR",
            "en_IN",
            "en_NG",
            "cs_CZ",
            "pt_BR",
        ]
    )
    faker.seed_instance(seed)
    given = {faker.first_name() for _ in range(900)}
    surnames = {faker.last_name() for _ in range(900)}
    return sorted(given), sorted(n for n in surnames if len(n.split()) < 3)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--limit", type=int, help="so many sets of each hand")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--hold-out", action="store_true", help="leave out every tenth set of each hand")
    parser.add_argument("--checkpoint", type=Path, default=Path(".cache/reader.pickle"))
    options = parser.parse_args(arguments)
    sets = {name: records[: options.limit] for name, records in training_sets().items()}
    chosen = divided(sets)[0] if options.hold_out else [r for records in sets.values() for r in records]
    print(f"{len(chosen)} sets", flush=True)
    options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    data = data_hash()  # now: while it trains, sets may come in

    def keep(params: Params) -> None:
        kept = {"params": jax.tree.map(np.asarray, params), "data_sha256": data}
        options.checkpoint.write_bytes(pickle.dumps(kept))

    told = partial(print, flush=True)
    sentences = judged()[: options.limit and 8 * options.limit]
    keep(trained(chosen, sentences, epochs=options.epochs, steps=options.steps, rate=options.rate, log=told, keep=keep))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
