"""Running the blocks of a documentation file, in order, in a folder of their own.

The rules:

- A block that names a file (```yaml help.yaml, ```csv sizes.csv) is saved under that name.
- ```python is executed; the blocks of a file share one namespace. A ```text block that
  follows at once is what it prints.
- ```yaml with `extends`, or with all of a scenario's top keys, is a scenario and is loaded;
  one with `schema: costmodel.pricing/1` is a price table and validated, one with
  `costmodel.contract/1` a contract and read; any other is a fragment: keys of a feature, of a
  segment or of a scenario, put over the first scenario
  of the file. A ```text block that follows at once is how it is refused. A saved file whose
  next block is a command on it is left to that command.
- ```console and ```sh: commands of costmodel are run in process; shown output is compared,
  a line `...` standing for any lines. A command must end with 0 unless the block asks
  `echo $?` or shows an error. `> file` is followed, a pipe is not. `make` must name a target
  of the Makefile; the rest is not run.
- A table headed Written, Expected, Fix: each row is a fragment that is refused in these words.
"""

import contextlib
import io
import re
import shlex
from pathlib import Path

import typer
import yaml
from typer.testing import CliRunner

from costmodel.cli.main import app
from costmodel.foundation.errors import InputError
from costmodel.prices.contract import read_contract
from costmodel.prices.schema import Table
from costmodel.scenario.json_schema import scenario_schema
from costmodel.scenario.loading import load_scenario, read_scenario
from tests.docs.blocks import ROOT, blocks_of, refusals_of

WIDTH = "80"
SHELL = ("console", "sh", "bash", "shell")
NEVER_RUN = ("lab",)
"""Commands that wait for a person."""

_SCHEMA = scenario_schema()
TOP_KEYS = frozenset(_SCHEMA["properties"])
FEATURE_KEYS = frozenset(_SCHEMA["$defs"]["Feature"]["properties"]) - TOP_KEYS
SEGMENT_KEYS = frozenset(_SCHEMA["$defs"]["Segment"]["properties"]) - TOP_KEYS
WHOLE = ("name:", "start:", "months:", "segments:", "features:")


class Page:
    """One documentation file being run; `said` has what every block and row really said."""

    def __init__(self, text):
        self.blocks = blocks_of(text)
        self.rows = refusals_of(text)
        self.space = {"__name__": "__main__"}
        self.base = ""
        self.wrong = []
        self.said = {}
        """Line of a block or row -> its real output, where that is shown."""

    def run(self):
        """Run everything; return a sentence for each thing that is not as it is written."""
        for block in self.blocks:
            self._save(block)
            with self._problems_of(block.line):
                self._kind(block.language)(block)
        for row in self.rows:
            with self._problems_of(row.line):
                self._refusal(row)
        return self.wrong

    @contextlib.contextmanager
    def _problems_of(self, line):
        try:
            yield
        except Exception as error:
            self.wrong.append(f"line {line}: {type(error).__name__}: {error}")

    def _kind(self, language):
        if language in SHELL:
            return self._shell
        return {"python": self._python, "yaml": self._yaml}.get(language, lambda _: None)

    def _save(self, block):
        if block.name:
            Path(block.name).parent.mkdir(parents=True, exist_ok=True)
            Path(block.name).write_text(block.text + "\n")
        if block.name and block.language == "yaml" and whole(block.text):
            self.base = self.base or block.name

    def _compare(self, line, shown, said):
        self.said[line] = said
        if not matches(shown, said):
            self.wrong.append(f"line {line}: shown:\n{shown}\nbut it is:\n{said}")

    # --- Python

    def _python(self, block):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * block.line + block.text, "docs", "exec"), self.space)
        if block.output is not None:
            self._compare(block.output.line, block.output.text, tidy(printed.getvalue()))

    # --- YAML

    def _yaml(self, block):
        if "schema: costmodel.pricing/1" in block.text:
            Table.model_validate(yaml.safe_load(block.text))
            return
        if "schema: costmodel.contract/1" in block.text:
            read_contract(block.name)
            return
        if block.output is None:
            if not self._asked_about(block):
                self._load(block)
            return
        said = refused(lambda: self._load(block))
        self._compare(block.output.line, block.output.text, said)

    def _asked_about(self, block):
        """Tell whether the next block is a command on the file just saved."""
        following = self.blocks[self.blocks.index(block) + 1 :][:1]
        asked = [one for one in following if block.name and one.language in SHELL]
        return any(block.name in command for one in asked for command, _ in commands_of(one))

    def _load(self, block):
        if block.name:
            load_scenario(block.name)
        else:
            read(block.text, self.base)

    def _refusal(self, row):
        written = row.written.strip("`").replace("\\|", "|")
        try:
            read(written, self.base)
        except InputError as error:
            said = error.problems[0].expected, error.problems[0].fix
        else:
            raise AssertionError(f"{written} is accepted")
        self.said[row.line] = said
        if tuple(map(plain, said)) != (plain(row.expected), plain(row.fix)):
            self.wrong.append(f"line {row.line}: {written}: it says {said}")

    # --- shell

    def _shell(self, block):
        groups = commands_of(block)
        shown_any = any(output for _, output in groups)
        asked = any(command == "echo $?" for command, _ in groups)
        real, code = [], 0
        for command, output in groups:
            if command == "echo $?":
                said = str(code)
            else:
                said, code = self._command(command)
                if code and not asked and not any("error:" in line for line in output):
                    self.wrong.append(f"line {block.line}: `{command}` ends with {code}:\n{said}")
            real += [f"$ {command}", *(said.split("\n") if output and said else [])]
            if output and not matches("\n".join(output), said):
                words = [f"line {block.line}: `{command}` shows", *output, "but says", said]
                self.wrong.append("\n".join(words))
        if shown_any:
            self.said[block.line] = "\n".join(real)

    def _command(self, command):
        words = shlex.split(command, comments=True)
        program = words[0].rpartition("/")[2] if words else ""
        if program == "make":
            assert_targets(words[1:])
        if program == "pip":
            assert_extras(words[1:])
        if program != "costmodel":
            return "", 0
        return self._costmodel(words[1:])

    def _costmodel(self, words):
        if words and words[0] in NEVER_RUN:
            assert words[0] in commands(), f"there is no command {words[0]}"
            return "", 0
        target = words[words.index(">") + 1] if ">" in words else None
        ends = [number for number, word in enumerate(words) if word in (">", "|")]
        words = words[: ends[0]] if ends else words
        result = CliRunner().invoke(app, words, env={"COLUMNS": WIDTH, "TERM": "dumb"})
        if target is not None:
            Path(target).write_text(result.stdout)
        return tidy(result.stderr if target else result.output), result.exit_code


