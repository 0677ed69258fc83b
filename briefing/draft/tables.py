"""The rows of a brief that the ledger fills: what changed, the proposals, what contradicts what. Each stands on sentences
that were composed from its entries; a row none can be composed for is left out."""

from __future__ import annotations

from datetime import datetime, timedelta

from briefing.claims import Delta
from briefing.draft import plan
from briefing.draft.candidates import HIGH_OFFICE, same_words
from briefing.draft.compose import compose
from briefing.draft.lines import Cells, Line, TableRow
from briefing.draft.material import Material
from briefing.ledger import changes, contradictions, proposals
from briefing.ledger.book import Entry, withdrawn
from briefing.ledger.changes import Change
from briefing.ledger.contradictions import Contradiction
from briefing.ledger.proposals import Record, makes
from briefing.reading.addressed import gives_orders
from index.calendar.days import written
from index.terms import terms

UNKNOWN = "–"  # nothing in the sources found says it
MOST_SENTENCES = 5  # that one row stands on
_ORDER: tuple[Delta, ...] = ("changed", "withdrawn", "expired", "new", "reconfirmed")
ALIKE = 0.35  # share of the shorter sentence's terms: a denial, and the report it denies
_REACH = timedelta(days=3)  # before the window: an older word may stand against a newer one
_TYPES = {
    "denial-of-report": "a report and its denial",
    "two-voices": "two voices of one party",
    "two-governments": "two governments",
    "simultaneous": "word and deed",
    "superseded": "a voice against its earlier word",
    "numeric": "two counts",
    "timing": "two starting times",
}


