"""What somebody submits for verification: a brief or an answer of ours, Markdown with `[n]` marks and a list of sources,
JSON lines of claim and evidence, or the citation benchmarks' form of a question, an output with marks, and its documents
(ALCE, https://arxiv.org/abs/2305.14627). Each becomes sentences with citations, and the texts that came along."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from briefing.beside.locate import folded, locate
from briefing.claims import Citation, Claim
from briefing.contract import AnswerModel, BriefModel, claim_from
from briefing.support.evidence import windows
from briefing.verify.ground import ALWAYS
from index.archive.store import NewArticle
from index.article import Article
from index.calendar.instants import parse_stamp
from index.errors import Misuse
from index.sentences import Span, sentences
from index.urls import canonical

_NEVER = datetime.min.replace(tzinfo=UTC)  # when a text that came along was knowable
_MARK = r"\[\^?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]"
_AFTER_STOP = re.compile(  # "… ended.[1] Next"
    rf"[.!?…。！？؟][”\"’')]{{0,4}}[ ]?(?P<marks>(?:{_MARK}[ ]?){{1,12}})(?=\s|$|[^\W\d_]|[“\"])"
)
_MARKS = re.compile(rf"[ ]?(?:{_MARK})")
# marks as other tools write them: 【1】, [ 1 ], <sup>1</sup>, [[1]](address), [1](address)
_OTHER_MARKS = re.compile(
    r"【(\d{1,3})[^】\n]{0,20}】|\[\s{1,3}(\d{1,3})\s{1,3}\]|<sup>\s?\[?(\d{1,3})\]?\s?</sup>|"
    r"\[\[(\d{1,3})\]\]\([^()\s]{0,500}\)|\[(\d{1,3})\]\([^()\s]{0,500}\)"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.{0,4000}?\n---[ \t]*\n", re.DOTALL)
_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9]{0,9})(?:\s[^<>]{0,500})?/?>")
_BLOCKS = frozenset("p div br li ul ol tr table h1 h2 h3 h4 h5 h6 blockquote section article".split())
_SPACES = re.compile(r"[^\S\n]{2,}")
_NUMBER = re.compile(r"(\d{1,3})(?:\s*[–-]\s*(\d{1,3}))?")
_ENTRY = re.compile(r"^\s{0,3}(?:[-*]\s+)?(?:\[\^?(?P<n>\d{1,3})\]:?|(?P<m>\d{1,3})[.)])\s+(?P<told>.*)$")
_HEADING = re.compile(r"^ {0,3}#{1,6} (?P<title>.*)$")
_UNDERLINE = re.compile(r"^(?:=+|-{2,})$")  # of a title, or a rule
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)")
_LIST_TITLE = re.compile(r"\W*(?:sources?|references?|bibliography|notes|citations|endnotes|works cited)\W*", re.IGNORECASE)
_MARKUP = re.compile(
    r"(?<!\w)[*_]{1,3}(?=\S)([^\n]{1,300}?)(?<=\S)[*_]{1,3}(?!\w)|\[([^\]\n]{1,200})\]\([^)\s]{0,500}\)|`([^`\n]{0,300})`"
)
_ADDRESS = re.compile(r"https?://[^\s<>()\]\"]+")
_QUOTED_LINE = re.compile(r"^\s*(?:>\s?)+")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|#~.!()-])")
LEAST_CELL = 5  # words; less in a cell of a table is no sentence
LEAST_ID = 4  # characters of an id that is looked for in running words
LEAST_TITLE = 12  # characters; a shorter one stands in many lines by chance
LONGEST_RANGE = 20  # [3-999] is no list of sources


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list of sources: what it says, and the text it quotes below, if any."""

    n: int
    told: str
    quoted: str = ""

    @property
    def address(self) -> str | None:
        found = _ADDRESS.search(self.told)
        return found.group().rstrip(".,;") if found else None


@dataclass(frozen=True, slots=True)
class Submitted:
    """Sentences to verify. `sources` are texts that came in the file; `listed` names others by number."""

    claims: tuple[Claim, ...]
    as_of: datetime = ALWAYS
    articles: tuple[Article, ...] = ()
    marks: tuple[tuple[int, ...], ...] = ()  # for each sentence, the numbers it cites: only where no citation is resolved yet
    listed: tuple[Listed, ...] = ()
    notes: tuple[str, ...] = ()


def read(text: str, label: str) -> Submitted:
    """The sentences of a file, by its own form. Raises Misuse with what is wrong."""
    stripped = text.lstrip("\ufeff \t\r\n").replace("\r\n", "\n")
    if not stripped:
        raise Misuse(f"{label} is empty")
    if stripped[0] not in "{[":
        return _markdown(stripped)
    try:
        return _json(json.loads(stripped), label)
    except (ValueError, RecursionError) as error:
        if not re.match(r"[\[{]\s*(?:[\"{\[\]}]|-?\d+\s*[,\]])", stripped) or re.match(_MARK, stripped):
            return _markdown(stripped)
        rows = _lines(stripped, label, error)
    return _rows(rows, label)


