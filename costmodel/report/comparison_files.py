"""A comparison as a file: Markdown to read, CSV and JSON to go on with."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costmodel.foundation.errors import InputError, Problem, did_you_mean, printable
from costmodel.questions.comparison_figures import comparison_figures, comparison_warnings
from costmodel.report.atomic import check_target, write_atomically
from costmodel.report.tables import Row, Table
from costmodel.report.variant_tables import indented, variants_table, waterfall_table
from costmodel.report.variant_words import (
    comparison_headline,
    comparison_notes,
    waterfall_note,
)

if TYPE_CHECKING:
    from costmodel.questions.compare import Comparison

Cell = str | float | int | bool | None


def write_comparison(comparison: Comparison, path: str | Path) -> Path:
    """Write a comparison as Markdown, CSV or JSON, by the file's ending; return the path.

    Raises
    ------
    InputError
        If the ending is another one, or the file cannot be written.
    """
    kind = comparison_format(path)
    check_target(Path(path))
    return write_atomically(path, _WRITERS[kind](comparison))


def comparison_format(path: str | Path) -> str:
    """Return the format a file's ending asks for.

    Raises
    ------
    InputError
        If it is none of ``.md``, ``.csv`` and ``.json``.
    """
    ending = Path(path).suffix.lower().removeprefix(".")
    if ending in _WRITERS:
        return ending
    read = f"'{path}', which ends in '.{ending}'" if ending else f"'{path}', which has no ending"
    known = ", ".join(f".{each}" for each in _WRITERS)
    near = did_you_mean(ending, _WRITERS)
    fix = "write it with --html" if ending in ("html", "htm") else near
    fix = fix or f"write {Path(path).with_suffix('.md').name}"
    raise InputError(Problem(read, f"a file ending in one of {known}", fix))


def comparison_json(comparison: Comparison) -> str:
    """Return a comparison's figures as JSON."""
    figures = comparison_figures(comparison)
    return json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


# --- Markdown


def comparison_markdown(comparison: Comparison) -> str:
    """Return a comparison's tables, and how they are meant, as Markdown."""
    return "\n\n".join(_blocks(comparison)) + "\n"


def _blocks(comparison: Comparison) -> Iterator[str]:
    table = indented(variants_table(comparison))
    yield f"# {_escaped(table.caption)}"
    yield _escaped(comparison_headline(comparison))
    yield _markdown(table)
    yield _list(comparison_notes(comparison))
    for waterfall in comparison.waterfalls:
        steps = waterfall_table(waterfall)
        yield f"## {_escaped(steps.caption)}"
        yield _escaped(waterfall_note(waterfall))
        yield _markdown(steps)
    warnings = comparison_warnings(comparison)
    if warnings:
        yield "## Reservations"
        yield _list(warnings)
    origin = comparison.baseline.provenance
    yield (
        f"Prices as known on {origin.snapshot}; seed {origin.seed}, {origin.draws:,} draws; "
        f"costmodel {origin.version}."
    )
    if comparison.command:
        yield "The same figures again:"
        yield _code(comparison.command)


def _markdown(table: Table) -> str:
    lines = [_line(table.head), _line(["---", *["---:"] * (len(table.head) - 1)], escape=False)]
    width = len(table.head)
    every = (*table.rows, *table.foot)
    lines += [_group(row, width) if len(row) == 1 else _line(row) for row in every]
    return "\n".join(lines)


def _line(cells: Iterable[str], *, escape: bool = True) -> str:
    shown = (_escaped(cell) if escape else cell for cell in cells)
    return f"| {' | '.join(shown)} |"


def _group(row: Row, width: int) -> str:
    return _line([f"**{_escaped(row[0])}**", *[""] * (width - 1)], escape=False)


def _list(texts: Iterable[str]) -> str:
    return "\n".join(f"- {_escaped(text)}" for text in texts)


_MARKS = re.compile(r"[\\`*\[\]<>|~&#]|\$(?!\d)|(?<![^\W_])_|_(?![^\W_])")
"""What Markdown might take for a mark; an underscore inside a word and a ``$`` before a digit
are none."""


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda found: f"\\{found[0]}", printable(text))


