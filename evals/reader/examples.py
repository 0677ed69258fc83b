"""What the reader learns from: each labelled sentence behind what stands before it, whose statement it holds, in which stance.

Two sets of one form: `statement-windows` (its own files, with texts), and the labels kept here in `labels.jsonl`, which hold ids
and offsets alone; their texts are looked for by id in the article folders that are given. Sentences of `quotes-polnear` say whose
words they are and nothing of talks."""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from briefing.reading.learned import BEFORE, CODES, LOOK_BACK, OWN
from briefing.talks.world import world
from evals.rows import rows_of
from index.embedding import checked
from index.sentences import Span

OWN_LABELS = Path(__file__).parent / "labels.jsonl"
LEAST_NAMED = 5
HELD_BACK = 3  # one in so many articles of the labels kept here is left for certainty
__all__ = ["CODES", "Example", "Target"]
CLS, SEP = 101, 102
GROUPS = {  # conflicts whose articles may be left out, by a word that stands in them most
    "middle-east": re.compile(r"\b(?:Israel|Gaza|Hamas|Hezbollah|Leban|Syria|Iran|Iraq|Yemen|Egypt|Houthi|Palestin)"),
    "ukraine-russia": re.compile(r"\b(?:Ukrain|Russia|Kyiv|Kiev|Moscow|Putin|Zelensk)"),
}
REST = "rest"
_PRONOUN = re.compile(r"\b(?:he|she|they|it|who)\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:(?:the|a|an|his|her|its|their|one|two|three|several|some|another|other|both) )?(?:[\w-]+ ){0,2}?(?:president|minister|"
    r"premier|spokes\w+|officials?|leaders?|diplomats?|sources?|group|government|ministry|militants?|rebels?|mediators?|envoy|"
    r"ambassador|secretary|army|military|office|statement|aides?|sides?|parties|movement|country|regime|opposition|council|"
    r"negotiators?|commander|general|chancellor|king|activists?|protesters|demonstrators|families|bloc|league|agency|monitors|"
    r"delegation|administration)\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b(?:said|says|told|added|wrote)\b")
_CLOSED = re.compile(r"[”\"]\s*$|^\s*[“\"]")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One row of a sentence. `pointer`: the word pieces that name its holder (0: nobody does); None where that cannot be told.
    `stance` None: nothing is said of talks."""

    pointer: tuple[int, ...] | None
    stance: str | None = None
    allowed: tuple[str, ...] = ()
    another: bool = False
    of: tuple[int, ...] | None = None
    narrated: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence as word pieces behind those before it. `first`, `length`: where its own stand. `talks` None: nobody said."""

    article_id: str
    ids: tuple[int, ...]
    first: int
    length: int
    talks: bool | None
    rows: tuple[Target, ...] = field(default=())


# ---- the sets


def windows(folder: Path, part: str, texts: Mapping[str, str]) -> list[Example]:
    """The part of `statement-windows`, each sentence once."""
    rows: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows_of(folder / "statements.jsonl"):
        rows[row["w"], row["s"]].append(row)
    found: dict[tuple[str, int], Example] = {}
    for window in rows_of(folder / "windows.jsonl"):
        if window["split"] != part:
            continue
        article = window["article_id"]
        for n, (start, end, _) in enumerate(window["sentences"], 1):
            if (article, start) not in found and article in texts:
                found[article, start] = _example(article, texts[article], (start, end), rows.get((window["w"], n), []))
    return list(found.values())


def own(texts: Mapping[str, str], *, held_back: bool = False) -> list[Example]:
    """The labels kept here: those to learn from, or those held back for certainty."""
    found: dict[tuple[str, int], Example] = {}
    for window in labelled():
        article = window["article_id"]
        if article not in texts or is_held_back(window) != held_back:
            continue
        for start, end in window["sentences"]:
            rows = [row for row in window["statements"] if row["start"] == start]
            found.setdefault((article, start), _example(article, texts[article], (start, end), rows))
    return list(found.values())


def labelled() -> Iterator[Row]:
    """The windows of the labels kept here."""
    yield from rows_of(OWN_LABELS)


def is_held_back(window: Row) -> bool:
    """Whether an article of which no window is in the other set is left for certainty; by its id, so that it stays so."""
    return bool(window["alone"]) and int(hashlib.md5(window["article_id"].encode()).hexdigest(), 16) % HELD_BACK == 0


def attributions(file: Path, most: int) -> list[Example]:
    """Sentences of `quotes-polnear` with an attribution that names its source inside."""
    found = []
    for article in rows_of(file):
        text = article["text"]
        for match in re.finditer(r"[^\n]+?(?:[.!?][”\"'’]*(?=\s|$)|(?=\n)|$)", text):
            start, end = match.span()
            inside = [q for q in article["quotes"] if q["speaker"] and q.get("cue") and _within(q, start, end)]
            if not inside or not 30 < end - start < 500:
                continue
            said = max(inside, key=lambda q: q["end"] - q["start"])
            ids, first, places = _encoded(text, start, end)
            pointer = _pieces([(said["speaker_start"] - start, said["speaker_end"] - start)], places, first)
            if pointer:
                found.append(Example(article["id"], ids, first, len(places), None, (Target(pointer),)))
    random.Random(0).shuffle(found)
    return found[:most]


