"""Where words and data go: data to stdout, words to stderr, hostile names made harmless."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from costmodel.scenario.schema import Override, Scenario

WIDEST_TEXT = 100
"""Characters of a line of text that is still easy to read."""


def shown(text: object) -> str:
    r"""Return text with everything that could drive the terminal written out: ``\x1b[31m``.

    Line breaks stay; control characters, direction overrides and lone
    surrogates become escapes.
    """
    return "".join(
        ch if ch.isprintable() or ch == "\n" else ch.encode("unicode_escape").decode()
        for ch in str(text)
    )


def say(text: object) -> None:
    """Write words for people to stderr."""
    print(shown(text), file=sys.stderr)


def warn(texts: Sequence[str]) -> None:
    """Write reservations to stderr."""
    for text in texts:
        say_wrapped(f"warning: {text}")


def say_wrapped(text: str) -> None:
    """Write a sentence to stderr, broken into lines that fit the terminal."""
    say(wrapped(text, min(shutil.get_terminal_size().columns, WIDEST_TEXT)))


def tell_changes(scenario: Scenario) -> None:
    """Write to stderr what was changed in a scenario, old -> new."""
    for override in scenario.overrides:
        say(
            f"set {override.path}: {_as_said(override, override.old)} -> "
            f"{_as_said(override, override.new)}"
        )


def _as_said(override: Override, value: str) -> str:
    """Return a value of the log in words: ``no budget``, ``$5,000 per month``."""
    budget = override.path == "budget"
    if value == "null":
        return "no budget" if budget else "not set"
    return re.sub(r"\d{4,}", lambda digits: f"{int(digits[0]):,}", value) if budget else value


def write(text: object) -> None:
    """Write a line of data to stdout."""
    print(shown(text))


def write_wrapped(text: str) -> None:
    """Write a sentence of the data to stdout, broken into lines that fit the terminal."""
    write(wrapped(text, min(shutil.get_terminal_size().columns, WIDEST_TEXT)))


def write_json(data: Any) -> None:  # noqa: ANN401
    """Write data as JSON to stdout; NaN and infinities are refused, as JSON has none."""
    print(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def wrapped(text: str, width: int) -> str:
    """Return a paragraph broken into lines between words only, the later ones indented."""
    lines = textwrap.wrap(
        shown(text),
        width,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def table(title: str, columns: Sequence[str], *, words: Sequence[str] = ()) -> Table:
    """Return an empty table; columns named in `words` are text, the others numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(
        title=Text(shown(title), style="bold") if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    for name in columns:
        if name in words:
            made.add_column(Text(shown(name)), overflow="fold", vertical="top")
        else:
            made.add_column(Text(shown(name), justify="right"), justify="right", no_wrap=True)
    return made


def add_row(made: Table, *cells: object, bold: bool = False) -> None:
    """Add a row whose cells are shown literally, markup and control characters included."""
    from rich.text import Text

    made.add_row(*(Text(shown(cell)) for cell in cells), style="bold" if bold else None)


def show(made: Table) -> None:
    """Write a table to stdout, its title as wide as the terminal and not as the table."""
    console = stdout_console()
    if made.title is not None:
        console.print(made.title)
        made.title = None
    console.print(made)


def stdout_console() -> Console:
    """Return a console for data: no colours unless stdout is a terminal, nothing guessed."""
    from costmodel.cli.data_console import DataConsole

    return DataConsole()
