"""Every notebook runs from top to bottom, stays thin, and is stored without results."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_CODE_CELLS = 8
LONGEST_CELL = 8
"""Lines; more belongs into the library."""


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def test_there_is_a_notebook_to_begin_with():
    assert (FOLDER / "01_monthly_spend.ipynb") in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_stored_without_results(path):
    nbformat.validate(read(path))
    for cell in code_cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_a_few_short_cells_over_the_library(path):
    assert 2 <= len(code_cells(path)) <= MOST_CODE_CELLS
    for cell in code_cells(path):
        assert len(cell.source.splitlines()) <= LONGEST_CELL
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.Lambda}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_nothing_on_stderr(path, tmp_path, monkeypatch):
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    notebook = read(path)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(FOLDER))
    outputs = [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]
    assert outputs
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("02_caching.ipynb", ("compare_variants(", "waterfall(", ".wrong.", "variant=\"cached\"")),
        ("03_quotas.ipynb", (".affected[", "per day", ".defer", "degrade", "variant=\"fair_use\"")),
    ],
)
def test_the_notebooks_on_strategies_show_what_they_save_and_whom_they_hurt(name, calls):
    source = "\n".join(cell.source for cell in code_cells(FOLDER / name))
    for call in (*calls, "with_strategies(", "what_if(", "axes."):
        assert call in source


def test_the_first_notebook_shows_a_bill_sliders_and_an_explanation():
    source = "\n".join(cell.source for cell in code_cells(FOLDER / "01_monthly_spend.ipynb"))
    for call in ("load_scenario(", "simulate(", "what_if(", ".explain("):
        assert call in source
