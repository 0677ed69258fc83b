"""The reader's network: an encoder of the MiniLM kind whose lowest layers stay those of the embedding that ships, and its heads.

Heads, of one sentence with word pieces' states h [pieces, width], the opening mark's state c, and b = [mean of h; c]:
`talks` that it holds a statement; a pointer at the pieces that name the holder (or at the opening mark: nobody); of the holder's
state with b the stance, whether it is told of another, whether it is narrated; a pointer at that other. Pointers are the additive
attention of Bahdanau et al. (2015, arXiv 1409.0473); a name of several pieces has the sum of their chances."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel

from briefing.reading.learned import CODES
from evals.reader.examples import Example, Target

FIXED = 2  # lowest layers, as the embedding has them
POINTING, STANCE, WHOSE = 192, 256, 128  # inner widths
DROP = 0.1
GIVEN = 0.85  # how often the stance is asked of the labelled holder; else of whom the pointer finds
OWN_CODE = 0.8  # of a stance's weight on its own code; the rest on those that a second reader could choose
WEIGHTS = {"pointer": 0.7, "pointer of a saying": 0.5, "another": 0.4, "narrated": 0.3, "whose": 0.3}
_NEVER = -1e4
_bce = nn.functional.binary_cross_entropy_with_logits


class Network(nn.Module):
    """Names of its parts are those of the files in briefing/reading/model."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.enc = AutoModel.from_pretrained(folder)
        for name, parameter in self.enc.named_parameters():
            low = any(name.startswith(f"encoder.layer.{n}.") for n in range(FIXED))
            parameter.requires_grad = not (low or name.startswith("embeddings") or "pooler" in name)
        width = self.enc.config.hidden_size
        self.drop = nn.Dropout(DROP)
        self.talks = nn.Linear(2 * width, 1)
        self.pi, self.pm, self.po = nn.Linear(width, POINTING), nn.Linear(2 * width, POINTING), nn.Linear(POINTING, 1)
        self.s1, self.s2 = nn.Linear(3 * width, STANCE), nn.Linear(STANCE, len(CODES))
        self.o1, self.n1 = nn.Linear(STANCE, 1), nn.Linear(STANCE, 1)
        self.qi, self.qm, self.qo = nn.Linear(width, WHOSE), nn.Linear(3 * width, WHOSE), nn.Linear(WHOSE, 1)

    def states(self, ids: Tensor, attention: Tensor) -> Tensor:
        states: Tensor = self.enc(input_ids=ids, attention_mask=attention).last_hidden_state
        return states

    def base(self, states: Tensor, own: Tensor) -> Tensor:
        weight = own.unsqueeze(-1)
        return torch.cat([(states * weight).sum(1) / weight.sum(1).clamp(min=1), states[:, 0]], -1)

    def pointer(self, states: Tensor, base: Tensor, own: Tensor) -> Tensor:
        """Log chances [batch, pieces] that a piece names the holder; the first piece stands for nobody."""
        scores = self.po(torch.tanh(self.pi(self.drop(states)) + self.pm(self.drop(base)).unsqueeze(1))).squeeze(-1)
        may = own.clone()
        may[:, 0] = 1
        return torch.log_softmax(scores.masked_fill(may == 0, _NEVER), -1)

    def stance(self, base: Tensor, holder: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        whole = torch.cat([base, holder], -1)
        inner = torch.tanh(self.s1(self.drop(whole)))
        return self.s2(inner), self.o1(inner).squeeze(-1), self.n1(inner).squeeze(-1), whole

    def whose(self, states: Tensor, whole: Tensor, own: Tensor) -> Tensor:
        scores = self.qo(torch.tanh(self.qi(states) + self.qm(whole).unsqueeze(1))).squeeze(-1)
        return torch.log_softmax(scores.masked_fill(own == 0, _NEVER), -1)


def tensors(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Word pieces, which of them are there, and which are the sentence's own: each [batch, longest]."""
    longest = max(len(one.ids) for one in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    attention, own = torch.zeros_like(ids), torch.zeros(len(batch), longest)
    for n, one in enumerate(batch):
        ids[n, : len(one.ids)] = torch.tensor(one.ids)
        attention[n, : len(one.ids)] = 1
        own[n, one.first : one.first + one.length] = 1
    return ids, attention, own


def loss_of(net: Network, batch: Sequence[Example], weight: Tensor) -> Tensor:
    """`weight`: of each stance code."""
    ids, attention, own = tensors(batch)
    states = net.states(ids, attention)
    base = net.base(states, own)
    loss = torch.zeros(())
    known = [n for n, one in enumerate(batch) if one.talks is not None]
    if known:
        told = torch.tensor([float(bool(batch[n].talks)) for n in known])
        loss = loss + _bce(net.talks(net.drop(base[known])).squeeze(-1), told)
    pointing = net.pointer(states, base, own)
    rows = [(n, row) for n, one in enumerate(batch) for row in one.rows]
    if pointed := [(n, row) for n, row in rows if row.pointer]:
        shares = torch.tensor([1.0 if batch[n].talks else WEIGHTS["pointer of a saying"] for n, _ in pointed])
        found = _inside(pointing[[n for n, _ in pointed]], [row.pointer for _, row in pointed])
        loss = loss - WEIGHTS["pointer"] * (found * shares).mean()
    if stanced := [(n, row) for n, row in rows if row.stance is not None]:
        loss = loss + _stance_loss(net, stanced, (states, base, own, pointing), weight)
    return loss


def _inside(chances: Tensor, places: Sequence[Any]) -> Tensor:
    """Log of the summed chances at each one's places."""
    mask = torch.full(chances.shape, _NEVER)
    for n, some in enumerate(places):
        mask[n, list(some)] = 0
    return torch.logsumexp(chances + mask, -1)


def _stance_loss(
    net: Network, rows: Sequence[tuple[int, Target]], seen: tuple[Tensor, Tensor, Tensor, Tensor], weight: Tensor
) -> Tensor:
    states, base, own, pointing = seen
    at = [n for n, _ in rows]
    shares = torch.zeros(len(rows), pointing.shape[1])
    wanted = torch.zeros(len(rows), len(CODES))
    for k, (n, row) in enumerate(rows):
        if row.pointer and random.random() < GIVEN:
            shares[k, list(row.pointer)] = 1 / len(row.pointer)
        else:
            shares[k] = pointing[n].detach().exp()
        wanted[k, CODES.index(str(row.stance))] += OWN_CODE if row.allowed else 1
        for code in row.allowed:
            wanted[k, CODES.index(code)] += (1 - OWN_CODE) / len(row.allowed)
    holder = (states[at] * shares.unsqueeze(-1)).sum(1)
    stances, another, narrated, whole = net.stance(base[at], holder)
    loss = -(wanted * torch.log_softmax(stances, -1) * weight).sum(-1).mean()
    loss = loss + WEIGHTS["another"] * _bce(another, torch.tensor([float(row.another) for _, row in rows]))
    loss = loss + WEIGHTS["narrated"] * _bce(narrated, torch.tensor([float(row.narrated) for _, row in rows]))
    if named := [k for k, (_, row) in enumerate(rows) if row.of]:
        whose = net.whose(states[[at[k] for k in named]], whole[named], own[[at[k] for k in named]])
        loss = loss - WEIGHTS["whose"] * _inside(whose, [rows[k][1].of for k in named]).mean()
    return loss
