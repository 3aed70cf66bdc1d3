"""`costmodel tokens`: how many tokens texts are, for each kind of model."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costmodel.cli.options import AsJson, Debug
from costmodel.cli.outcome import guarded
from costmodel.cli.terminal import add_row, show, table, write, write_json
from costmodel.cli.waiting import waiting
from costmodel.foundation.errors import InputError, Problem, TokenizerUnavailable

if TYPE_CHECKING:
    from costmodel.tokens import TokenCount

STDIN = "-"


@guarded
def tokens(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Text files; - reads from stdin.")
    ],
    models: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            metavar="M",
            help="A model; can be repeated. One per tokenizer without.",
        ),
    ] = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Count the tokens of text files, without the network.

    Exactly where the model's vocabulary is shipped, else with a 5-95 % band.
    """
    chosen = models or default_models()
    texts = {name: _text(name) for name in dict.fromkeys(files)}
    with waiting("counting"):
        counts = _counts(texts, chosen)
    if as_json:
        write_json([{"file": f, "model": m, **asdict(count)} for f, m, count in counts])
    else:
        _show(counts)


def default_models() -> list[str]:
    """Return the first priced model of each tokenizer, in the order of the price tables."""
    from costmodel.prices.book import load_prices
    from costmodel.tokens import model_family

    first: dict[str, str] = {}
    for model in load_prices().models():
        try:
            first.setdefault(model_family(model).name, model)
        except TokenizerUnavailable:
            continue
    return list(first.values())


def _counts(texts: dict[str, str], models: list[str]) -> list[tuple[str, str, TokenCount]]:
    from costmodel.tokens import count_tokens

    return [(f, m, count_tokens(text, m)) for f, text in texts.items() for m in models]


def _text(name: str) -> str:
    data = sys.stdin.buffer.read() if name == STDIN else _bytes(name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        read = f"byte 0x{data[error.start]:02x} at position {error.start}"
        fix = f"iconv -t utf-8 {name}" if name != STDIN else "pipe it through iconv -t utf-8"
        raise InputError(Problem(read, "text in UTF-8", fix, file=name)) from None


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        read = f"nothing ({error.strerror or error})"
        raise InputError(Problem(read, "a text file", "check the path", file=name)) from None


def _show(counts: list[tuple[str, str, TokenCount]]) -> None:
    """Write one table a file."""
    columns = ["Model", "Tokens", "5-95 % band", "Method"]
    for number, file in enumerate(dict.fromkeys(name for name, _, _ in counts)):
        if number:
            write("")
        write("stdin" if file == STDIN else file)
        made = table("", columns, words=("Model", "Method"))
        for name, model, count in counts:
            if name == file:
                add_row(made, model, f"{count.tokens:,}", _band(count), count.method)
        show(made)


def _band(count: TokenCount) -> str:
    return "exact" if count.exact else f"{count.low:,} to {count.high:,}"