def texts(folders: Iterable[Path]) -> dict[str, str]:
    """By id every article of these folders (`*.jsonl`, `*.jsonl.gz`, also in folders one below)."""
    found = {}
    for folder in folders:
        for file in sorted([*folder.glob("*.jsonl*"), *folder.glob("*/*.jsonl*")]):
            for row in rows_of(file):
                if isinstance(row, dict) and isinstance(row.get("text"), str) and (key := row.get("id") or row.get("_id")):
                    found[str(key)] = row["text"]
    return found


def group_of(text: str) -> str:
    """The group of conflicts that an article names most; the rest where it names none five times."""
    counts = {name: len(words.findall(text)) for name, words in GROUPS.items()}
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] >= LEAST_NAMED else REST


# ---- from a label to its words


def _example(article_id: str, text: str, place: Span, rows: Sequence[Row]) -> Example:
    start, end = place
    sentence = text[start:end]
    ids, first, places = _encoded(text, start, end)
    targets = []
    for row in rows:
        named = _named(row, sentence, start)
        pointer = None if named is None else _pieces(named, places, first) or None if named else (0,)
        stance = row["stance"] or "none"
        targets.append(
            Target(
                pointer=pointer,
                stance=stance,
                allowed=tuple(sorted({code or "none" for code in row["stance_also_ok"]} - {stance})),
                another=bool(row["stance_of"]),
                of=_of(row["stance_of"], sentence, places, first) if row["stance_of"] else None,
                narrated=bool(row["narration"] or not (row["speaker"] or row["anonymous"])),
            )
        )
    return Example(article_id, ids, first, len(places), bool(rows), tuple(targets))


def _named(row: Row, sentence: str, start: int) -> list[Span] | None:
    """Where a sentence names a row's holder: [] where it does not and goes on in a voice before, None where nothing tells."""
    if "mention" in row:  # labelled
        return [] if row["mention"] is None else [(row["mention"][0] - start, row["mention"][1] - start)]
    if row["speaker"]:
        found = _places(row["speaker"], sentence) or _places(_surname(row["speaker"]), sentence)
        found = found or _places(f"{_surname(row['speaker']).upper()}:", sentence)
        if not found and " " not in row["speaker"]:
            found = _first(_called(row["speaker"]), sentence)
    elif row["anonymous"]:
        words = [w for w in re.findall(r"[\w-]+", row["anonymous"].split(",")[0]) if len(w) > 3]
        found = _places(row["anonymous"], sentence, re.IGNORECASE) or _first(reversed(words), sentence, re.IGNORECASE)
    elif row["party"]:
        sides = [row["party"], *re.split(r",| and ", row["party"])]
        return _first((n for side in sides for n in _called(side.strip())), sentence) or None
    else:
        return None
    if found:
        return found
    pronouns, roles = _spans(_PRONOUN, sentence), _spans(_ROLE, sentence)
    if row["kind"] == "quoted":
        if pronouns and (_SAID.search(sentence) or _CLOSED.search(sentence)):
            return pronouns + roles
        return roles if roles and _SAID.search(sentence) else []
    return pronouns + roles or None


def _of(whose: str, sentence: str, places: Sequence[Span], first: int) -> tuple[int, ...] | None:
    sides = [whose, *re.split(r",| and |;", whose)]
    found = [span for side in sides for span in _first((*_called(side.strip()), _surname(side.strip())), sentence)]
    return _pieces(found, places, first) or None


@cache
def _called(name: str) -> tuple[str, ...]:
    """By which words a party is named."""
    party = next((p for p in world() if name in p.names), None)
    people = [p.surname for p in party.people] if party else []
    return (
        name,
        *(party.names if party else ()),
        *(party.adjectives if party else ()),
        *(party.offices if party else ()),
        *people,
    )


def _places(words: str, sentence: str, flags: int = 0) -> list[Span]:
    return [m.span() for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", sentence, flags)] if words else []


def _first(names: Iterable[str], sentence: str, flags: int = 0) -> list[Span]:
    return next((found for name in names if (found := _places(name, sentence, flags))), [])


def _spans(pattern: re.Pattern[str], sentence: str) -> list[Span]:
    return [m.span() for m in pattern.finditer(sentence)]


def _surname(name: str) -> str:
    words = [w for w in re.findall(r"[\w’'-]+", name) if w.casefold() not in {"jr", "sr", "ii", "iii"}]
    return words[-1] if words else name


def _within(quote: Row, start: int, end: int) -> bool:
    return all(start <= quote[f"{part}_start"] and quote[f"{part}_end"] <= end for part in ("speaker", "cue"))


@cache
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    tokenizer: Any = Tokenizer.from_str(checked("tokenizer.json").decode())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _encoded(text: str, start: int, end: int) -> tuple[tuple[int, ...], int, list[Span]]:
    before = _tokenizer().encode(text[max(0, start - LOOK_BACK) : start], add_special_tokens=False).ids[-BEFORE:]
    own_pieces = _tokenizer().encode(text[start:end], add_special_tokens=False)
    ids = (CLS, *before, SEP, *own_pieces.ids[:OWN], SEP)
    return ids, len(before) + 2, own_pieces.offsets[:OWN]


def _pieces(spans: Iterable[Span], places: Sequence[Span], first: int) -> tuple[int, ...]:
    wanted = list(spans)
    return tuple(first + n for n, (s, e) in enumerate(places) if any(s < y and x < e for x, y in wanted))
