"""The command `costmodel`."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Annotated

import typer

from costmodel.cli.audit import audit
from costmodel.cli.check import check
from costmodel.cli.compare import compare
from costmodel.cli.explain import explain
from costmodel.cli.lab import lab
from costmodel.cli.limits import limits
from costmodel.cli.prices import prices
from costmodel.cli.run import run
from costmodel.cli.scenarios import scenarios
from costmodel.cli.schema import schema
from costmodel.cli.terminal import write
from costmodel.cli.tokens import tokens

ABOUT = """What an LLM feature will cost each month, and how sure one can be.

Start with: costmodel run support_chatbot"""

app = typer.Typer(
    name="costmodel",
    add_completion=False,
    no_args_is_help=True,
    # Plain help: rich's would import it (30 ms) before any command runs.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.command()(run)
app.command()(compare)
app.command()(check)
app.command()(explain)
app.command()(limits)
app.command()(tokens)
app.command()(audit)
app.add_typer(prices)
app.command()(scenarios)
app.command()(schema)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(lab)


def _version(wanted: bool) -> None:
    if wanted:
        from costmodel import __version__

        write(f"costmodel {__version__}")
        raise typer.Exit


@app.callback(help=ABOUT)
def costmodel(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line."""
    # A command lives for a second: looking for cyclic garbage would only cost time, 20 ms on the
    # way and, as the interpreter looks once more when it ends, 120 ms after a report is written.
    gc.disable()
    # Nor does it have pydantic plugins to look for among everything installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character gets its escape, never an error.
            stream.reconfigure(errors="backslashreplace")
    app()
