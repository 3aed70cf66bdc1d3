from pathlib import Path

import pytest

from costmodel.foundation.beliefs import Samples
from costmodel.foundation.units import PEOPLE, USD_PER_MONTH

from .reader import belief, refusal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "log.csv").write_text("day,users\n1,30\n2,10\n3,20\n")
    (inside / "broken.csv").write_text("users\n30\nmany\n")
    (inside / "negative.csv").write_text("users\n30\n-1\n")
    (inside / "short.csv").write_text("users\n30\n")
    (inside / "latin.csv").write_bytes(b"users\n\xe9\n")
    (tmp_path / "outside.csv").write_text("users\n1\n2\n")
    (inside / "link.csv").symlink_to(tmp_path / "outside.csv")
    return inside


def test_a_column_of_a_file_beside_the_scenario(folder: Path):
    found = belief({"samples": "log.csv", "column": "users"}, PEOPLE, folder)
    assert found == Samples(points=(10.0, 20.0, 30.0), file="log.csv", column="users")


def test_a_list_of_values():
    assert belief({"samples": [3, 1, 2]}, PEOPLE) == Samples(points=(1.0, 2.0, 3.0))


def test_money_and_rates_are_in_the_fields_unit(folder: Path):
    written = {"samples": "log.csv", "column": "users", "per": "month"}
    assert belief(written, USD_PER_MONTH, folder).points == (10.0, 20.0, 30.0)


@pytest.mark.parametrize(
    ("name", "column", "part"),
    [
        ("nothing.csv", "users", "samples: read 'nothing.csv'; expected a file that exists in"),
        ("lgo.csv", "users", "fix: did you mean 'log.csv'?"),
        ("../outside.csv", "users", "expected a file inside the scenario's folder"),
        ("link.csv", "users", "expected a file inside the scenario's folder"),
        ("/etc/passwd", "users", "expected a file inside the scenario's folder"),
        (".", "users", "expected a file that exists"),
        (5, "users", "samples: read 5; expected the name of a file"),
        ("log.csv", "user", "column: read 'user'; expected a column of log.csv; fix: did you mean"),
        ("log.csv", 5, "column: read 5; expected the name of a column"),
        ("broken.csv", "users", "samples: read 'many' in row 2; expected a number of people"),
        ("negative.csv", "users", "samples: read '-1' in row 2; expected a number of people"),
        ("short.csv", "users", "samples: read 1 values in column 'users'; expected at least two"),
        ("latin.csv", "users", "expected a CSV file in UTF-8; fix: export it again"),
    ],
)
def test_files_that_cannot_be_used_are_refused(folder: Path, name, column, part):
    assert part in refusal(belief, {"samples": name, "column": column}, PEOPLE, folder)


def test_a_scenario_without_a_folder_has_no_files():
    text = refusal(belief, {"samples": "log.csv", "column": "users"}, PEOPLE)
    assert "expected a scenario with a folder to look in" in text


def test_a_file_needs_a_column(folder: Path):
    text = refusal(belief, {"samples": "log.csv"}, PEOPLE, folder)
    assert "read {samples}; expected {samples, column}; fix: add column" in text
