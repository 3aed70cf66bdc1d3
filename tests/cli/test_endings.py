"""How commands end, as real processes and in-process: exit codes, streams, tracebacks."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading

import pytest

from costmodel import __version__
from costmodel.cli import run as run_command
from costmodel.cli import waiting as waiting_module
from costmodel.cli.aside import aside
from costmodel.cli.main import app
from costmodel.cli.terminal import shown, warn, wrapped
from costmodel.cli.waiting import _LateBar, waiting
from tests.cli.conftest import QUICK


def process(*words: object, **options) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "80", **options.pop("env", {})}
    command = [sys.executable, "-m", "costmodel", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, **options
    )


def test_help_lists_exactly_the_commands_there_are(costmodel):
    listed = re.findall(r"^  (\w+) {2,}\S", costmodel("--help").stdout.split("Commands:")[1], re.M)
    assert sorted(listed) == [
        "audit", "check", "compare", "explain", "lab", "limits", "prices", "run", "scenarios",
        "schema", "tokens",
    ]  # fmt: skip


def test_every_line_of_help_is_whole_at_80_columns(costmodel):
    result = costmodel("--help")
    assert "..." not in result.stdout.split("Commands:")[1]
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    "command", [c.name or c.callback.__name__ for c in app.registered_commands]
)
def test_every_command_explains_itself(costmodel, command):
    result = costmodel(command, "--help")
    assert result.exit_code == 0
    assert "--debug" in result.stdout


def test_the_version_is_that_of_the_package():
    assert process("--version").stdout == f"costmodel {__version__}\n"


def test_help_is_shown_without_a_command():
    result = process()
    assert "Usage" in result.stdout + result.stderr
    assert result.returncode == 2


def test_an_unknown_option_is_bad_input():
    result = process("run", "support_chatbot", "--bugdet", "5")
    assert result.returncode == 2
    assert "--bugdet" in result.stderr
    assert result.stdout == ""


def test_help_loads_none_of_the_heavy_packages():
    code = (
        "import sys; sys.argv = ['costmodel', '--help']\n"
        "import atexit; atexit.register(lambda: print(sorted(heavy & set(sys.modules))))\n"
        "heavy = {'numpy', 'pydantic', 'yaml', 'rich', 'matplotlib', 'scipy', 'pandas'}\n"
        "from costmodel.cli.main import main; main()"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.endswith("[]\n")


def test_a_run_with_a_report_loads_neither_pandas_nor_scipy_stats(scenario, tmp_path):
    code = (
        "import sys; sys.argv = ['costmodel', *sys.argv[1:]]\n"
        "import atexit; atexit.register(lambda: print(sorted(heavy & set(sys.modules))))\n"
        "heavy = {'pandas', 'scipy.stats', 'tiktoken', 'matplotlib.pyplot', 'IPython'}\n"
        "from costmodel.cli.main import main; main()"
    )
    words = ["run", str(scenario), "--draws", "256", "--html", str(tmp_path / "report.html")]
    out = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert out.stdout.endswith("[]\n")
    assert (tmp_path / "report.html").stat().st_size > 10_000


def test_data_goes_to_stdout_and_words_to_stderr(scenario):
    result = process("run", scenario, "--json", "--set", "segments.free.users=9k", *QUICK)
    assert json.loads(result.stdout)["scenario"] == "Help desk"
    assert result.stderr == "set segments.free.users: 8k to 12k -> 9k\n"
    assert result.returncode == 0


def test_the_command_that_is_printed_makes_the_same_figures(scenario):
    first = process("run", scenario, "--set", "segments.free.users=9k to 10k", *QUICK).stdout
    line = next(line for line in first.splitlines() if line.startswith("  costmodel run"))
    again = process(*shlex.split(line)[1:], "--no-error")
    assert again.stdout == first


@pytest.mark.parametrize("budget", [["--budget", "1450"], ["--budget", "$1k per year"], []])
def test_the_command_that_is_printed_ends_with_the_same_exit_code(scenario, budget):
    first = process("run", scenario, *budget, "--quantile", "p95", "--quantiles", "p5,p95", *QUICK)
    line = next(line for line in first.stdout.splitlines() if line.startswith("  costmodel run"))
    again = process(*shlex.split(line)[1:], "--no-error")
    assert (again.returncode, again.stdout) == (first.returncode, first.stdout)
    assert first.returncode == 1


def test_exit_code_1_says_that_the_budget_is_exceeded(scenario):
    assert process("run", scenario, "--budget", "1", *QUICK).returncode == 1


def test_no_colour_reaches_a_pipe(scenario):
    result = process("run", scenario, *QUICK)
    assert "\x1b" not in result.stdout + result.stderr


def test_a_reader_that_goes_away_is_no_error(scenario):
    command = [sys.executable, "-m", "costmodel", "run", str(scenario), *QUICK]
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert result.returncode == 141
    assert "Traceback" not in result.stderr
    assert "BrokenPipe" not in result.stderr


def test_a_terminal_that_knows_no_unicode_gets_escapes(scenario):
    scenario.write_text(scenario.read_text().replace("Help desk", "Hélp 桌"), encoding="utf-8")
    result = process("run", scenario, *QUICK, env={"PYTHONIOENCODING": "ascii"})
    assert result.returncode == 0
    assert r"H\xe9lp \u684c" in result.stdout


def test_an_unexpected_error_is_one_line_with_a_hint(costmodel, scenario, monkeypatch):
    def broken(*_args, **_named):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(run_command, "read_scenario", broken)
    result = costmodel("run", scenario)
    assert result.exit_code == 70
    message = "internal error: ZeroDivisionError: division by zero; --debug shows where\n"
    assert result.stderr == message


def test_debug_lets_the_error_through(costmodel, tmp_path):
    result = costmodel("run", tmp_path / "none.yaml", "--debug")
    assert type(result.exception).__name__ == "InputError"
    real = process("run", tmp_path / "none.yaml", "--debug")
    assert "Traceback" in real.stderr
    assert "InputError" in real.stderr


def test_an_interrupt_is_one_word(costmodel, scenario, monkeypatch):
    def interrupted(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_command, "read_scenario", interrupted)
    result = costmodel("run", scenario)
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_schema_prints_the_json_schema(costmodel):
    from costmodel.scenario.json_schema import scenario_schema

    assert json.loads(costmodel("schema").stdout) == scenario_schema()


def test_scenarios_lists_what_is_shipped(costmodel):
    assert "support_chatbot" in costmodel("scenarios").stdout
    rows = json.loads(costmodel("scenarios", "--json").stdout)
    assert "Support chatbot" in [row["name"] for row in rows]


def test_lab_without_jupyter_says_how_to_get_it(costmodel, monkeypatch):
    from costmodel.cli import lab

    monkeypatch.setattr(lab, "find_spec", lambda _name: None)
    result = costmodel("lab")
    assert result.exit_code == 2
    assert "in a checkout of costmodel, make lab, or pip install -e '.[lab]'" in result.stderr
    assert "costmodel[lab]" not in result.stderr  # PyPI's costmodel may be another's


def test_lab_opens_jupyterlab_with_the_options_it_is_given(costmodel, monkeypatch):
    from costmodel.cli import lab

    called = []

    def run(command, **_options):
        called.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(lab, "find_spec", lambda _name: object())
    monkeypatch.setattr(lab.subprocess, "run", run)
    result = costmodel("lab", "--no-browser", "--port", "8899")
    assert result.exit_code == 0
    assert called[0][1:-1] == ["-m", "jupyterlab", "--no-browser", "--port", "8899"]
    assert called[0][-1] == str(lab.notebooks())


def test_shown_writes_out_what_could_drive_a_terminal():
    assert shown("a\x1b[2Jb\x07\u202e\ud800\nc é 桌") == "a\\x1b[2Jb\\x07\\u202e\\ud800\nc é 桌"


def test_long_warnings_are_wrapped_between_words(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    warn(["a word-with-hyphens and another that does not fit on the first line"])
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "warning: a word-with-hyphens and another",
        "  that does not fit on the first line",
    ]
    assert wrapped("see https://example.org/a-long-address", 20) == (
        "see\n  https://example.org/a-long-address"
    )


def test_work_done_aside_gives_the_same_result():
    assert aside(lambda: {"a": 1.5})() == {"a": 1.5}


def test_work_that_fails_aside_fails_here_when_fetched():
    def broken() -> float:
        raise ZeroDivisionError("here")

    fetch = aside(broken)
    with pytest.raises(ZeroDivisionError, match="here"):
        fetch()


def test_waiting_shows_nothing_where_nobody_watches(capsys):
    with waiting("thinking"):
        pass
    assert capsys.readouterr().err == ""


def test_waiting_shows_what_is_done_once_it_takes_long(monkeypatch):
    started = threading.Event()

    class Bar:
        def add_task(self, words, total):
            self.words = words, total

        def start(self):
            started.set()

        def stop(self):
            started.clear()

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(waiting_module, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(waiting_module, "_bar", Bar)
    with waiting("thinking"):
        assert started.wait(timeout=10)
    assert not started.is_set()


def test_a_bar_shows_how_far_the_work_is_once_it_has_started():
    bar = _LateBar("counting")
    bar.tell(1, 10)  # not started yet: nothing to show
    bar.start()
    bar.tell(5, 10)
    (task,) = bar._bar.tasks
    assert (task.completed, task.total) == (5, 10)
    bar.stop()
