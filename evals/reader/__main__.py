"""Make the reader's model anew.

    python -m evals.reader train MODEL_DIR --texts DIR... --windows DIR [--attributions FILE] [--share 1.0]
                                           [--without GROUP] [--out DIR]
    python -m evals.reader gate --texts DIR...

MODEL_DIR holds the published weights of all-MiniLM-L6-v2 (index/model/NOTICE names package and hash). `train` needs
torch==2.13.0, transformers and onnx, and takes about half an hour on two cores; what it learns from says
`evals/reader/README.md`. It prints, after each round, how it does on the part `dev`. `--share` takes so much of the labels,
for the learning curve; `--without` leaves one group of conflicts out and reports on that group of `dev` alone. `gate` teaches
the gate from the network: it calls near talks what the network calls a statement."""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.reader import examples
from evals.reader.examples import Example

MODEL = Path(__file__).parents[2] / "briefing" / "reading" / "model"
EPOCHS, BATCH, RATE, HEAD_RATE, DECAY, WARM, CLIP = 4, 16, 1.5e-4, 8e-4, 0.01, 0.06, 1.0
NEGATIVES = 0.4  # of the sentences without a statement, each round others
ATTRIBUTIONS = 2_600  # half of them each round
LEAST_SEEN = 8  # sentences that hold a feature of the gate
KEPT = 0.8  # of what the network calls a statement, the gate lets through
ALONE = 0.11  # of all sentences, those whose own words are most like a statement's: let through whatever stands around
TOLD = 0.5  # chance above which it calls it one
LIGHT = 0.03  # weights below are dropped