def read(text, base):
    """Read a scenario, or a fragment over the scenario in the file `base`."""
    placed = text if whole(text) or not base else fragment(text, base)
    return read_scenario(placed, folder=Path())


def whole(text):
    """Tell whether a text is a scenario of its own, not a fragment of one."""
    lines = text.split("\n")
    return all(any(line.startswith(key) for line in lines) for key in WHOLE)


def fragment(text, base):
    """Return a fragment where it belongs in a scenario over `base`."""
    keys = re.findall(r"(?m)^\{?([A-Za-z_0-9]+) *:", text)
    if not keys or "extends" in keys:
        return text
    first = keys[0]
    above, depth = [], 0
    if first in FEATURE_KEYS:
        above, depth = ["features:", "  answer:"], 4
    elif first in SEGMENT_KEYS:
        above, depth = ["segments:", "  free:"], 4
    body = "\n".join(" " * depth + line for line in text.split("\n"))
    return "\n".join([f"extends: {base}", *above, body])


def refused(load):
    try:
        load()
    except InputError as error:
        return str(error)
    raise AssertionError("it is accepted")


def commands_of(block):
    """Return the commands of a shell block, each with the lines of output below it."""
    marked = any(line.startswith("$ ") for line in block.lines)
    groups, going_on = [], False
    for line in block.lines:
        if going_on:
            groups[-1][0] += " " + line.strip().removesuffix("\\").rstrip()
        elif line.startswith("$ ") or (not marked and line.strip() and line[0] != "#"):
            groups.append([line.removeprefix("$ ").removesuffix("\\").rstrip(), []])
        elif marked and groups:
            groups[-1][1].append(line)
            continue
        else:
            continue
        going_on = line.endswith("\\")
    return [(command, trimmed(output)) for command, output in groups]


def trimmed(lines):
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def tidy(text):
    """Return text without spaces at line ends and empty lines around it."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def plain(cell):
    """Return a table's cell without its marks of code."""
    return cell.replace("`", "").replace("\\|", "|").replace("&#124;", "|")


def matches(shown, said):
    """Tell whether output is as shown; a line ``...`` stands for any lines."""
    parts = re.split(r"(?m)^\.\.\.$\n?", tidy(shown) + "\n")
    pattern = r"(?:.*\n)*?".join(map(re.escape, parts))
    return re.fullmatch(pattern, tidy(said) + "\n") is not None


def commands():
    """Return the names of costmodel's commands, with those of its groups."""
    group = typer.main.get_command(app)
    found = {}
    for name, command in group.commands.items():
        found[name] = command
        if hasattr(command, "commands"):
            found |= {f"{name} {inner}": one for inner, one in command.commands.items()}
    return found


def assert_targets(words):
    makefile = (ROOT / "Makefile").read_text()
    known = re.findall(r"(?m)^([a-z]+):", makefile)
    for word in words:
        assert "=" in word or word in known, f"the Makefile has no target {word}"


def assert_extras(words):
    project = (ROOT / "pyproject.toml").read_text()
    for extra in re.findall(r"costmodel\[(\w+)\]", " ".join(words)):
        assert re.search(rf"(?m)^{extra} = \[", project), f"there is no extra {extra}"
