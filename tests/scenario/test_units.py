"""Units per call in a scenario: how they are written, changed, sourced and refused."""

from __future__ import annotations

from typing import get_args

import pytest

from costmodel.foundation.beliefs import Fixed, Interval
from costmodel.foundation.errors import InputError
from costmodel.prices.charges import Unit
from costmodel.scenario.loading import read_scenario
from costmodel.scenario.schema import UnitUse
from costmodel.scenario.sources import unsourced

from .texts import MINIMAL


def using(units: str):
    return read_scenario(MINIMAL + f"    units: {units}\n")


def stated(units: str):
    return using(units).features["answer"].units.stated


def test_a_step_can_use_every_unit_that_price_tables_know():
    assert set(UnitUse.model_fields) == set(get_args(Unit))


def test_units_are_beliefs_of_a_call_that_may_exceed_one():
    found = stated("{web_search: 0.2 to 0.5 per call, code_execution: 5%, page: 12}")
    assert isinstance(found["web_search"], Interval)
    assert (found["web_search"].low, found["web_search"].high) == (0.2, 0.5)
    assert {name: b.value for name, b in found.items() if isinstance(b, Fixed)} == {
        "code_execution": 0.05,
        "page": 12,
    }
    assert using("{}").features["answer"].units.stated == {}


@pytest.mark.parametrize(
    "units",
    [
        "{web_search: 0.2 to 0.5, page: {mean: 3, sd: 1}}",
        "{web_search: {low: 0, likely: 1, high: 3, per: call, source: a log}}",
        "{web_search: {p10: 0.1, p50: 0.2, p90: 0.4}, image: {samples: [1, 2, 2]}}",
        "{web_search: 0}",
    ],
)
def test_units_are_written_back_as_they_read(units):
    scenario = using(units)
    assert read_scenario(scenario.dump()) == scenario


def test_a_scenario_without_units_is_written_without_them():
    assert "units" not in read_scenario(MINIMAL).dump()


def test_each_unit_has_a_path_to_change_it_by_and_absent_ones_can_be_added():
    scenario = using("{web_search: 0.2 to 0.5}")
    assert "features.answer.units.web_search" in scenario.beliefs()
    changed = scenario.with_overrides(
        {"features.answer.units.web_search": 0.7, "features.answer.units.image": "2 per call"}
    )
    assert {n: b.mean for n, b in changed.features["answer"].units.stated.items()} == {
        "web_search": 0.7,
        "image": 2.0,
    }
    assert str(changed.overrides[0]) == (
        "features.answer.units.web_search: 0.2 to 0.5 per call -> 0.7"
    )
    with pytest.raises(InputError, match=r"did you mean 'features\.answer\.units\.web_search'"):
        scenario.with_overrides({"features.answer.units.web_serch": 1})


def test_units_need_a_source_of_their_own_or_of_what_is_around_them():
    path = "features.answer.units.web_search"
    assert path in unsourced(using("{web_search: 0.3}"))
    assert path not in unsourced(using("{web_search: {value: 0.3, source: a log}}"))
    assert path not in unsourced(using("{web_search: 0.3, assumed: true}"))


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ("{web_search: 0.3 per turn}", "expected a number of units per call; fix: say 'per call'"),
        ("{web_search: 0.3 per month}", "fix: say 'per call', like 0.3 per call"),
        (
            "{web_serch: 0.3}",
            "expected one of web_search, maps_.*did you mean 'web_search'",
        ),
        ("{web_search: -1}", "expected a number of units per call, not negative"),
        ("{web_search: 0 to 3}", "fix: give the most likely value: {low: 0, likely: 1, high: 3"),
        (
            "{web_search: 2M}",
            "a number of units per call, at most 1M; fix: check the digits",
        ),
        (
            "0.3",
            r"expected a mapping \(key: value\); fix: units: {web_search: 0.2 to 0.5 per",
        ),
        (
            "{web_search: {mean: 3, sd: 1, per: month}}",
            "read 'month'; expected call; fix: per: call",
        ),
    ],
)
def test_units_that_cannot_be_are_refused(units, message):
    with pytest.raises(InputError, match=message):
        using(units)
