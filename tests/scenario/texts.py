"""Scenario texts for the tests, and the errors that reading them raises."""

from __future__ import annotations

from pathlib import Path

from costmodel.foundation.errors import InputError
from costmodel.scenario.loading import load_scenario, read_scenario

DATA = Path(__file__).parents[1] / "data" / "scenarios"

MINIMAL = """\
name: Minimal
start: 2026-12
months: 2
segments:
  all: {users: 100}
features:
  answer:
    model: openai/gpt-5
    turns_per_user:
      all: {mean: 10 per month, cv: 1}
    prompt:
      - system: {tokens: 1000}
      - history
      - user: {mean: 90, cv: 1}
    output: {mean: 300, cv: 0.8}
"""


def small():
    return load_scenario(DATA / "small.yaml")


def minimal():
    return read_scenario(MINIMAL)


def changed(old: str, new: str) -> str:
    """Return the minimal text with one part replaced."""
    assert MINIMAL.count(old) == 1, old
    return MINIMAL.replace(old, new)


def wrong(text: str, folder: Path | None = None) -> str:
    """Return the message that a text is refused with."""
    try:
        scenario = read_scenario(text, file="f.yaml", folder=folder)
    except InputError as error:
        return str(error)
    raise AssertionError(f"nothing was refused: {scenario.name}")


def refused(scenario, changes) -> str:
    """Return the message that overrides are refused with."""
    try:
        scenario.with_overrides(changes)
    except InputError as error:
        return str(error)
    raise AssertionError("nothing was refused")
