"""From a trained network to the files that ship, byte for byte the same from the same weights."""

from __future__ import annotations

import hashlib
import re
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from evals.reader.network import FIXED
from index.model.build_model import HEADS, LAYERS, WIDTH, Graph, attention, feed_forward

Weights = dict[str, NDArray[np.float32]]
PROJECTED = ("pi", "qi")  # heads of every word piece, made in the graph
LEARNED = Path(__file__).parents[2] / "briefing" / "reading" / "learned.py"
_EPOCH = (2020, 1, 1, 0, 0, 0)  # of the archive's entries: no clock in a file that is pinned


def export(weights: Weights, folder: Path) -> dict[str, int]:
    """Write `reader.onnx` and `heads.npz`, pin them in `learned.py`; their sizes in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reader.onnx").write_bytes(_graph(weights))
    heads = {k: v.astype(np.float16) for k, v in weights.items() if not k.startswith(("enc.", *(f"{p}." for p in PROJECTED)))}
    (folder / "heads.npz").write_bytes(_packed(heads))
    if folder.resolve() == LEARNED.parent.resolve() / "model":
        pin(folder)
    return {name: (folder / name).stat().st_size for name in ("reader.onnx", "heads.npz")}


def pin(folder: Path) -> None:
    """Write the hashes of the model's files into `learned.py`."""
    told = "".join(
        f'    "{n}": "{hashlib.sha256((folder / n).read_bytes()).hexdigest()}",\n'
        for n in ("reader.onnx", "heads.npz", "gate.json")
    )
    code = LEARNED.read_text(encoding="utf-8")
    LEARNED.write_text(re.sub(r"SHA256 = \{.*?\}", f"SHA256 = {{\n{told}}}", code, count=1, flags=re.DOTALL), encoding="utf-8")


def _graph(weights: Weights) -> bytes:
    g = Graph({k.removeprefix("enc."): v for k, v in weights.items() if k.startswith("enc.")})
    g.constant("shape_h", np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
    g.constant("shape_d", np.array([0, 0, WIDTH], np.int64))
    for name, value in (("sqrt2", np.sqrt(2)), ("half", 0.5), ("one", 1), ("mask4", 0)):
        g.constant(name, np.float32(value))
    x = "shared"
    for layer in range(FIXED, LAYERS):
        x = feed_forward(g, attention(g, x, layer), layer)
    g.node("Identity", [x], "states")
    for name in PROJECTED:
        g.constant(f"{name}.w", weights[f"{name}.weight"].T)
        g.constant(f"{name}.b", weights[f"{name}.bias"])
        g.node("MatMul", [x, f"{name}.w"], f"{name}_m")
        g.node("Add", [f"{name}_m", f"{name}.b"], name)
    outputs = [("states", WIDTH), *((name, len(weights[f"{name}.bias"])) for name in PROJECTED)]
    graph = helper.make_graph(
        g.nodes,
        "reader",
        [helper.make_tensor_value_info("shared", TensorProto.FLOAT, ["batch", "seq", WIDTH])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "seq", width]) for name, width in outputs],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="evals.reader")
    onnx.checker.check_model(model)
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


def _packed(arrays: dict[str, NDArray[np.float16]]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            entry = BytesIO()
            np.lib.format.write_array(entry, arrays[name], allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), entry.getvalue())
    return made.getvalue()
