"""`costmodel prices history`: how rates moved and will move, as a table and as a picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costmodel.cli.options import AsJson, ContractFile, Debug, Snapshot, read_at
from costmodel.cli.outcome import guarded
from costmodel.cli.pricing import only_near_names, tell_reconstructed
from costmodel.cli.terminal import add_row, say, show, table, write, write_json
from costmodel.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from rich.table import Table

    from costmodel.prices.book import PriceBook
    from costmodel.prices.history import PriceHistory
    from costmodel.prices.steps import PriceStep

BOTH_RATES = ("input", "output")


@guarded
def history(
    models: Annotated[
        list[str], typer.Argument(metavar="MODEL...", help="provider/id, or an exact alias.")
    ],
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            metavar="RATE",
            help="input, cache_read, cache_write, cache_write_1h or output; can be repeated.",
        ),
    ] = None,
    mode: Annotated[
        str, typer.Option("--mode", metavar="M", help="The service mode.")
    ] = "standard",
    snapshot: Snapshot = None,
    contract: ContractFile = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Draw them: a .png, .svg or .pdf file."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="The picture's first day.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--end", metavar="DATE", help="The day after its last.")
    ] = None,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Draw announcements that were called off, too.")
    ] = False,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV to stdout.")] = False,
    _debug: Debug = False,
) -> None:
    """Show how rates moved and will move, and draw them."""
    from costmodel.prices.book import load_prices

    if as_json and as_csv:
        raise InputError(Problem("--json and --csv", "one of them", "leave one out"))
    if out is not None:
        _check_place(out)
    fields = tuple(field or BOTH_RATES)
    days = read_at(start, "--start"), read_at(end, "--end")
    book = load_prices(snapshot, contract)
    with _named_as_options():
        histories = [_history(book, model, fields, mode) for model in dict.fromkeys(models)]
        if out is not None:
            _draw(book, histories, fields, out, days, withdrawn=withdrawn)
    tell_reconstructed(book.snapshot, book.reconstructed)
    if as_json:
        write_json(_figures(book, histories))
    elif as_csv:
        write(_csv(histories).rstrip("\n"))
    else:
        _show(histories)


def _check_place(out: Path) -> None:
    """Check a picture's ending and place before anything is read."""
    from costmodel.report.atomic import check_target
    from costmodel.report.drawing import picture_format

    try:
        picture_format(out)
        check_target(out)
    except InputError as error:
        raise InputError([replace(each, file="--out") for each in error.problems]) from None


@contextmanager
def _named_as_options() -> Iterator[None]:
    """Name what is wrong by its option instead of its argument in Python."""
    try:
        yield
    except InputError as error:
        named = ("field", "start", "end")
        raise InputError(
            [
                replace(each, path="", file=f"--{each.path}") if each.path in named else each
                for each in error.problems
            ]
        ) from None


def _history(book: PriceBook, model: str, fields: tuple[str, ...], mode: str) -> PriceHistory:
    from costmodel.prices.history import history_of

    with only_near_names(model):
        return history_of(book, model, fields, mode)


def _draw(
    book: PriceBook,
    histories: list[PriceHistory],
    fields: tuple[str, ...],
    out: Path,
    days: tuple[str | None, str | None],
    *,
    withdrawn: bool,
) -> None:
    from costmodel.report.drawing import write_picture
    from costmodel.report.price_history import price_history

    figure = price_history(
        [history.model for history in histories],
        fields=fields,
        mode=histories[0].mode,
        start=days[0],
        end=days[1],
        prices=book,
        withdrawn=withdrawn,
    )
    say(f"picture: {write_picture(figure, out)}")


def _figures(book: PriceBook, histories: list[PriceHistory]) -> dict[str, object]:
    first = histories[0]
    return {
        "snapshot": book.snapshot,
        "contract": first.contract or None,
        "reconstructed": first.reconstructed or None,
        "histories": [
            {
                "model": history.model,
                "mode": history.mode,
                "long_prompt_tokens": history.long_prompt_tokens,
                "steps": [step.row() for step in history.steps],
            }
            for history in histories
        ],
    }


def _csv(histories: list[PriceHistory]) -> str:
    """Return the steps as CSV; a text a spreadsheet would take for a formula is quoted."""
    rows = [row for history in histories for row in history.rows()]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return stream.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value


def _show(histories: list[PriceHistory]) -> None:
    for number, history in enumerate(histories):
        if number:
            write("")
        show(_table(history))
        if history.long_prompt_tokens is not None:
            write(f"Prompts above {history.long_prompt_tokens:,} tokens have, or had, other rates.")


def _table(history: PriceHistory) -> Table:
    from costmodel.prices.figures import PER_MTOK

    words = [history.model, history.mode, PER_MTOK, f"as known on {history.snapshot}"]
    words += ["reconstructed"] if history.reconstructed else []
    words += [f"contract {history.contract}"] if history.contract else []
    columns = ["Rate", "From", "Until", "USD", "What"]
    made = table(", ".join(words), columns, words=("Rate", "From", "Until", "What"))
    before = history.steps[0].field
    for step in history.steps:
        if step.field != before:
            made.add_section()
        before = step.field
        add_row(made, *_cells(step))
    return made


def _cells(step: PriceStep) -> tuple[str, ...]:
    from costmodel.prices.cards import rate_text

    start = "launch" if step.start is None else _moment(step.start)
    until = "" if step.until is None else _moment(step.until)
    rate = step.field.replace("_", " ")
    return rate, start, until, rate_text(step.usd_per_mtok), _what(step)


def _moment(when: datetime) -> str:
    """Return a day, with the time of day in UTC where it is not midnight."""
    return f"{when:%Y-%m-%d}" if not (when.hour or when.minute) else f"{when:%Y-%m-%d %H:%M}"


def _what(step: PriceStep) -> str:
    """Return what kind of step it is, in a few words."""
    from costmodel.prices.steps import RETIRED, UNPRICED, hours_text

    words = [step.status]
    if step.withdrawn_on is not None:
        words[0] = f"withdrawn on {step.withdrawn_on}"
    words += ["promotional"] if step.promo else []
    words += ["first seen then"] if step.observed else []
    words += [f"peak hours {hours_text(step.hours)}"] if step.hours is not None else []
    endings = {RETIRED: "then retired", UNPRICED: "then no longer offered"}
    words += [endings[step.ending]] if step.ending in endings else []
    return ", ".join(words)
