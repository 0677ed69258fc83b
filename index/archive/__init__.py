"""The archive: SQL, the one place where truth lives."""

from index.archive.store import Added, Archive, NewArticle

__all__ = ["Added", "Archive", "NewArticle"]