def _whole(value: Any) -> Any:
    """A JSON value without halves of characters, which no text can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return {_whole(key): _whole(one) for key, one in value.items()} if isinstance(value, dict) else value


def _lines(text: str, label: str, whole: Exception) -> list[Any]:
    rows: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                rows.append(_whole(json.loads(line)))
            except (ValueError, RecursionError) as error:
                told = f"line {number}: {error}" if rows else str(whole)
                raise Misuse(f"{label} is not JSON: {told}") from error
    return rows


def _json(document: Any, label: str) -> Submitted:
    document = _whole(document)
    kind = document.get("schema") if isinstance(document, dict) else None
    try:
        if kind == "briefing/1":
            brief = BriefModel.model_validate(document)
            claims = tuple(claim_from(s) for part in brief.sections for s in part.sentences)
            return Submitted(claims, parse_stamp(brief.as_of).instant)
        if kind == "answer/1":
            answer = AnswerModel.model_validate(document)
            return Submitted(tuple(claim_from(s) for s in answer.sentences), parse_stamp(answer.as_of).instant)
    except ValidationError as error:
        first = error.errors()[0]
        raise Misuse(f"{label}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    rows = document.get("data", [document]) if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise Misuse(f"{label} holds no list of rows under `data`")
    return _rows(rows, label)


def _rows(rows: Sequence[Any], label: str) -> Submitted:
    claims: list[Claim] = []
    articles: list[Article] = []
    for number, row in enumerate(rows, start=1):
        where = f"{label}: row {number}"
        if not isinstance(row, dict):
            raise Misuse(f"{where} is no object")
        if isinstance(row.get("claim"), str) and isinstance(row.get("evidence"), str):
            article = given(row["evidence"], str(row.get("id") or number), row.get("published"))
            articles.append(article)
            claims.append(claim(str(row.get("id") or f"row-{number}"), row["claim"].strip(), [(1, article)]))
        elif isinstance(row.get("output"), str) and isinstance(row.get("docs"), list):
            own = [_document(doc, n, f"{where}, document {n}") for n, doc in enumerate(row["docs"], start=1)]
            articles += own
            found = [pair for line in _prose(row["output"]).splitlines() for pair in marked(_unmarked(line))]
            for at, (text, marks) in enumerate(found, start=1):
                cited = [(n, own[n - 1]) for n in marks if 1 <= n <= len(own)]
                lost = [n for n in marks if not 1 <= n <= len(own)]
                claims.append(claim(f"row-{number}-{at}", text, cited, lost))
        else:
            raise Misuse(f"{where} is neither a brief, an answer, a claim with its evidence, nor an output with its docs")
    return Submitted(tuple(claims), ALWAYS, tuple(articles))


def _document(doc: Any, n: int, where: str) -> Article:
    if isinstance(doc, str):
        return given(doc, str(n))
    if not isinstance(doc, dict) or not isinstance(doc.get("text"), str):
        raise Misuse(f"{where} has no text")
    title = str(doc.get("title") or "")
    return given(f"{title}\n{doc['text']}" if title else doc["text"], str(doc.get("id") or n), doc.get("published"), title)


def given(text: str, name: str, published: object = None, title: str | None = None) -> Article:
    """A text that came along with what cites it: knowable at any time."""
    try:
        stamp = parse_stamp(published) if isinstance(published, str) and published else None
    except (Misuse, ValueError):
        stamp = None  # a day that cannot be read is none
    digest = hashlib.sha256(f"{name}\x00{text}".encode()).hexdigest()[:20]
    return Article(
        id=digest,
        external_id=name,
        outlet="",
        text=text,
        title=title or None,
        published=stamp.instant if stamp else None,
        first_seen=_NEVER,
        knowable_from=_NEVER,
        origin_id=digest,
    )


def claim(
    name: str,
    text: str,
    cited: Iterable[tuple[int, Article]],
    lost: Iterable[int] = (),
    quoted: Mapping[int, Sequence[Span]] = MappingProxyType({}),
) -> Claim:
    """A sentence that cites whole texts: of each, the passages that hold most of its words, or the words that its list of
    sources quotes of it."""
    cited = list(cited)
    citations = [
        Citation(n=n, article_id=a.id, external_id=a.external_id, start=start, end=end, quote=a.text[start:end])
        for n, a in cited
        for start, end in windows(text, a.text, quoted.get(n))
    ]
    empty = [n for n, a in cited if not any(c.n == n for c in citations)]  # a source without a word in it
    citations += [Citation(n=n, article_id=f"source {n}", external_id=None, start=0, end=0, quote="") for n in (*empty, *lost)]
    return Claim(id=name, text=text, form="reported", citations=tuple(citations))


def marked(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences of a text and the numbers each cites. A mark behind the full stop belongs to the sentence before it, and
    the next one starts behind it, whatever its first letter."""
    found: list[tuple[str, tuple[int, ...]]] = []
    start = 0
    for match in _AFTER_STOP.finditer(text):
        found += _sentences(text[start : match.start("marks")], match["marks"])
        start = match.end()
    return found + _sentences(text[start:], "")