def train(args: argparse.Namespace) -> None:
    import torch

    from evals.reader.export import export
    from evals.reader.network import Network, loss_of

    torch.manual_seed(args.seed)
    random.seed(args.seed)
    rng = random.Random(args.seed + 1)
    texts = examples.texts(args.texts)
    given = [one for part in args.parts for one in examples.windows(args.windows, part, texts)]
    labelled = _share([*given, *examples.own(texts)], args.share, rng)
    held = examples.windows(args.windows, "dev", texts)
    if args.without:
        labelled = [e for e in labelled if examples.group_of(texts[e.article_id]) != args.without]
        held = [e for e in held if examples.group_of(texts[e.article_id]) == args.without]
    said = examples.attributions(args.attributions, ATTRIBUTIONS) if args.attributions else []
    told, none = [e for e in labelled if e.rows], [e for e in labelled if not e.rows]
    counts = Counter(row.stance for e in told for row in e.rows)
    print(f"{len(told)} sentences with a statement, {len(none)} without, {len(said)} attributions; {dict(counts)}", flush=True)
    net = Network(args.model)
    weight = torch.tensor([(sum(counts.values()) / (10 * max(counts[c], 3))) ** 0.5 for c in examples.CODES])
    parts = [
        {"params": [p for n, p in net.named_parameters() if n.startswith("enc.") and p.requires_grad], "lr": RATE},
        {"params": [p for n, p in net.named_parameters() if not n.startswith("enc.")], "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(parts, weight_decay=DECAY)
    steps = EPOCHS * math.ceil((len(told) + int(len(none) * NEGATIVES) + len(said) // 2) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (WARM * steps)) * max(0.0, 1 - step / (1.02 * steps))
    )
    began = time.time()
    for epoch in range(EPOCHS):
        net.train()
        total = 0.0
        batches = _batches([*told, *rng.sample(none, int(len(none) * NEGATIVES)), *rng.sample(said, len(said) // 2)], rng)
        for batch in batches:
            loss = loss_of(net, batch, weight)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"round {epoch}: loss {total / len(batches):.3f}, {time.time() - began:.0f} s; {_report(net, held)}", flush=True)
        sizes = export({k: v.float().numpy() for k, v in net.state_dict().items()}, args.out)  # each round: an hour is not lost
    print(sizes)


def _share(every: Sequence[Example], share: float, rng: random.Random) -> list[Example]:
    articles = sorted({e.article_id for e in every})
    rng.shuffle(articles)
    kept = set(articles[: round(len(articles) * share)])
    return [e for e in every if e.article_id in kept]


def _batches(every: list[Example], rng: random.Random) -> list[list[Example]]:
    """Of like lengths, in chance order."""
    rng.shuffle(every)
    groups = [sorted(every[k : k + 20 * BATCH], key=lambda e: len(e.ids)) for k in range(0, len(every), 20 * BATCH)]
    made = [group[k : k + BATCH] for group in groups for k in range(0, len(group), BATCH)]
    rng.shuffle(made)
    return made


def _report(net: object, held: Sequence[Example]) -> str:
    """How it does on sentences that it did not learn from: found, pointed at, stance right by its own code, macro F1."""
    import numpy as np
    import torch

    from evals.reader.network import Network, tensors

    assert isinstance(net, Network)
    net.eval()
    found: list[tuple[float, bool]] = []
    pointed: list[bool] = []
    judged: list[tuple[str, str, tuple[str, ...]]] = []
    with torch.no_grad():
        for k in range(0, len(held), 48):
            some = held[k : k + 48]
            ids, attention, own = tensors(some)
            states = net.states(ids, attention)
            base = net.base(states, own)
            chances, pointing = torch.sigmoid(net.talks(base)).squeeze(-1), net.pointer(states, base, own)
            for n, one in enumerate(some):
                found.append((float(chances[n]), bool(one.talks)))
                for row in one.rows:
                    best = int(pointing[n].argmax())
                    pointed += [best in row.pointer] if row.pointer else []
                    share = torch.zeros(1, pointing.shape[1])
                    share[0, list(row.pointer or (best,))] = 1 / len(row.pointer or (best,))
                    stances, *_ = net.stance(base[n : n + 1], (states[n : n + 1] * share.unsqueeze(-1)).sum(1))
                    judged.append((examples.CODES[int(stances.argmax())], str(row.stance), row.allowed))
    hits, given = sum(y for p, y in found if p >= TOLD), sum(p >= TOLD for p, _ in found)
    f1 = 2 * hits / (given + sum(y for _, y in found))
    scores = []
    for code in sorted({wanted for _, wanted, _ in judged}):
        told = [(wanted if code_ in (wanted, *allowed) else code_, wanted) for code_, wanted, allowed in judged]
        hit = sum(a == b == code for a, b in told)
        scores.append(2 * hit / max(1, sum(a == code for a, _ in told) + sum(b == code for _, b in told)))
    own_code = np.mean([a == b for a, b, _ in judged])
    return f"dev: sentences F1 {f1:.3f}, holder {np.mean(pointed):.3f}, own code {own_code:.3f}, macro F1 {np.mean(scores):.3f}"


def gate(args: argparse.Namespace) -> None:
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    from briefing.reading.layout import layout
    from briefing.reading.learned import gate_around, gate_words, shipped
    from evals.reader.export import pin

    reader, articles = shipped(), sorted(examples.texts(args.texts).items())
    random.Random(5).shuffle(articles)
    read: list[tuple[list[str], list[float]]] = []
    for _, text in articles[: args.articles]:
        prose = [s for s in layout(text[:9_000], None).sentences if s.kind == "prose" and s.end - s.start < 900]
        read.append(([text[s.start : s.end] for s in prose], [reader.telling(text, s.start, s.end).chance for s in prose]))
    told = np.array([chance >= TOLD for _, chances in read for chance in chances])
    fold = np.array([n % 5 for n, (_, chances) in enumerate(read) for _ in chances])
    counter = CountVectorizer(analyzer=gate_words, min_df=LEAST_SEEN, binary=True)
    x = counter.fit_transform([s for some, _ in read for s in some])
    scores = np.zeros(len(told))  # of each sentence by weights that saw none of its article
    for k in range(5):
        scores[fold == k] = _words(LogisticRegression)(x[fold != k], told[fold != k]).decision_function(x[fold == k])
    rows, at = [], 0
    for some, _ in read:
        rows += gate_around(some, scores[at : at + len(some)].tolist())
        at += len(some)
    z, final = np.array(rows), np.zeros(len(told))
    for k in range(5):
        final[fold == k] = _around(LogisticRegression)(z[fold != k], told[fold != k]).decision_function(z[fold == k])
    bar = float(np.quantile(final[told], 1 - KEPT))
    alone = float(np.quantile(scores, 1 - ALONE))
    print(f"{len(told)} sentences; {KEPT} of statements pass, and {((final >= bar) | (scores >= alone)).mean():.3f} of all")
    model = _words(LogisticRegression)(x, told)
    words = {f: round(float(model.coef_[0][n]), 2) for f, n in counter.vocabulary_.items() if abs(model.coef_[0][n]) >= LIGHT}
    words["bias"] = round(float(model.intercept_[0]), 2)
    around = [round(float(w), 4) for w in _around(LogisticRegression)(z, told).coef_[0]]
    document = {"bar": round(bar, 3), "alone": round(alone, 2), "around": around, "words": dict(sorted(words.items()))}
    (MODEL / "gate.json").write_text(json.dumps(document, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    pin(MODEL)


def _words(model: Any) -> Any:
    return model(C=0.08, max_iter=300).fit


def _around(model: Any) -> Any:
    return model(C=1, max_iter=2_000, fit_intercept=False).fit


def main() -> None:
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = say.add_subparsers(required=True)
    learn = verbs.add_parser("train")
    learn.add_argument("model", type=Path)
    learn.add_argument("--windows", type=Path, required=True)
    learn.add_argument("--parts", nargs="+", default=["train", "test"], help="of the windows; test was opened before")
    learn.add_argument("--attributions", type=Path)
    learn.add_argument("--share", type=float, default=1.0)
    learn.add_argument("--without", choices=[*examples.GROUPS, examples.REST])
    learn.add_argument("--seed", type=int, default=0)
    learn.add_argument("--out", type=Path, default=MODEL)
    learn.set_defaults(do=train)
    near = verbs.add_parser("gate")
    near.add_argument("--articles", type=int, default=600)
    near.set_defaults(do=gate)
    for verb in (learn, near):
        verb.add_argument("--texts", type=Path, nargs="+", required=True)
    args = say.parse_args()
    args.do(args)


if __name__ == "__main__":
    main()
