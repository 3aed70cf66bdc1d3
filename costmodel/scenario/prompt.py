"""What a call sends, part by part, in the order sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Discriminator, Field, StrictBool, StrictInt, Tag, model_validator
from pydantic.functional_validators import BeforeValidator

from costmodel.foundation import units
from costmodel.foundation.beliefs import Belief
from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.foundation.grammar import shown
from costmodel.foundation.marks import MarkedMapping, Raw
from costmodel.foundation.spread_forms import SPREAD_KEYS
from costmodel.foundation.spreads import Spread
from costmodel.scenario.model import Model, as_marked, gather
from costmodel.scenario.quantities import BeliefOf, BeliefsOf, SpreadOf

FixedKind = Literal["system", "tools", "examples"]
FIXED_KINDS: tuple[str, ...] = get_args(FixedKind)
KINDS = (*FIXED_KINDS, "history", "retrieved", "user")


class FixedPart(Model):
    """A part that is the same in every call: system prompt, tools or examples.

    `tokens` is stated, or counted from `file` (relative to `folder`) when the
    scenario is read; `file_sha256` then says which text was counted. `placeholders` are
    the tokens of what is put in for a call; `tokens` are those of the rest. `times` says
    how often each stands there: counted in the file, or once where nothing is said.
    """

    name: FixedKind
    tokens: Annotated[Belief, BeliefOf(units.TOKENS)]
    file: str | None = None
    folder: Annotated[Path | None, Field(repr=False)] = None
    file_sha256: Annotated[str, Field(repr=False)] = ""
    placeholders: Annotated[dict[str, Belief], BeliefsOf(units.TOKENS), Field(default_factory=dict)]
    times: Annotated[
        dict[str, Annotated[StrictInt, Field(ge=1)]], Field(default_factory=dict, repr=False)
    ]

    @model_validator(mode="after")
    def _times_of_placeholders(self) -> FixedPart:
        unknown = [name for name in self.times if name not in self.placeholders]
        if unknown and self.file is None:
            read = f"times of {', '.join(unknown)}"
            fix = "add its size under placeholders:"
            raise InputError(Problem(read, "a placeholder with a size", fix, "times"))
        return self

    @property
    def filled(self) -> tuple[tuple[str, int, Belief], ...]:
        """Name, times and size of each placeholder whose size is stated."""
        return tuple(
            (name, self.times.get(name, 1), size) for name, size in self.placeholders.items()
        )

    @property
    def unsized(self) -> tuple[str, ...]:
        """Placeholders whose size is not stated: they count as they are written."""
        return tuple(name for name in self.times if name not in self.placeholders)

    @property
    def mean_tokens(self) -> float:
        """Tokens at the means of the beliefs, placeholders filled."""
        return self.tokens.mean + sum(times * size.mean for _, times, size in self.filled)

    @property
    def kind(self) -> str:
        """The item's key in the prompt list."""
        return self.name

    @property
    def _content(self) -> tuple[object, ...]:
        sizes = tuple(self.placeholders.items())
        return self.name, self.tokens, self.file, self.file_sha256, sizes

    def __eq__(self, other: object) -> bool:
        # Where the file lies does not change what is sent.
        return isinstance(other, FixedPart) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)


class HistoryPart(Model):
    """Earlier messages and answers of the conversation, never reasoning."""

    kind: ClassVar[str] = "history"


class RetrievedPart(Model):
    """Passages looked up for the turn: their number and the tokens of each."""

    kind: ClassVar[str] = "retrieved"
    chunks: Annotated[Belief, BeliefOf(units.CHUNKS)]
    tokens_each: Annotated[Belief, BeliefOf(units.TOKENS)]
    kept_in_history: StrictBool = False


class UserPart(Model):
    """The user's own message, in tokens."""

    kind: ClassVar[str] = "user"
    size: Annotated[Spread, SpreadOf(units.TOKENS)]

    @model_validator(mode="before")
    @classmethod
    def _size(cls, data: Raw) -> Raw:
        known = isinstance(data, dict)
        return gather(data, "size", frozenset(data) | SPREAD_KEYS if known else SPREAD_KEYS)


def _kind_of(item: Raw) -> str | None:
    """Return which part an item of the list is, or None if it is no part."""
    if isinstance(item, FixedPart | HistoryPart | RetrievedPart | UserPart):
        return item.kind
    if item == "history":
        return "history"
    if isinstance(item, dict) and len(item) == 1:
        key = next(iter(item))
        return key if key in KINDS else None
    return None


def _open(item: Raw) -> Raw:
    """Return what stands behind the item's key, with a fixed part's name put in."""
    if not isinstance(item, dict) or len(item) != 1:
        return {} if item == "history" else item
    key, value = next(iter(item.items()))
    if key not in FIXED_KINDS:
        return {} if key == "history" and value is None else value
    if not isinstance(value, dict):
        raise InputError(_not_a_mapping(key, value))
    marked = as_marked(value)
    return MarkedMapping({"name": key, **marked}, marked.mark, marked.marks)


def _not_a_mapping(key: str, value: object) -> Problem:
    from costmodel.foundation.refusals import accepted

    named = isinstance(value, str) and ("/" in value or "." in value)
    form = "tokens: 1500"
    if value is not None and accepted(value, units.TOKENS):
        form = f"tokens: {value}"
    elif named:
        form = f"file: {value}"
    return Problem(shown(value), "tokens or a file", f"{key}: {{{form}}}")


PromptPart = Annotated[
    Annotated[FixedPart, BeforeValidator(_open), Tag("system")]
    | Annotated[FixedPart, BeforeValidator(_open), Tag("tools")]
    | Annotated[FixedPart, BeforeValidator(_open), Tag("examples")]
    | Annotated[HistoryPart, BeforeValidator(_open), Tag("history")]
    | Annotated[RetrievedPart, BeforeValidator(_open), Tag("retrieved")]
    | Annotated[UserPart, BeforeValidator(_open), Tag("user")],
    Discriminator(_kind_of),
]


_ITEMS = {
    **{kind: f"{kind}: {{tokens: 1500}}" for kind in FIXED_KINDS},
    "history": "history",
    "retrieved": "retrieved: {chunks: 5, tokens_each: 400}",
    "user": "user: {mean: 90, cv: 1.2}",
}
"""An item of each kind, as it may be written behind its dash."""


def unknown_part(item: object) -> Problem:
    """Say what is wrong with an item that is no part of a prompt."""
    if isinstance(item, dict) and len(item) > 1:
        keys = ", ".join(map(str, item))
        fix = "start each with its own dash: '- system: ...'"
        return Problem(f"one item with the keys {keys}", "one part in each item", fix)
    if isinstance(item, str) and item in KINDS:
        return Problem(f"'{item}' alone", f"what it sends behind '{item}:'", _ITEMS[item])
    word = next(iter(item), "") if isinstance(item, dict) else item
    guess = did_you_mean(word, KINDS) if isinstance(word, str) else ""
    fix = guess or _ITEMS["system"]
    return Problem(shown(word), f"one of {', '.join(KINDS)}", fix)
