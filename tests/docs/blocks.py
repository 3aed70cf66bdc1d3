"""The code blocks, tables of refusals and links of a Markdown file, each with its line."""

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "pricing/README.md")
REFUSALS = ("Written", "Expected", "Fix")
"""The header of a table whose every row is refused in these words."""

_FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`]*)")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass
class Block:
    """A fenced block: its language, the file it is saved to, its lines, and what it prints."""

    language: str
    name: str
    line: int
    lines: list[str]
    output: "Block | None" = field(default=None, repr=False)
    """The ```text block that follows at once."""

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def end(self):
        """The line of the closing fence."""
        return self.line + len(self.lines) + 1


@dataclass(frozen=True)
class Row:
    """A row of a table of refusals: what is written, and the words that refuse it."""

    line: int
    written: str
    expected: str
    fix: str


def blocks_of(text):
    """Return the fenced blocks of a Markdown text; a ```text block belongs to the one before."""
    found, lines = [], text.split("\n")
    number = 0
    while number < len(lines):
        match = _FENCE.fullmatch(lines[number])
        if match is None:
            number += 1
            continue
        closing = match["indent"] + match["ticks"]
        end = lines.index(closing, number + 1)
        language, _, name = match["info"].strip().partition(" ")
        inner = [line.removeprefix(match["indent"]) for line in lines[number + 1 : end]]
        block = Block(language, name, number + 1, inner)
        at_once = found and not "".join(lines[found[-1].end : number]).strip()
        if at_once and language == "text" and not name:
            found[-1].output = block
        found.append(block)
        number = end + 1
    return found


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def refusals_of(text):
    """Return the rows of every table of refusals."""
    rows, inside = [], False
    for number, line in enumerate(text.split("\n"), start=1):
        cells = cells_of(line) if line.startswith("|") else []
        if cells == list(REFUSALS):
            inside = True
        elif inside and cells and not cells[0].startswith("---"):
            rows.append(Row(number, *cells))
        inside = inside and bool(cells)
    return rows


def links_of(text):
    """Return the links of a text that point into the repository, blocks of code left out."""
    outside = re.sub(r"(?ms)^ *(`{3,}).*?^ *\1$", "", text)
    return [link for link in _LINK.findall(outside) if "://" not in link]


def anchors_of(text):
    """Return the names GitHub gives to a text's headings."""
    headings = re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^ *(`{3,}).*?^ *\1$", "", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
