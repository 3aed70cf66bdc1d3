"""`costmodel scenarios`: the scenarios that come with costmodel."""

from __future__ import annotations

from costmodel.cli.options import AsJson, Debug
from costmodel.cli.outcome import guarded
from costmodel.cli.terminal import add_row, show, table, write_json


@guarded
def scenarios(as_json: AsJson = False, _debug: Debug = False) -> None:
    """List the scenarios that come with costmodel."""
    from costmodel.scenario.layers import shipped_names
    from costmodel.scenario.loading import load_scenario

    shipped = {name: load_scenario(name) for name in shipped_names()}
    if as_json:
        about = ("name", "description")
        write_json(
            [{"scenario": k, **{a: getattr(s, a) for a in about}} for k, s in shipped.items()]
        )
        return
    made = table("", ["Scenario", "What it is"], words=("Scenario", "What it is"))
    for name, scenario in shipped.items():
        add_row(made, name, scenario.description or scenario.name)
    show(made)
