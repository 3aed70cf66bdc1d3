"""`costmodel tokens`: how many tokens texts are, for each kind of model, and what they cost."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costmodel.cli.options import AsJson, Debug, Snapshot
from costmodel.cli.outcome import guarded
from costmodel.cli.terminal import add_row, say, show, table, write, write_json
from costmodel.cli.waiting import Told, waiting
from costmodel.foundation.errors import (
    CostModelWarning,
    InputError,
    PriceNotKnownError,
    Problem,
    TokenizerUnavailable,
    UnknownModelError,
)
from costmodel.report.amounts import usd

if TYPE_CHECKING:
    from costmodel.prices import PriceBook
    from costmodel.tokens import TokenCount

STDIN = "-"
COLUMNS = ("Model", "Tokens", "5-95 % band", "As input", "Method")


@dataclass(frozen=True)
class Row:
    """A text counted for a model.

    Parameters
    ----------
    file, model : str
        As the user named them.
    count : TokenCount
        Its tokens.
    usd_per_token : float or None
        Input price of a prompt of this size, standard mode; None if it is not known.
    """

    file: str
    model: str
    count: TokenCount
    usd_per_token: float | None

    @property
    def input_usd(self) -> float | None:
        """The price of the text as fresh input, at the estimate."""
        return None if self.usd_per_token is None else self.usd_per_token * self.count.tokens

    @property
    def figures(self) -> dict[str, Any]:
        """The row as JSON."""
        return {
            "file": self.file,
            "model": self.model,
            **asdict(self.count),
            "input_usd": self.input_usd,
        }


@guarded
def tokens(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE...]", help="Text files; - or none reads from stdin."),
    ] = None,
    models: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            metavar="M",
            help="A model; can be repeated. One per tokenizer without.",
        ),
    ] = None,
    snapshot: Snapshot = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Count the tokens of text files, offline, and price them as input.

    Exactly where the model's vocabulary is at hand, else with a 5-95 % band. Files are read in
    parts and may be of any size.
    """
    from costmodel.prices.book import load_prices

    book = load_prices(snapshot)
    chosen = list(dict.fromkeys(models)) if models else default_models()
    names = list(dict.fromkeys(files)) if files else [_stdin()]
    with waiting("counting") as told:
        rows = [row for name in names for row in _rows(name, chosen, book, told)]
    if as_json:
        write_json([row.figures for row in rows])
    else:
        _show(rows, names)
        say(f"as fresh input at the standard price of {book.day}, nothing added around the text")


def default_models() -> list[str]:
    """Return the first priced model of each tokenizer, resold ones only where there is no other."""
    from costmodel.prices.book import load_prices
    from costmodel.tokens import known_models, model_family
    from costmodel.tokens.names import resellers

    first: dict[str, str] = {}
    own, resold = set(known_models()), tuple(f"{name}/" for name in resellers())
    every = load_prices().models()
    for model in sorted(every, key=lambda name: (name not in own, name.startswith(resold))):
        try:
            first.setdefault(model_family(model).name, model)
        except TokenizerUnavailable:
            continue
    return list(first.values())


def _rows(name: str, models: list[str], book: PriceBook, told: Told) -> list[Row]:
    from costmodel.tokens import count_blocks

    counts = count_blocks(_blocks(name, told), models)
    return [
        Row(name, model, count, _usd_per_token(model, count.tokens, book))
        for model, count in zip(models, counts, strict=True)
    ]


def _usd_per_token(model: str, prompt: int, book: PriceBook) -> float | None:
    """Return the input price of a prompt of this size, or None if there is none."""
    from costmodel.prices.request import Request, price_request

    size = max(prompt, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CostModelWarning)  # of reserved capacity and free units
        try:
            return price_request(book, model, Request(size, 0, 0, 0, 0)).usd / size
        except (PriceNotKnownError, UnknownModelError):
            return None


def _stdin() -> str:
    if sys.stdin.isatty():
        fix = "name a file, or pipe a text into the command"
        raise InputError(Problem("no file", "one or more", fix, "FILE"))
    return STDIN


def _blocks(name: str, told: Told) -> Iterator[str]:
    from costmodel.tokens.text_files import decoded_blocks, file_blocks

    if name == STDIN:
        return decoded_blocks(sys.stdin.buffer, STDIN, None, told)
    return file_blocks(Path(name), told)


def _show(rows: list[Row], names: list[str]) -> None:
    """Write one table a file, and one of the totals for several."""
    for number, name in enumerate(names):
        if number:
            write("")
        _table("stdin" if name == STDIN else name, [row for row in rows if row.file == name])
    if len(names) > 1:
        write("")
        _totals(rows, f"total of {len(names)} files")


def _table(title: str, rows: list[Row]) -> None:
    write(title)
    made = table("", COLUMNS, words=("Model", "Method"))
    largest = max((row.input_usd for row in rows if row.input_usd is not None), default=0.0)
    for row in rows:
        count, spent = row.count, _money(row.input_usd, largest)
        add_row(made, row.model, f"{count.tokens:,}", _band(count), spent, count.method)
    show(made)


def _totals(rows: list[Row], title: str) -> None:
    """Write the sums by model; the ends of the bands are added too, which is cautious."""
    from costmodel.tokens import TokenCount

    summed = []
    for model in dict.fromkeys(row.model for row in rows):
        of = [row for row in rows if row.model == model]
        counts = [row.count for row in of]
        total = TokenCount(
            sum(count.tokens for count in counts),
            sum(count.low for count in counts),
            sum(count.high for count in counts),
            all(count.exact for count in counts),
            ", ".join(dict.fromkeys(count.method for count in counts)),
            "",
        )
        spent = [row.input_usd for row in of if row.input_usd is not None]
        price = sum(spent) / max(total.tokens, 1) if len(spent) == len(of) else None
        summed.append(Row("", model, total, price))
    _table(title, summed)


def _money(amount: float | None, largest: float) -> str:
    return "not known" if amount is None else usd(amount, largest=largest)


def _band(count: TokenCount) -> str:
    return "exact" if count.exact else f"{count.low:,} to {count.high:,}"
