"""Trained weights → the file that is served: ONNX with eight-bit weights, named by its hash, and what stands beside it.

python -m training.reader.export --checkpoint FILE [--out service/reading/weights]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.reader.network import HEADS, LAYERS, WIDTH, base_files

WEIGHTS = Path("service/reading/weights")
HEAD = WIDTH // HEADS


class _Graph:
    """Nodes and weights as they are written down, one output name after the other."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.count = 0

    def weight(self, name: str, value: Any) -> str:
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        self.count += 1
        name = f"{kind.lower()}_{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def dense(self, x: str, p: Any, name: str) -> str:
        product = self.add("MatMul", x, self.weight(f"{name}.w", p["w"]))
        return self.add("Add", product, self.weight(f"{name}.b", p["b"]))

    def normed(self, x: str, p: Any, name: str) -> str:
        scale, shift = self.weight(f"{name}.g", p["g"]), self.weight(f"{name}.beta", p["b"])
        return self.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-12)

    def constant(self, name: str, value: Any) -> str:
        return self.weight(name, np.asarray(value))


def graph(p: Any) -> onnx.ModelProto:
    """ids, features, mask (batch, length) → out (batch, length, outputs)."""
    g = _Graph()
    words = g.add("Gather", g.weight("words", p["words"]), "ids")
    features = g.add("Gather", g.weight("features_table", p["features"]), "features")
    length = g.add("Shape", "ids", start=1, end=2)
    zero, one = g.constant("zero", np.array([0], np.int64)), g.constant("axis0", np.array([0], np.int64))
    positions = g.add("Slice", g.weight("positions", p["positions"]), zero, length, one)
    x = g.normed(g.add("Add", g.add("Add", words, features), positions), p["norm"], "norm")
    absent = g.add("Sub", g.constant("one", np.float32(1)), "mask")
    bias = g.add(
        "Mul",
        g.add("Unsqueeze", absent, g.constant("axes12", np.array([1, 2], np.int64))),
        g.constant("far", np.float32(-1e9)),
    )
    split = g.constant("split_shape", np.array([0, 0, HEADS, HEAD], np.int64))
    joined = g.constant("joined_shape", np.array([0, 0, WIDTH], np.int64))
    scale = g.constant("scale", np.float32(1 / np.sqrt(HEAD)))
    for n in range(LAYERS):
        layer = p["layers"][n]
        parts = []
        for k, name in enumerate(("q", "k", "v")):
            where = slice(k * WIDTH, (k + 1) * WIDTH)
            dense = {"w": layer["qkv"]["w"][:, where].copy(), "b": layer["qkv"]["b"][where].copy()}
            y = g.add("Reshape", g.dense(x, dense, f"l{n}.{name}"), split)
            parts.append(g.add("Transpose", y, perm=[0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]))
        scores = g.add("Add", g.add("Mul", g.add("MatMul", parts[0], parts[1]), scale), bias)
        mixed = g.add("MatMul", g.add("Softmax", scores, axis=-1), parts[2])
        mixed = g.add("Reshape", g.add("Transpose", mixed, perm=[0, 2, 1, 3]), joined)
        x = g.normed(g.add("Add", x, g.dense(mixed, layer["out"], f"l{n}.out")), layer["norm1"], f"l{n}.norm1")
        up = g.add("Gelu", g.dense(x, layer["up"], f"l{n}.up"))
        x = g.normed(g.add("Add", x, g.dense(up, layer["down"], f"l{n}.down")), layer["norm2"], f"l{n}.norm2")
    product = g.add("MatMul", x, g.weight("head.w", p["head"]["w"]))
    g.nodes.append(helper.make_node("Add", [product, g.weight("head.b", p["head"]["b"])], ["out"], name="out"))
    shape = ["batch", "length"]
    body = helper.make_graph(
        g.nodes,
        "reader",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, shape),
            helper.make_tensor_value_info("features", TensorProto.INT64, shape),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, shape),
        ],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [*shape, p["head"]["b"].shape[0]])],
        g.weights,
    )
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 20)])
    model.ir_version = 10
    onnx.checker.check_model(model)
    return model


def quantized(p: Any) -> bytes:
    """The file's bytes; the heads stay in full precision. Seven bits a weight, since older processors overflow at eight."""
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        onnx.save(graph(p), whole)
        heads = [n.name for n in onnx.load(whole).graph.node if "head.w" in n.input]
        quantize_dynamic(
            whole, small, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
            nodes_to_exclude=heads, op_types_to_quantize=["MatMul", "Gather"],
        )  # fmt: skip
        return small.read_bytes()


def exported(p: Any, folder: Path, told: dict[str, Any], *, whole: bool = False) -> Path:
    """Writes the weights, the tokenizer and reader.json into ``folder``; older weights there go."""
    folder.mkdir(parents=True, exist_ok=True)
    content = graph(p).SerializeToString() if whole else quantized(p)
    name = f"reader-{hashlib.sha256(content).hexdigest()[:12]}.onnx"
    for old in folder.glob("reader-*.onnx"):
        old.unlink()
    (folder / name).write_bytes(content)
    tokenizer = base_files()[1]
    (folder / "tokenizer.json").write_bytes(tokenizer)
    card = {
        "file": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "tokenizer_sha256": hashlib.sha256(tokenizer).hexdigest(),
        "link": {k: np.asarray(v, float).round(6).tolist() for k, v in sorted(p["link"].items())},
        **told,
    }
    (folder / "reader.json").write_text(json.dumps(card, indent=1, sort_keys=True) + "\n")
    return folder / name


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--whole", action="store_true", help="in full precision, to compare")
    options = parser.parse_args(arguments)
    kept = pickle.loads(options.checkpoint.read_bytes())
    told = {"temperatures": {}, "data_sha256": kept["data_sha256"]}
    print(exported(kept["params"], options.out, told, whole=options.whole))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
