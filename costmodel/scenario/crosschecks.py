"""What must hold between the parts of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from costmodel.scenario.schema import Correlation, Scenario


def expand_correlations(scenario: Scenario) -> dict[str, Correlation]:
    return scenario.correlations


def check_together(scenario: Scenario) -> None: ...


def warnings_of(scenario: Scenario) -> tuple[str, ...]:
    return ()
