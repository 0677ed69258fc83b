"""A langchain retriever over the archive, for somebody's own chain: as-of and origins included."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from briefing.desk import Desk
from index.article import Evidence
from index.calendar.instants import iso_stamp
from index.search import Bounds


class ArchiveRetriever(BaseRetriever):
    """At most k passages that fit a question best, one of each origin, from before the as-of (none: everything current).

    `bounds` are those of a search (`as_of`, `since`, `until`, `outlet`, `language`, `origin`); a document's id and metadata
    say where it stands (`article_id`, `start`, `end`: its text is `article.text[start:end]`), where it comes
    from (`origin_id`, `outlet`, `title`, `url`, `published`, `carriers`) and why it ranks (`score`, `similarity`,
    `bm25`, `matched`)."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    desk: Desk
    k: int = 10
    bounds: Bounds = Field(default_factory=Bounds)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(one) for one in self.desk.search(query, k=self.k, **self.bounds)]


def _document(found: Evidence) -> Document:
    article = found.article
    told: dict[str, Any] = {
        "article_id": article.id,
        "origin_id": article.origin_id,
        "start": found.passage.start,
        "end": found.passage.end,
        "outlet": article.outlet,
        "title": article.name,
        "url": article.url,
        "published": iso_stamp(article.published, is_day=article.published_is_day),
        "carriers": found.carriers,
        "score": found.score,
        "similarity": found.similarity,
        "bm25": found.bm25,
        "matched": list(found.matched),
    }
    return Document(id=found.passage.id, page_content=found.passage.text, metadata=told)
