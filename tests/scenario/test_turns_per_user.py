"""How much people use a feature."""

from __future__ import annotations

import pytest

from costmodel.foundation.errors import InputError
from costmodel.scenario.loading import read_scenario
from tests.lab.scenes import CERTAIN


def test_a_largest_intensity_is_refused_because_people_are_lognormal():
    capped = CERTAIN.replace("{mean: 10 per month, cv: 1}", "{mean: 10 per month, cv: 1, max: 30}")
    with pytest.raises(InputError, match=r"read max: 30.*without a largest one.*leave out max"):
        read_scenario(capped)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("drift: {volume: 10%, tokens: 5%, half_life: 0 months}", "half_life"),
        ("drift: {volume: 10%, tokens: 5%, half_life: 0.001 months}", "half_life"),
    ],
)
def test_a_half_life_of_nothing_is_refused(line, words):
    with pytest.raises(InputError, match=words):
        read_scenario(CERTAIN + line + "\n")


def test_a_malformed_shape_of_zero_is_refused():
    with pytest.raises(InputError, match="malformed_shape"):
        read_scenario(CERTAIN + "    failures: {malformed: 5%, malformed_shape: 0}\n")


def test_a_count_wider_than_anything_measured_is_refused():
    with pytest.raises(InputError, match=r"coefficient of variation of a count"):
        read_scenario(CERTAIN + "    conversation: {turns: {mean: 100, cv: 1000}}\n")
