"""Marks and warnings, at the shipped prices."""

from __future__ import annotations

import pytest

from costmodel.engine.expected import expected
from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import PriceNotKnownError, UnknownModelError
from costmodel.prices.book import PriceBook, load_prices
from tests.engine.sample import book, chat


def _run(changes, **options):
    return simulate(chat(changes), draws=64, **options)


def test_an_announced_doubling_is_marked_and_priced_from_its_day():
    """gemini-3.8-flash: $0.75/$3.75 until 2026-12-31, $1.50/$7.50 from 2027-01-01."""
    projection = _run({"features.answer.model": "google/gemini-3.8-flash"})
    (mark,) = (mark for mark in projection.marks if mark.kind == "price")
    assert mark.month == 2
    assert "$0.75 -> $1.50" in mark.text
    scenario = chat({"features.answer.model": "google/gemini-3.8-flash"})
    months = [sum(lane.usd[m] / lane.turns[m] for lane in expected(scenario).lanes) for m in (0, 1)]
    assert months[1] / months[0] == pytest.approx(2.0)


def test_a_start_within_the_horizon_is_marked():
    projection = _run({"features.answer.from": "2027-03"})
    assert [(m.month, m.text) for m in projection.marks if m.kind == "start"] == [
        (4, "answer starts")
    ]


def test_a_retirement_is_marked_and_warned_of():
    projection = _run({"features.answer.model": "anthropic/claude-sonnet-4-5", "start": "2026-11"})
    (mark,) = (mark for mark in projection.marks if mark.kind == "retirement")
    assert (mark.month, mark.text) == (1, "anthropic/claude-sonnet-4-5 retires on 2026-11-30")
    assert any("retire" in words for words in projection.warnings)


def test_prompts_longer_than_the_model_accepts_are_warned_of():
    projection = simulate(_with_system(920_000), draws=64)
    assert any("longer than the 922,000 tokens" in words for words in projection.warnings)
    assert any("cross a long-context threshold" in words for words in projection.warnings)
    assert not any("longer than" in words for words in simulate(chat(), draws=64).warnings)


def _with_system(tokens):
    prompt = [
        {"system": {"tokens": tokens}},
        "history",
        {"user": {"mean": 90, "cv": 1.2, "max": 8000}},
    ]
    return chat({"features.answer.prompt": prompt})


def test_what_is_assumed_of_a_cache_is_said_with_the_key_that_states_it():
    words = simulate(chat(without=("features.answer.implicit_cache",)), draws=64).warnings
    assert any("keeps whole prompts" in w and "system_hit" in w for w in words)
    assert any("P50 137 s" in w and "conversation: {gap: ...}" in w for w in words)
    assert not any("assumption" in w for w in simulate(chat(), draws=64).warnings)


def test_another_price_book_than_the_scenarios_is_said():
    scenario = chat({"prices": {"snapshot": "2026-11-23"}})
    card = book().month("openai/gpt-5.6-terra", "standard", 2026, 12).parts[0][1]
    other = PriceBook.from_cards({"openai/gpt-5.6-terra": card}, snapshot="case")
    words = simulate(scenario, prices=other, draws=64).warnings
    assert "prices come from case, not from the scenario's snapshot 2026-11-23" in words


def test_an_unknown_model_raises_and_names_the_nearest_three():
    with pytest.raises(UnknownModelError, match=r"gpt-5\.6-tera") as caught:
        _run({"features.answer.model": "openai/gpt-5.6-tera"})
    assert len(caught.value.nearest) == 3
    assert "openai/gpt-5.6-terra" in str(caught.value)


def test_a_start_before_the_models_first_price_raises():
    with pytest.raises(PriceNotKnownError, match=r"openai/gpt-5\.4"):
        _run({"features.answer.model": "openai/gpt-5.4", "start": "2020-02"})


def test_a_changed_book_is_said_and_has_no_command_that_would_lie():
    card = book().month("openai/gpt-5.6-terra", "standard", 2026, 12).parts[0][1]
    changed = load_prices().with_card("openai/gpt-5.6-terra", card)
    projection = simulate(chat(), prices=changed, draws=64)
    assert any("given in Python" in words for words in projection.warnings)
    assert projection.provenance.command.startswith("cm.simulate(")
    shipped = simulate(chat(), draws=64)
    assert shipped.provenance.command.startswith("costmodel run ")
    assert not any("given in Python" in words for words in shipped.warnings)


def test_uncertainty_that_the_command_line_cannot_switch_is_told_in_python():
    command = simulate(chat(), draws=64, uncertainty={"belief"}).provenance.command
    assert command.endswith("uncertainty={'belief'})")
