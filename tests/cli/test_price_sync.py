"""`costmodel prices sync`: what it writes, says and refuses."""

from __future__ import annotations

import json

import pytest

from costmodel.prices import load_prices
from tests.prices.wheels import listed, priced, tables, unpacked

PLAIN = priced(input_mtok=2, output_mtok=8)
OTHER = {
    "one": {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 1.9e-6,
        "output_cost_per_token": 8e-6,
    }
}


@pytest.fixture
def places(tmp_path):
    folder = tables(tmp_path / "pricing")
    models = [listed("one", PLAIN), listed("ft:one", PLAIN)]
    packages = unpacked(tmp_path / "packages", models, OTHER)
    return ("--folder", str(folder), "--packages", str(packages)), folder


def test_sync_writes_a_snapshot_and_says_what_is_in_it(costmodel, places):
    where, folder = places
    result = costmodel("prices", "sync", "--date", "2026-06-01", *where)
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "Snapshot 2026-06-01, in" in text
    assert "openai 1 1 fine-tuned" in text
    assert "openai/one: litellm differs in standard: input 1.9 for 2; those of genai" in text
    assert "reconstructed: made on " in " ".join(result.stderr.split())
    assert load_prices(folder=folder).models() == ["openai/one"]


def test_sync_as_json_has_the_counts_and_the_conflicts(costmodel, places):
    where, _ = places
    result = costmodel("prices", "sync", "--date", "2026-06-01", "--json", *where)
    told = json.loads(result.stdout)
    assert told["snapshot"] == "2026-06-01"
    assert told["providers"]["openai"]["models"] == 1
    assert told["providers"]["openai"]["left_out"] == {"fine-tuned": 1}
    assert list(told["providers"]["openai"]["remarks"]) == ["one"]


def test_sync_refuses_to_overwrite(costmodel, places):
    where, _ = places
    costmodel("prices", "sync", "--date", "2026-06-01", *where)
    again = costmodel("prices", "sync", "--date", "2026-06-01", *where)
    assert again.exit_code == 2
    assert "read a snapshot of 2026-06-01, which is there already" in again.stderr


def test_sync_takes_today_without_a_date_and_is_then_not_reconstructed(costmodel, places):
    where, folder = places
    assert costmodel("prices", "sync", *where).stderr == ""
    assert load_prices(folder=folder).reconstructed == ""


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01"])
def test_sync_refuses_a_date_that_is_none(costmodel, places, day):
    result = costmodel("prices", "sync", "--date", day, *places[0])
    assert result.exit_code == 2
    assert f"--date: read '{day}'; expected a day as YYYY-MM-DD" in result.stderr


def test_sync_of_an_unknown_provider_names_the_known(costmodel, places):
    result = costmodel("prices", "sync", "--provider", "acme", *places[0])
    assert "read provider 'acme'; expected one of openai" in result.stderr


def test_list_and_show_say_that_a_snapshot_is_reconstructed(costmodel):
    for words in (("list", "--provider", "openai"), ("show", "openai/gpt-5")):
        result = costmodel("prices", *words, "--snapshot", "2026-08-12")
        assert "warning: prices of 2026-08-12 are reconstructed: made on 2026-11-24" in " ".join(
            result.stderr.split()
        )
        assert "reconstructed" in result.stdout
    shown = costmodel("prices", "show", "openai/gpt-5", "--snapshot", "2026-08-12", "--json")
    assert json.loads(shown.stdout)["reconstructed"].startswith("made on 2026-11-24")
