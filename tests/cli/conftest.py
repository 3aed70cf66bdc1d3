"""What the tests of the command line share: a runner, and a small scenario to spoil."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from costmodel.cli.main import app

SCENARIO = """\
name: Help desk
start: 2026-12
months: 3
prices: {snapshot: 2026-11-23}
budget: $900 per month
segments:
  free: {users: 8k to 12k, growth: 5% per month}
  pro: {users: 400 to 700}
features:
  answer:
    model: google/gemini-3.8-flash
    turns_per_user:
      free: {mean: 6 to 14 per month, top_1_percent: 23%}
      pro: {mean: 40 to 90 per month, top_1_percent: 15%}
    prompt:
      - system: {tokens: 1500}
      - retrieved: {chunks: 5, tokens_each: 400}
      - user: {mean: 60 to 120, cv: 1.2, max: 8000}
    output: {mean: 180 to 320, cv: 0.8, max: 2000}
"""

QUICK = ("--draws", "256", "--no-error")


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A scenario whose model doubles its price in the second month."""
    path = tmp_path / "desk.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture
def costmodel(monkeypatch):
    """Return how to call the command, 80 columns wide."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def call(*words: object, text: str | bytes | None = None):
        return CliRunner().invoke(app, [str(word) for word in words], input=text)

    return call
