"""`costmodel schema`: the JSON Schema of a scenario file."""

from __future__ import annotations

from costmodel.cli.options import Debug
from costmodel.cli.outcome import guarded
from costmodel.cli.terminal import write_json


@guarded
def schema(_debug: Debug = False) -> None:
    """Print the JSON Schema of a scenario file, for editors."""
    from costmodel.scenario.json_schema import scenario_schema

    write_json(scenario_schema())