def _sentences(text: str, closing: str) -> list[tuple[str, tuple[int, ...]]]:
    found: list[tuple[str, tuple[int, ...]]] = []
    for start, end in sentences(text):
        sentence = text[start:end]
        numbers = tuple(dict.fromkeys(n for mark in re.findall(_MARK, sentence) for n in _numbers(mark)))
        bare = _MARKS.sub("", sentence).strip()
        if re.search(r"\w", bare):
            found.append((bare, numbers))
        elif found and numbers:  # marks alone: they belong to what stands before
            found[-1] = (found[-1][0], tuple(dict.fromkeys((*found[-1][1], *numbers))))
    if found and closing:
        numbers = tuple(n for mark in re.findall(_MARK, closing) for n in _numbers(mark))
        found[-1] = (found[-1][0], tuple(dict.fromkeys((*found[-1][1], *numbers))))
    return found


def _numbers(mark: str) -> list[int]:
    found: list[int] = []
    for first, last in _NUMBER.findall(mark):
        end = int(last or first)
        found += range(int(first), end + 1) if 0 <= end - int(first) < LONGEST_RANGE else [int(first), end]
    return found


def _markdown(text: str) -> Submitted:
    """Running text, list items and cells of tables, up to the list of sources and behind it; no titles, no code."""
    body, entries = _split(_FRONT_MATTER.sub("", _prose(text)).splitlines())
    found = [pair for paragraph in body for pair in marked(_unmarked(paragraph))]
    claims = tuple(Claim(id=f"s{n}", text=sentence, form="reported") for n, (sentence, _) in enumerate(found, start=1))
    return Submitted(claims, ALWAYS, (), tuple(marks for _, marks in found), tuple(entries))


def _prose(text: str) -> str:
    """Comments and tags gone, marks in one form, spaces single (but those that a line begins with)."""
    text = _OTHER_MARKS.sub(lambda m: f"[{next(g for g in m.groups() if g is not None)}]", _COMMENT.sub(" ", text))
    text = _TAG.sub(lambda m: "\n" if m["name"].casefold() in _BLOCKS else "", text)
    return "\n".join(line[: len(line) - len(line.lstrip())][:8] + _SPACES.sub(" ", line.strip()) for line in text.splitlines())


def _unmarked(paragraph: str) -> str:
    plain = re.sub(r"^\s*(?:>\s?)*(?:[-*+]|\d{1,3}[.)])\s+|^\s*(?:>\s?)+", "", paragraph)
    plain = _MARKUP.sub(lambda m: next(g for g in m.groups() if g is not None), plain)
    return _ESCAPED.sub(r"\1", plain)


def _split(lines: Sequence[str]) -> tuple[list[str], list[Listed]]:
    """The paragraphs (an item of a list is one, and a cell of a table), and the entries of the list of sources. Only what an
    entry sets off as a quotation is taken for its source's words; a paragraph behind the list is text again."""
    paragraphs: list[str] = []
    entries: list[Listed] = []
    in_list = going = fenced = False
    for at, line in enumerate(lines):
        after = next((other for other in lines[at + 1 :] if other.strip()), "") if _list_title(line) else ""
        entry = _ENTRY.match(line)
        if _FENCE.match(line) or fenced:
            fenced = fenced != bool(_FENCE.match(line))
            going = False
        elif _list_title(line):  # a title; of a list only where an entry follows
            in_list, going = _ENTRY.match(after) is not None, False
        elif _HEADING.match(line) or (
            at + 1 < len(lines) and line.strip() and not going and _UNDERLINE.match(lines[at + 1].strip())
        ):
            in_list = going = False
        elif entry and (in_list or (not going and _LISTED.match(line) and not _SENTENCE.search(line))):
            entries.append(Listed(int(entry["n"] or entry["m"]), entry["told"].strip()))
            in_list, going = True, True
        elif in_list and entries and line.lstrip().startswith(">"):
            quote = _ESCAPED.sub(r"\1", _QUOTED_LINE.sub("", line).strip())
            entries[-1] = replace(entries[-1], quoted=f"{entries[-1].quoted}\n{quote}".strip())
        elif not line.strip() or _UNDERLINE.match(line.strip()):
            going = False
        elif in_list and going:  # an entry that goes on in the next line
            entries[-1] = replace(entries[-1], told=f"{entries[-1].told} {line.strip()}")
        elif line.lstrip().startswith("|"):
            paragraphs += _cells(lines, at)
            going = False
        elif going and not re.match(r"\s*(?:[-*+]|\d{1,3}[.)])\s", line):
            paragraphs[-1] += " " + _QUOTED_LINE.sub("", line).strip()
        else:
            paragraphs.append(line.strip())
            in_list, going = False, True
    return paragraphs, entries


