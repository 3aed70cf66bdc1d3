"""Tokens of stretches of a prompt, with placeholders at their given sizes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate

from costmodel.tokens.audit.sections import Piece, Prompt
from costmodel.tokens.count import TokenCount, count_tokens
from costmodel.tokens.cuts import parts
from costmodel.tokens.families import model_family
from costmodel.tokens.placeholders import placeholders
from costmodel.tokens.tallies import Part, tally_for
from costmodel.tokens.templates import without_code

BLOCK = 4_000
"""Characters that are counted once and then added up, so that a long prompt is not counted anew
for each of its sections."""


class PromptTally:
    """Counts stretches of a prompt for a model.

    Parameters
    ----------
    prompt : Prompt
    model : str
        ``provider/id``.
    sizes : mapping of str to float
        Tokens that placeholders are filled with, by name.
    """

    def __init__(self, prompt: Prompt, model: str, sizes: Mapping[str, float]) -> None:
        self._prompt, self._model, self._sizes = prompt, model, sizes
        whole = (Piece(0, len(prompt.text)),)
        self._pieces = [_Stretch(each, self) for each in prompt.pieces or whole]
        self._known: dict[int, int] = {}
        self._counts: dict[str, int] = {}

    def count(self, text: str) -> int:
        """Return the tokens of any text as written, without template code."""
        if text not in self._counts:
            self._counts[text] = count_tokens(without_code(text), self._model).tokens
        return self._counts[text]

    @cached_property
    def written(self) -> TokenCount:
        """The count of the whole prompt, placeholders as written."""
        if self._prompt.count is not None:
            return self._prompt.count(self._model)
        return count_tokens(without_code(self._prompt.text), self._model)

    @cached_property
    def framing(self) -> int:
        """Tokens the provider adds around the messages of a request; 0 for a text."""
        count = None if self._prompt.count is None else self._prompt.count(self._model)
        return 0 if count is None else count.parts["framing"].tokens

    @property
    def total(self) -> int:
        """Tokens of the whole prompt, framing included."""
        return self.upto(len(self._prompt.text)) + self.framing

    def upto(self, offset: int) -> int:
        """Return the tokens of the first `offset` characters."""
        if offset not in self._known:
            self._known[offset] = sum(each.upto(offset) for each in self._pieces)
        return self._known[offset]

    def between(self, start: int, end: int) -> int:
        """Return the tokens of a stretch: what the prompt has more with it than up to it."""
        return self.upto(end) - self.upto(start)

    def without(self, spans: list[tuple[int, int]]) -> int:
        """Return the tokens of the prompt with stretches of it taken out, framing left aside."""
        return sum(each.without(spans) for each in self._pieces)

    def text_tokens(self, parts: list[Part]) -> int:
        """Return the tokens of a text that is given in parts."""
        tally = tally_for(model_family(self._model))
        for part in parts:
            tally.add(part)
        return tally.result().tokens

    def text(self, start: int, end: int) -> str:
        """Return a stretch of the prompt's text."""
        return self._prompt.text[start:end]

    def rule_tokens(self, piece: Piece) -> int:
        """Return the tokens of a piece that is not counted as text."""
        return 0 if piece.tokens is None else piece.tokens(self._model)

    def filled(self, start: int, end: int) -> int:
        """Return the tokens that filled placeholders of a stretch add to those of their names."""
        ends, sums = self._slots
        return round(sums[bisect_right(ends, end)] - sums[bisect_right(ends, start)])

    @cached_property
    def _slots(self) -> tuple[list[int], list[float]]:
        """Where the placeholders of a known size end, and what they add up to there."""
        text, sized = self._prompt.text, self._sizes
        slots = [slot for slot in placeholders(text) if slot.name in sized] if sized else []
        added = (sized[slot.name] - self.count(text[slot.start : slot.end]) for slot in slots)
        return [slot.end for slot in slots], list(accumulate(added, initial=0.0))


class _Stretch:
    """One piece of a prompt, whose blocks are counted once."""

    def __init__(self, piece: Piece, tally: PromptTally) -> None:
        self._piece, self._tally = piece, tally
        self._blocks: list[tuple[int, Part]] | None = None
        self._all: int | None = None

    def upto(self, offset: int) -> int:
        if offset <= self._piece.start:
            return 0
        if offset >= self._piece.end:
            if self._all is None:
                self._all = self._first(self._piece.end)
            return self._all
        return self._first(offset)

    def without(self, spans: list[tuple[int, int]]) -> int:
        piece, kept, at = self._piece, [], self._piece.start
        for start, end in spans:
            if end > at and start < piece.end:
                kept.append(self._tally.text(at, max(at, start)))
                at = min(end, piece.end)
        kept.append(self._tally.text(at, piece.end))
        if piece.tokens is not None:
            return self.upto(piece.end) if any(kept) else 0
        return self._tally.count("".join(kept))

    def _first(self, offset: int) -> int:
        piece, tally = self._piece, self._tally
        if piece.tokens is not None:
            share = (offset - piece.start) / (piece.end - piece.start)
            return round(tally.rule_tokens(piece) * share)
        text, filled = tally.text(piece.start, offset), tally.filled(piece.start, offset)
        if "{%" in text or "{#" in text:
            return tally.count(text) + filled
        return tally.text_tokens(self._cut(offset)) + filled

    def _cut(self, offset: int) -> list[Part]:
        """Return the parts of the text up to an offset, whole blocks from before."""
        if self._blocks is None:
            self._blocks = []
            end = self._piece.start
            for text in parts((self._tally.text(end, self._piece.end),), BLOCK):
                end += len(text)
                self._blocks.append((end, Part(text)))
        held = [part for end, part in self._blocks if end <= offset]
        done = self._piece.start + sum(len(part.text) for part in held)
        return [*held, Part(self._tally.text(done, offset))]
