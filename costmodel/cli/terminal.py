"""Where words and data go: data to stdout, words to stderr, hostile names made harmless."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


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
    """Write reservations to stderr, one a line."""
    for text in texts:
        say(f"warning: {text}")


def write(text: object) -> None:
    """Write a line of data to stdout."""
    print(shown(text))


def write_json(data: Any) -> None:  # noqa: ANN401
    """Write data as JSON to stdout; NaN and infinities are refused, as JSON has none."""
    print(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def wrapped(text: str, width: int) -> str:
    """Return a paragraph broken into lines, the later ones indented."""
    return "\n".join(textwrap.wrap(shown(text), width, subsequent_indent="  "))


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
    """Write a table to stdout."""
    stdout_console().print(made)


def stdout_console() -> Console:
    """Return a console for data: no colours unless stdout is a terminal, nothing guessed."""
    from costmodel.cli.data_console import DataConsole

    return DataConsole()
