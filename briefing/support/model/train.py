"""Train the built-in checker (`support.json`) on human-labelled claim-and-evidence pairs, the same each time.

Usage:  pip install lightgbm scikit-learn, then
        python briefing/support/model/train.py DIR [--rows CACHE.npz]

DIR holds the sets as `NAME.jsonl.gz` with `claim`, `evidence`, `label` (1: all of the claim is supported) and `group` (rows
of one document share it). Written are `support.json` beside this file, trained on every set but those whose licence forbids
it, and `evals/held_out/FAMILY.json`, each trained without one family of sets and without any document of that family: they
are what `briefing eval checker` measures with, so that no figure stands on a text the model was trained on."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from briefing.support import features, nearness
from briefing.support.builtin import BuiltIn
from briefing.support.ports import Pair
from briefing.support.trees import Both

FAMILIES = {
    "frank": ["frank-cnndm", "frank-xsum"],
    "cliff": ["cliff-cnndm", "cliff-xsum"],
    "goyal21": ["goyal21"],
    "qags": ["qags-cnndm", "qags-xsum"],
    "summeval": ["summeval"],
    "xsumfaith": ["xsumfaith"],
    "defacto": ["defacto", "defacto-pairs"],
    "bump": ["bump"],
    "summedits": ["summedits-news", "summedits-other"],
    "faithbench": ["faithbench", "faithbench-sent"],
    "wice": ["wice", "wice-chunks"],
    "factcheckgpt": ["factcheckgpt"],
    "begin": ["begin"],
}
NON_COMMERCIAL = {"faithbench", "faithbench-sent"}  # measured on, never trained on
MOST_WEIGHT = 4.0  # of a row of a rare class
FULL = 300  # rows; a larger set weighs by the root of its size
KEPT, KEPT_IN_PART = 0.9, 0.97  # of the supported pairs, at the limits from which a sentence counts as supported, and in part
HERE = Path(__file__).parent
Sets = dict[str, dict[str, np.ndarray]]


def read(folder: Path, cache: Path | None) -> tuple[Sets, dict[str, str]]:
    """Features, labels and groups of each set, and the sha256 of its file."""
    known = dict(np.load(cache)) if cache is not None and cache.is_file() else {}
    checker = BuiltIn()
    sets: Sets = {}
    hashes: dict[str, str] = {}
    for name in [name for family in FAMILIES.values() for name in family]:
        content = (folder / f"{name}.jsonl.gz").read_bytes()
        hashes[name] = hashlib.sha256(content).hexdigest()
        rows = [json.loads(line) for line in gzip.decompress(content).decode().split("\n") if line]
        if name not in known:
            known[name] = checker.rows([Pair(row["claim"], row["evidence"]) for row in rows])
            print(name, len(rows), flush=True)
        labels, groups = np.array([row["label"] for row in rows]), np.array([row["group"] for row in rows])
        sets[name] = {"x": known[name], "y": labels, "group": groups}
    if cache is not None:
        np.savez(cache, **known)
    return sets, hashes


def weights(y: np.ndarray) -> np.ndarray:
    """Both labels of a set count the same, and no set much more than another."""
    share = np.where(y == 1, 0.5 * len(y) / max(1, y.sum()), 0.5 * len(y) / max(1, (1 - y).sum()))
    return np.minimum(share, MOST_WEIGHT) * min(1.0, (FULL / len(y)) ** 0.5)


def fitted(sets: Sets, without: list[str]) -> dict[str, Any]:
    """Trees and linear model of all sets but these, of all documents but theirs; not yet calibrated."""
    left_out = {g for name in without for g in sets[name]["group"]}
    used = [one for name, one in sets.items() if name not in {*without, *NON_COMMERCIAL}]
    x, y, group = (np.concatenate([one[key] for one in used]) for key in ("x", "y", "group"))
    w = np.concatenate([weights(one["y"]) for one in used])
    keep = ~np.isin(group, list(left_out))
    boosted = lightgbm.LGBMClassifier(
        n_estimators=400, learning_rate=0.04, num_leaves=6, min_child_samples=60, subsample=0.8, subsample_freq=1,
        colsample_bytree=0.4, reg_lambda=10, verbose=-1, random_state=3, deterministic=True, force_row_wise=True, num_threads=1,
    ).fit(x[keep], y[keep], sample_weight=w[keep])  # fmt: skip
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.02, max_iter=2000))
    linear.fit(x[keep], y[keep], logisticregression__sample_weight=w[keep])
    scaler, regression = linear.named_steps["standardscaler"], linear.named_steps["logisticregression"]
    return {
        "trees": as_arrays(boosted.booster_),
        "linear": {
            "mean": rounded(scaler.mean_), "scale": rounded(scaler.scale_),
            "weights": rounded(regression.coef_[0]), "bias": round(float(regression.intercept_[0]), 6),
        },
        "curve": [[0.0, 1.0], [0.0, 1.0]],
    }  # fmt: skip


def rounded(values: np.ndarray) -> list[float]:
    return [float(f"{value:.6g}") for value in values]


def as_arrays(booster: lightgbm.Booster) -> dict[str, Any]:
    trees = [flat(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    longest = max(len(nodes) for nodes in trees)
    told: dict[str, Any] = {key: [] for key in ("feature", "threshold", "left", "right", "value")}
    for nodes in trees:
        padded = nodes + [(0, 0.0, at, at, 0.0) for at in range(len(nodes), longest)]
        for key, column in zip(told, zip(*padded, strict=True), strict=True):
            told[key].append(list(column))
    return {**told, "depth": max(depth(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"])}


def flat(root: dict[str, Any]) -> list[tuple[int, float, int, int, float]]:
    nodes: list[tuple[int, float, int, int, float]] = []

    def add(node: dict[str, Any]) -> int:
        at = len(nodes)
        nodes.append((0, 0.0, at, at, float(f"{node.get('leaf_value', 0.0):.6g}")))
        if "split_feature" in node:
            left, right = add(node["left_child"]), add(node["right_child"])
            nodes[at] = (node["split_feature"], float(f"{node['threshold']:.9g}"), left, right, 0.0)
        return at

    add(root)
    return nodes


def depth(node: dict[str, Any]) -> int:
    return (
        0
        if "leaf_value" in node and "split_feature" not in node
        else 1 + max(depth(node["left_child"]), depth(node["right_child"]))
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=Path, default=None)
    given = parser.parse_args()
    sets, hashes = read(given.folder, given.rows)
    held: dict[str, dict[str, Any]] = {}
    raw: dict[str, np.ndarray] = {}
    for family, names in FAMILIES.items():
        held[family] = fitted(sets, names)
        for name in names:
            raw[name] = Both.of(held[family]).raw(sets[name]["x"])
    # what was said of texts never trained on calibrates, both labels of each set counting the same
    used = [name for name in raw if name not in NON_COMMERCIAL]
    scores, labels, w = (
        np.concatenate([part[name] for name in used])
        for part in (raw, {n: sets[n]["y"] for n in used}, {n: weights(sets[n]["y"]) for n in used})
    )
    curve = IsotonicRegression(out_of_bounds="clip").fit(scores, labels, sample_weight=w)
    points = np.linspace(scores.min(), scores.max(), 41)
    told_curve = [rounded(points), rounded(np.maximum.accumulate(curve.predict(points)))]
    calibrated = np.interp(scores, *told_curve)
    reached = {"supported": KEPT, "partial": KEPT_IN_PART}
    limits = {name: round(quantile(calibrated[labels == 1], w[labels == 1], 1 - share), 3) for name, share in reached.items()}
    whole = {
        **fitted(sets, []), "curve": told_curve, "limits": limits, "features": [*features.NAMES, *nearness.NAMES],
        "trained_on": {name: digest for name, digest in hashes.items() if name not in NON_COMMERCIAL},
    }  # fmt: skip
    write(HERE / "support.json", whole)
    folder = HERE.parents[2] / "evals" / "held_out"
    for family, names in FAMILIES.items():
        files = {name: hashes[name] for name in names}
        write(folder / f"{family}.json", {**held[family], "curve": told_curve, "limits": limits, "without": files})
    print(limits)


def quantile(values: np.ndarray, w: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(w[order]) / w.sum(), share)])


def write(file: Path, told: dict[str, Any]) -> None:
    file.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
