"""The names people import, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import costmodel as cm

ROOT = Path(__file__).parents[2]

NAMES = {
    "CostModelError",
    "CostModelWarning",
    "InputError",
    "Memo",
    "PriceNotKnownError",
    "Projection",
    "Scenario",
    "TokenizerUnavailable",
    "UnknownModelError",
    "__version__",
    "audio_tokens",
    "calibrate",
    "chunk",
    "compare",
    "compare_variants",
    "cost",
    "count_messages",
    "count_tokens",
    "embedding_cost",
    "expected",
    "image_tokens",
    "load_prices",
    "load_scenario",
    "pdf_tokens",
    "price_history",
    "reasoning_tokens",
    "record",
    "sensitivity",
    "simulate",
    "usage_of",
    "video_tokens",
    "waterfall",
    "what_if",
}


def test_the_public_names_are_these():
    assert set(cm.__all__) == NAMES
    assert set(dir(cm)) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_public_name_is_there_and_documented(name):
    value = getattr(cm, name)
    assert name == "__version__" or value.__doc__


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'optimize'"):
        _ = cm.optimize


def test_importing_costmodel_loads_only_the_standard_library():
    script = (
        "import sys; before = set(sys.modules); import costmodel; "
        "new = {m.partition('.')[0] for m in set(sys.modules) - before}; "
        "print(sorted(new - set(sys.stdlib_module_names) - {'costmodel'}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_running_a_scenario_loads_neither_pandas_nor_scipy_stats(tmp_path):
    script = (
        "import sys; from costmodel.cli.main import main\n"
        f"report = {str(tmp_path / 'r.html')!r}\n"
        "sys.argv = ['costmodel', 'run', 'support_chatbot', '--html', report]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('pandas', 'scipy.stats', 'matplotlib.pyplot', 'tiktoken') "
        "if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"
    assert (tmp_path / "r.html").stat().st_size > 10_000


def test_the_version_is_the_project_files():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert cm.__version__ == project["version"]
    assert f"## {cm.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_constraints_pin_exactly_and_name_no_index():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert all("==" in pin and "://" not in pin for pin in pins)