def _list_title(line: str) -> bool:
    heading = _HEADING.match(line)
    title = heading["title"] if heading else line
    return _LIST_TITLE.fullmatch(re.sub(r"[*_:#]", "", title[:60]).strip()) is not None


def _cells(lines: Sequence[str], at: int) -> list[str]:
    """The cells of a table's line that say something: no title, no rule, more than a name or a day."""
    rule = r"\s*\|[\s:|-]+\Z"
    if re.match(rule, lines[at]) or (at + 1 < len(lines) and re.match(rule, lines[at + 1])):
        return []
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", lines[at])]
    return [cell for cell in cells if re.search(_MARK, cell) or len(cell.split()) >= LEAST_CELL]


_LISTED = re.compile(r"\s{0,3}(?:[-*] )?\[\^?\d{1,3}\](?:: |.{0,300}https?://)")  # an entry, also without a title above
_SENTENCE = re.compile(rf"[.!?][”\"]?\s*(?:{_MARK})+\s*$")  # ends in a mark: text, no entry of a list


def meant(entry: Listed, articles: Sequence[Article]) -> Article | None:
    """The article that an entry of a list of sources names: by its address, by the id it came with, or by its title, the longest
    that the entry holds."""
    for by in (_by_address, _by_id):
        if (found := next((article for article in articles if by(entry, article)), None)) is not None:
            return found
    titled = [article for article in articles if _by_title(entry, article)]
    return max(titled, key=lambda article: len(article.title or ""), default=None)


def _by_id(entry: Listed, article: Article) -> bool:
    told = _ADDRESS.sub(" ", entry.told)
    own = article.external_id or article.id
    named = len(own) >= LEAST_ID and re.search(rf"(?<![\w-]){re.escape(own)}(?![\w-])", told) is not None
    return named or article.id in told or told.strip(" .") == own


def _by_address(entry: Listed, article: Article) -> bool:
    return bool(entry.address and article.url and canonical(entry.address) == canonical(article.url))


def _by_title(entry: Listed, article: Article) -> bool:
    title = folded(article.title or "").casefold()
    return len(title) >= LEAST_TITLE and title in folded(entry.told).casefold()


def references(entry: Listed) -> list[str]:
    """Ids of articles that an entry names, as our own exports do: `(article 0123…)`, or what stands alone in brackets."""
    return [*re.findall(r"\b[0-9a-f]{20}\b", entry.told), *re.findall(r"\(([\w:./-]{3,80})\)", entry.told)]


def unkept(item: NewArticle) -> Article:
    """An article of a file that is read and not kept."""
    stamp = item.published
    return Article(
        id=item.id,
        external_id=item.external_id,
        outlet=item.outlet,
        text=item.text,
        title=item.title,
        url=item.url,
        published=stamp.instant if stamp else None,
        published_is_day=stamp.is_day if stamp else False,
        published_offset=stamp.offset if stamp else None,
        first_seen=_NEVER,
        knowable_from=item.knowable_from("import", _NEVER),
        origin_id=item.id,
    )


Find = Callable[[Listed], Article | None]


def resolved(submitted: Submitted, find: Find) -> Submitted:
    """The sentences with citations into the sources that `find` knows, or into the words that the list itself quotes."""
    if not submitted.marks:
        return submitted
    known: dict[int, Article] = {}
    quoted: dict[int, list[Span]] = {}
    notes: list[str] = []
    for entry in submitted.listed:
        article = find(entry)
        if article is None and entry.quoted:
            article = given(entry.quoted, str(entry.n), title=entry.told)
            notes.append(f"source [{entry.n}] was not found: it is known only by the words that the list itself quotes of it")
        if article is not None:
            known[entry.n] = article
            lines = [line.removesuffix("[…]").strip() for line in entry.quoted.split("\n")]
            quoted[entry.n] = [at for line in lines if line and (at := locate(line, article.text))]
    claims = tuple(
        claim(one.id, one.text, [(n, known[n]) for n in marks if n in known], [n for n in marks if n not in known], quoted)
        for one, marks in zip(submitted.claims, submitted.marks, strict=True)
    )
    return Submitted(claims, submitted.as_of, tuple(known.values()), notes=tuple(notes))
