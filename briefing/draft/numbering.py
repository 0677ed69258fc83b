"""Sentences as claims with their citations, and the sources these name, numbered as a reader meets them."""

from __future__ import annotations

from collections.abc import Mapping

from briefing.claims import Carrier, Citation, Claim, Source
from briefing.draft.lines import Line
from briefing.talks.documents import kind
from index.archive.store import SYNDICATED, CarriersOf
from index.article import Article, ArticleId


class Numbering:
    """Sources numbered in the order in which they are first cited."""

    def __init__(self) -> None:
        self._numbers: dict[ArticleId, int] = {}
        self.articles: list[Article] = []

    def of(self, article: Article) -> int:
        if article.id not in self._numbers:
            self._numbers[article.id] = len(self._numbers) + 1
            self.articles.append(article)
        return self._numbers[article.id]

    def cite(self, article: Article, start: int, end: int) -> Citation:
        return Citation(
            n=self.of(article),
            article_id=article.id,
            external_id=article.external_id,
            start=start,
            end=end,
            quote=article.text[start:end],
            page=article.page_of(start),
        )


def claim_of(line: Line, claim_id: str, articles: Mapping[ArticleId, Article], numbering: Numbering) -> Claim:
    """The sentence as a claim with its citations; not yet verified."""
    statement = line.sentence.statement
    speaker = statement.speaker
    own = statement.stance_of is None or (speaker is not None and statement.stance_of == speaker.party)
    return Claim(
        id=claim_id,
        text=line.sentence.text,
        form="delta" if line.section == "changes" else line.sentence.form,
        citations=tuple(numbering.cite(articles[i], start, end) for i, start, end in line.sentence.spans),
        speaker=speaker.name if speaker else None,
        office=speaker.office if speaker else None,
        party=speaker.party if speaker else None,
        anonymous=speaker.anonymous if speaker else None,
        stance=statement.stance,
        stance_of=None if own else statement.stance_of,
        about=statement.about or statement.front,
        event_date=statement.said.event_date,
        delta=line.delta,
        contradiction=line.contradiction,
    )


def sources_of(articles: list[Article], carriers: CarriersOf) -> tuple[Source, ...]:
    return tuple(
        Source(
            n=n,
            article_id=article.id,
            external_id=article.external_id,
            origin_id=article.origin_id,
            outlet=article.outlet,
            title=article.name,
            url=article.url,
            published=article.published,
            published_is_day=article.published_is_day,
            descriptor=_descriptor(article, len(carriers.get(article.origin_id, []))),
            carriers=tuple(
                Carrier.of(other, "its text is that of the article it stands under")  # the stored reason may name another
                for other, _ in carriers.get(article.origin_id, [])
                if other.id != article.id
            ),
        )
        for n, article in enumerate(articles, start=1)
    )


def _descriptor(article: Article, carried: int) -> str:
    document = kind(article)
    told = f"primary document, {document}" if document else "news article"
    told += "".join(f", {note}" for note in article.notes if note.startswith(("credits ", SYNDICATED)))
    return told + (f", carried by {carried} articles of one origin" if carried > 1 else "")
