"""What indexing costs, against the textbook chain (langchain splitter, langchain embedding, Chroma.from_documents) with the same
model in fp32, in the same run: `python -m evals.bench_embedding --fp32 DIR --articles PATH... [--limit N]`.

DIR holds `model.onnx` (all-MiniLM-L6-v2, not quantised) and its `tokenizer.json`. The textbook chain embeds chunks of 4,000
characters, of which the model reads the first 256 tokens; ours embeds passages of 1,000 and covers the rest by terms."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from briefing.ecosystem.embeddings import ForLangchain
from evals.bench import cpu, put
from index.archive import NewArticle
from index.embedding import MOST_TOKENS, Embedder, MiniLM, OnnxFolder, Vectors
from index.library import Library
from index.sources import Given, read_inputs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fp32", type=Path, required=True)
    parser.add_argument("--articles", type=Path, nargs="+", required=True)
    parser.add_argument("--limit", type=int, default=60)
    given = parser.parse_args()
    found = [a for a in read_inputs(given.articles, Given(source="Bench")) if isinstance(a, NewArticle)]
    found.sort(key=lambda a: hashlib.sha256(a.text.encode()).digest())  # a fair few of them
    with tempfile.TemporaryDirectory() as folder:
        bench(found[: given.limit], OnnxFolder(given.fp32), Path(folder))


def bench(articles: Sequence[NewArticle], fp32: Embedder, folder: Path) -> None:
    ours, theirs = _Counting(MiniLM()), _Counting(fp32)
    for one in (ours, theirs):
        one.embed(["warm"])
        one.texts.clear()
    library = Library(folder / "ours", ours)
    library.archive.add(articles, now=datetime.now(UTC))
    own = cpu(library.index_pending)
    library.close()
    textbook = cpu(lambda: _textbook(articles, theirs, folder / "theirs"))
    put(f"{len(articles)} articles of {sum(len(a.text) for a in articles) // len(articles):,} characters; CPU ms")
    for name, spent, counting in (("ours", own, ours), ("textbook", textbook, theirs)):
        tokens = counting.tokens()
        put(
            f"  {name:<10}{1000 * spent / len(articles):9.1f} an article{1e6 * spent / tokens:9.1f} per 1,000 tokens embedded; "
            f"{len(counting.texts) / len(articles):.1f} vectors and {tokens / len(articles):,.0f} tokens an article"
        )
    ratio = (textbook / theirs.tokens()) / (own / ours.tokens())
    put(f"  ours is {ratio:.2f} times cheaper per token, and {textbook / own:.2f} times per article")


class _Counting:
    """An embedder that keeps the texts it was given."""

    def __init__(self, inner: Embedder) -> None:
        self._inner, self.identity, self.texts = inner, inner.identity, list[str]()

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self._inner.embed(texts)

    def tokens(self) -> int:
        """What the model read of them."""
        from tokenizers import Tokenizer

        from index.embedding import checked

        tokenizer = Tokenizer.from_str(checked("tokenizer.json").decode())
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        return sum(len(tokenizer.encode(text).ids) for text in self.texts)


def _textbook(articles: Sequence[NewArticle], embedder: Embedder, folder: Path) -> None:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    documents = [Document(page_content=a.text, metadata={"title": a.title or ""}) for a in articles]
    chunks = RecursiveCharacterTextSplitter().split_documents(documents)
    Chroma.from_documents(chunks, ForLangchain(embedder), persist_directory=str(folder))


if __name__ == "__main__":
    main()