class Tables:
    """Makes rows from one material's ledger."""

    def __init__(self, material: Material) -> None:
        self._material, self._ledger, self._topic = material, material.ledger, material.topic

    # ---- what changed

    def changes(self, since: datetime) -> list[TableRow]:
        """Typed changes since an instant, the weightiest first; what is only repeated, of principals alone."""
        found = [c for c in changes.changes(self._ledger, since) if c.type in {"withdrawn", "expired"} or c.entry.statement.firm]
        principals = {p.name for p in self._topic.named("principal")}
        found = [c for c in found if c.type != "reconfirmed" or c.party in principals]
        found.sort(key=lambda c: (_ORDER.index(c.type), not HIGH_OFFICE.search(c.office or ""), c.party not in principals, c.who))
        rows = [self._changed(c) for c in found]
        return [row for row in rows if row is not None][: plan.CHANGES.most]

    def _changed(self, change: Change) -> TableRow | None:
        line = self._line("changes", change.entry, delta=change.type)
        if line is None:
            return None
        office = f", {change.office}" if change.office and change.office != change.who else ""
        cells = (
            ("change", change.type),
            ("party", change.party),
            ("speaker", f"{change.who}{office}" + ("" if change.party in change.who else f" ({change.party})")),
            ("from_to", f"{change.old or 'nothing known'} → {change.new or 'none'}"),
            ("from", change.old or ""),
            ("to", change.new or ""),
            ("words", line.sentence.short),
        )
        return TableRow(section="changes", cells=cells, lines=(line,))

    # ---- proposals

    def proposals(self) -> list[TableRow]:
        """The proposals that somebody has spoken of in the background window and that are not over, the newest first."""
        earliest = self._material.as_of - plan.BACKGROUND
        live = [
            r for r in proposals.proposals(self._ledger) if r.status != "ended" and max(e.knowable for e in r.entries) >= earliest
        ]
        rows = [self._proposal(r) for r in sorted(live, key=lambda r: r.since, reverse=True)]
        return [row for row in rows if row is not None][: plan.PROPOSALS.most]

    def _proposal(self, record: Record) -> TableRow | None:
        """A row whose every cell stands on the row's own sentences: who proposes it, who backs it, its terms, how it stands."""
        makers = [e for e in record.entries if makes(e) and e.statement.firm]
        backers = [
            e
            for e in record.entries
            if e.statement.stance == "endorses" and e.statement.firm and e.party not in {m.party for m in makers}
        ]
        principals = {p.name for p in self._topic.named("principal")}
        answers = self._answers(record, principals)
        with_terms = sorted(makers, key=lambda e: (-sum(t.entry is e for t in record.terms), -e.day.toordinal()))
        newest_terms = list({t.kind: t for t in record.terms if t.entry.statement.about == record.name}.values())
        durations = [t.entry for t in newest_terms if t.kind == "duration"]
        told_of = self._told_by_others(record, principals - set(answers))
        held: dict[int, tuple[Entry, Line]] = {}
        for entry in (
            *with_terms[:1],
            *answers.values(),
            *told_of.values(),
            *durations,
            *backers,
            *(t.entry for t in newest_terms),
            *with_terms,
        ):
            line = self._line("proposals", entry) if len(held) < MOST_SENTENCES and id(entry) not in held else None
            if line is not None and all(line.sentence.text != kept.sentence.text for _, kept in held.values()):
                held[id(entry)] = (entry, line)
        if not held:
            return None
        sponsors = {e.party: e for e in reversed(makers) if id(e) in held}  # of each party who came first
        told = [("sponsors", e.who, e) for e in reversed(sponsors.values())]
        told += [("support", f"{e.who} ({e.party})" if e.party else e.who, e) for e in backers]
        told += [("terms", f"{t.kind}: {t.words}", t.entry) for t in newest_terms]
        told += [("status", f"{e.statement.stance}: {e.who} ({p}), {written(e.day)}", e) for p, e in answers.items()]
        told += [
            ("status", f"{e.statement.stance}: {p}, as {e.who or e.article.outlet} tells it, {written(e.day)}", e)
            for p, e in told_of.items()
        ]
        silent = sorted(principals - self._answering(record))
        unanswered = f"no answer by {' or '.join(silent)} was found" if silent else "see the positions"
        cells: Cells = (
            ("proposal", record.name),
            ("sponsors", UNKNOWN),
            ("support", UNKNOWN),
            ("terms", UNKNOWN),
            ("status", f"put forward; {unanswered}"),
            ("as_of", self._material.as_of.date().isoformat()),
        )
        return TableRow(
            section="proposals",
            cells=cells,
            lines=tuple(line for _, line in held.values()),
            joined=tuple((name, text, held[id(entry)][1]) for name, text, entry in told if id(entry) in held),
        )

    def _answers(self, record: Record, principals: set[str]) -> dict[str, Entry]:
        """The newest firm stance of each principal on a proposal, of its highest office."""
        found: dict[str, Entry] = {}
        for entry in record.entries:
            if entry.party in principals and entry.statement.firm and entry.statement.stance != "denies-report":
                held = found.get(entry.party)
                high = held is not None and _high(held) and not _high(entry)
                if not high:
                    found[entry.party] = entry
        return found

    def _answering(self, record: Record) -> set[str]:
        """The parties of whom anything is known since the proposal that may be an answer to it, by themselves or by others: an
        absence is told only of the rest."""
        since = [e for e in self._ledger.entries if e.day >= record.since and e.statement.stance is not None]
        return {str(e.party) for e in since} | {str(e.statement.stance_of) for e in since}

    def _told_by_others(self, record: Record, principals: set[str]) -> dict[str, Entry]:
        """Of principals that say nothing of it themselves the newest that somebody else tells of their answer."""
        found: dict[str, Entry] = {}
        for entry in record.entries:
            whose = entry.statement.stance_of
            if whose in principals and entry.statement.stance is not None and entry.party != whose:
                found[whose] = entry
        return found

    # ---- contradictions

    def contradictions(self) -> list[TableRow]:
        """Pairs whose newer side became known in the window, both sides composed; one a pair of voices."""
        window = self._material.since - _REACH
        near = self._ledger.since(window)
        rows: list[TableRow] = []
        told: set[tuple[str, ...]] = set()
        for pair in contradictions.contradictions(near):
            key = (pair.type, *sorted((pair.first.who.casefold(), pair.second.who.casefold())))
            if key in told or not self._shows(pair):
                continue
            if (row := self._pair(pair)) is not None:
                told.add(key)
                rows.append(row)
        return rows[: plan.CONTRADICTIONS.most]

    def _shows(self, pair: Contradiction) -> bool:
        """Recent, and with a known side each: a count by nobody in particular stands against nothing."""
        recent = pair.second.knowable >= self._material.since
        match pair.type:
            case "numeric" | "timing":
                return recent and bool(pair.first.party and pair.second.party)
            case "two-voices" | "simultaneous" | "superseded":
                return recent and pair.first.statement.firm and pair.second.statement.firm and not withdrawn(pair.first)
            case _:
                told = pair.first.statement.stance_of == pair.second.party
                one, other = (terms(entry.statement.text) for entry in (pair.first, pair.second))
                return recent and (told or same_words(one, other, ALIKE))

    def _pair(self, pair: Contradiction) -> TableRow | None:
        sides = [self._line("contradictions", e, contradiction=pair.type) for e in (pair.first, pair.second)]
        first, second = sides
        if first is None or second is None or first.sentence.text == second.sentence.text:
            return None
        cells = (
            ("type", _TYPES[pair.type]),
            ("code", pair.type),
            ("first", self._side(pair.first, first)),
            ("second", self._side(pair.second, second)),
            ("resolved", "no"),
        )
        return TableRow(section="contradictions", cells=cells, lines=(first, second), needed=2)

    def _side(self, entry: Entry, line: Line) -> str:
        who = entry.who or entry.article.outlet
        told = "" if line.sentence.short.startswith(who) else f"{who}: "
        return f"{told}{line.sentence.short} ({written(entry.day)})"

    # ----

    def _line(self, section: str, entry: Entry, *, delta: Delta | None = None, contradiction: str | None = None) -> Line | None:
        article = self._material.articles.get(entry.article.id)
        statement = entry.statement
        if article is None or not article.text or gives_orders(article.text, statement.start, statement.end):
            return None
        sentence = compose(statement, article, self._topic, introduce=True, as_of=self._material.as_of.date())
        if sentence is None:
            return None
        return Line(section=section, sentence=sentence, delta=delta, contradiction=contradiction)


def _high(entry: Entry) -> bool:
    return bool(entry.speaker and entry.speaker.office and HIGH_OFFICE.search(entry.speaker.office))
