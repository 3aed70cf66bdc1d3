"""`costmodel lab`: JupyterLab on the notebooks."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import typer

from costmodel.cli.options import Debug
from costmodel.cli.outcome import guarded
from costmodel.cli.terminal import say
from costmodel.foundation.errors import CostModelError

FIRST = "01_monthly_spend.ipynb"


@guarded
def lab(context: typer.Context, _debug: Debug = False) -> None:
    """Open the notebooks with what-if sliders in JupyterLab.

    Further options go to JupyterLab: costmodel lab --no-browser --port 8899
    """
    if find_spec("jupyterlab") is None or find_spec("ipywidgets") is None:
        raise CostModelError(
            "JupyterLab and its sliders are not installed; "
            "fix: in a checkout of costmodel, make lab, or pip install -e '.[lab]'"
        )
    place = notebooks()
    say(f"opening {place}; Ctrl-C stops JupyterLab")
    command = [sys.executable, "-m", "jupyterlab", *context.args, str(place)]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603


def notebooks() -> Path:
    """Return the first notebook of the checkout, or the working directory without one."""
    folder = Path(__file__).resolve().parents[2] / "notebooks"
    first = folder / FIRST
    return first if first.is_file() else folder if folder.is_dir() else Path.cwd()