def _code(text: str) -> str:
    return "\n".join(f"    {line}" for line in printable(text).splitlines())


# --- CSV


def comparison_csv(comparison: Comparison) -> str:
    """Return a row for each variant and one for each step of a waterfall, as CSV.

    Amounts are USD, and once more in the scenario's own currency; shares are of 1. A text that a
    spreadsheet would take for a formula has a quote before it.
    """
    rows = list(_rows(comparison_figures(comparison)))
    names = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(_cell, names))
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return stream.getvalue()


def _rows(figures: Mapping[str, Any]) -> Iterator[dict[str, Cell]]:
    own = figures.get("in_own_currency")
    code = own["currency"]["code"].lower() if own else ""
    for place, one in enumerate(figures["variants"]):
        saving = one["saving"] or {}
        row = {"row": "variant", "scenario": figures["scenario"], "variant": one["variant"],
               "order": None, "strategy": None, "added": None}  # fmt: skip
        row["binding"] = saving.get("binding")
        row |= _bill(one, "usd")
        row |= {"saved_share": saving.get("share_of_mean"), "saved_chance": saving.get("chance"),
                "saved_net_mean_usd": saving.get("mean_with_money_beside_the_bill")}  # fmt: skip
        row |= {"chance_over_budget": one["chance_over_budget"], **_beside(one["beside_the_bill"])}
        yield row | (_bill(own["variants"][place], code) if own else {})
    for at, waterfall in enumerate(figures["waterfalls"]):
        for place, step in enumerate(waterfall["steps"]):
            row = {"row": "step", "scenario": figures["scenario"], "variant": waterfall["variant"],
                   "order": place + 1, "strategy": step["strategy"], "added": step["added"],
                   "binding": step["binding"]}  # fmt: skip
            row |= _step(step, "usd")
            yield row | (_step(own["waterfalls"][at]["steps"][place], code) if own else {})


def _bill(one: Mapping[str, Any], code: str) -> dict[str, Cell]:
    parts = {"dearest_month": one["dearest_month"], "total": one["total"], "saved": one["saving"]}
    return {key: value for name, part in parts.items() for key, value in _spread(name, part, code)}


def _step(step: Mapping[str, Any], code: str) -> dict[str, Cell]:
    saved = dict(_spread("saved", step["saved"], code))
    return saved | dict(_spread("alone", step["alone"], code))


def _spread(name: str, part: Mapping[str, float] | None, code: str) -> Iterator[tuple[str, Cell]]:
    for figure in ("P10", "P50", "P90", "mean"):
        yield f"{name}_{figure.lower()}_{code}", None if part is None else part[figure]


def _beside(effects: Mapping[str, Any]) -> dict[str, Cell]:
    wrong, cap = effects["wrong_answers"], effects["cap"] or {}
    row: dict[str, Cell] = {
        "turns_blocked_share": effects["turns_blocked"],
        "turns_without_call_share": effects["turns_without_call"],
        "turns_by_cheaper_model_share": effects["turns_by_cheaper_model"],
        "wrong_answers_a_month": wrong["a_month"],
        "wrong_answers_share": wrong["share_of_turns"],
        "wrong_answers_mean_usd": wrong["mean_usd"],
        "overage_mean_usd": effects["overage_mean_usd"],
        "cap_chance": cap.get("chance"),
        "cap_month": cap.get("month"),
        "cap_day": cap.get("day"),
    }
    for name, one in effects["people_affected"].items():
        row[f"people_affected_{name}_share"] = one["mean"]
        row[f"people_affected_{name}_largest_share"] = one["largest"]
        row[f"people_affected_{name}_largest_month"] = one["month"]
    for name, share in effects.get("people_lost", {}).items():
        row[f"people_lost_{name}_share"] = share
    return row


def _cell(value: Cell) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


_WRITERS = {"md": comparison_markdown, "csv": comparison_csv, "json": comparison_json}
