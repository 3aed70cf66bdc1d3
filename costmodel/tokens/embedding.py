"""What it costs to embed a corpus, once and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.book import PriceBook, load_prices
from costmodel.prices.instants import At
from costmodel.prices.request import Request, price_request
from costmodel.tokens.chunk_sums import chunk_count, stored_tokens
from costmodel.tokens.chunking import chunk
from costmodel.tokens.count import TokenCount, count_tokens


@dataclass(frozen=True)
class EmbeddingCost:
    """The price of embedding a corpus.

    Parameters
    ----------
    model : str
        As ``provider/id``.
    documents, chunks : int
        How many there are.
    text_tokens, stored_tokens : int
        Of the documents, and of their chunks with what overlaps.
    low_tokens, high_tokens : int
        The band of `stored_tokens`, in proportion to that of the documents.
    usd_per_mtok : float
        The rate.
    re_embeddings : int
        How often the corpus is embedded again.
    """

    model: str
    documents: int
    chunks: int
    text_tokens: int
    stored_tokens: int
    low_tokens: int
    high_tokens: int
    usd_per_mtok: float
    re_embeddings: int

    @property
    def usd_once(self) -> float:
        """USD of embedding every chunk once."""
        return self.stored_tokens * self.usd_per_mtok / 1e6

    @property
    def usd(self) -> float:
        """USD with the re-embeddings."""
        return self.usd_once * (1 + self.re_embeddings)

    @property
    def usd_band(self) -> tuple[float, float]:
        """USD at the low and the high end of the tokens."""
        each = self.usd_per_mtok / 1e6 * (1 + self.re_embeddings)
        return self.low_tokens * each, self.high_tokens * each


def embedding_cost(
    documents: Iterable[str | int],
    model: str,
    *,
    size: int = 400,
    overlap: int = 50,
    by: str = "tokens",
    re_embeddings: int = 0,
    mode: str = "standard",
    at: At | None = None,
    prices: PriceBook | None = None,
) -> EmbeddingCost:
    """Return what it costs to embed a corpus with a model.

    Vectors of two models cannot be compared, so a change of the model embeds everything again:
    the cost of the change is this cost with the new model, whose vocabulary may count otherwise.

    Parameters
    ----------
    documents : iterable of str or int
        Texts, or the tokens of each; numbers are cut by tokens only.
    model : str
        An embedding model of the price table.
    size, overlap, by
        As for `chunk`.
    re_embeddings : int
        How often everything is embedded again with the same model, such as after a change of
        `size`.
    mode, at
        As for `cost`.
    prices : PriceBook, optional
        The newest by default.

    Raises
    ------
    UnknownModelError
        If the model has no price.
    PriceNotKnownError
        If a chunk is longer than the model takes, or the mode or date has no price.
    InputError
        If a document is neither text nor a number of tokens, or size and overlap do not fit.
    """
    if re_embeddings < 0:
        raise InputError(Problem(f"{re_embeddings}", "a count from 0 up", path="re_embeddings"))
    book = prices or load_prices()
    request = Request(size, 0, 0, 0, 0)
    rate = price_request(book, model, request, mode=mode, at=at).usd / size * 1e6
    made = [_cut(document, model, size, overlap, by) for document in _listed(documents)]
    stored = sum(held for _, held, _ in made)
    text = sum(count.tokens for _, _, count in made)
    share = stored / text if text else 0.0
    return EmbeddingCost(
        model=book.model(model).id,
        documents=len(made),
        chunks=sum(chunks for chunks, _, _ in made),
        text_tokens=text,
        stored_tokens=stored,
        low_tokens=round(sum(count.low for _, _, count in made) * share),
        high_tokens=round(sum(count.high for _, _, count in made) * share),
        usd_per_mtok=rate,
        re_embeddings=re_embeddings,
    )


def _listed(documents: Iterable[str | int]) -> Iterable[str | int]:
    if isinstance(documents, str):
        fix = "put one text into a list"
        raise InputError(Problem("one text", "a list of texts or of tokens", fix, "documents"))
    return documents


def _cut(
    document: str | int, model: str, size: int, overlap: int, by: str
) -> tuple[int, int, TokenCount]:
    """Return chunks, stored tokens and the tokens of a document."""
    if isinstance(document, str):
        made = chunk(document, model, size, overlap, by)
        return len(made), made.stored_tokens, count_tokens(document, model)
    if by != "tokens" or isinstance(document, bool) or not isinstance(document, int):
        expected = "texts, or whole numbers of tokens to be cut by tokens"
        raise InputError(Problem(f"{document!r:.40} by {by}", expected, path="documents"))
    chunks, stored = chunk_count(document, size, overlap), stored_tokens(document, size, overlap)
    count = TokenCount(document, document, document, True, "given", "")
    return int(chunks), int(stored), count
