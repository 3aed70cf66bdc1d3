"""Every notebook runs from top to bottom, stays thin, and is stored without results."""

import ast
import re
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


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Return a function that runs a notebook, once, and returns its outputs."""
    done = {}

    def outputs_of(path):
        if path not in done:
            notebook = read(path)
            with pytest.MonkeyPatch.context() as patch:
                for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
                    patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
                client = NotebookClient(notebook, timeout=120, kernel_name="python3")
                client.execute(cwd=str(FOLDER))
            done[path] = [out for cell in notebook.cells for out in cell.get("outputs", ())]
        return done[path]

    return outputs_of


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_nothing_on_stderr(path, executed):
    outputs = executed(path)
    assert outputs
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


def printed(outputs):
    return "".join(output.text for output in outputs if output.output_type == "stream")


def test_what_the_notebook_on_caching_says_is_so(executed):
    text = printed(executed(FOLDER / "02_caching.ipynb"))
    alone, together = re.search(
        r"Alone they would save \$([\d,]+) together; they save \$([\d,]+)", text
    ).groups()
    assert int(alone.replace(",", "")) > int(together.replace(",", ""))
    shares = [float(share) for share in re.findall(r"the prompt cache saves +(-?[\d.]+)%", text)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 0 < shares[0]
    assert re.search(r"it pays while a wrong answer costs less than \$\d+\.\d\d", text)


def test_what_the_notebook_on_quotas_says_is_so(executed):
    text = printed(executed(FOLDER / "03_quotas.ipynb"))
    stopped = [
        int(share) for share in re.findall(r"of the bill, stops +(\d+)% of people a month", text)
    ]
    assert stopped == sorted(stopped)  # 30 a month, 15 a week, 10 a day, 5 a day
    assert stopped[2] > 2 * stopped[0]
    rest = re.findall(r"saves +(\d+)%, +(\d+)% of turns lost, +(\d+)% cheaper", text)
    (refused, lost, _), (returned, _, _), (_, none, cheaper) = (map(int, row) for row in rest)
    assert returned < refused
    assert none == 0 < lost
    assert cheaper > 0


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
