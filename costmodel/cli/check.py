"""x"""
from costmodel.cli.outcome import guarded
from costmodel.cli.options import Debug
@guarded
def check(_debug: Debug = False) -> None:
    """Find everything wrong with a scenario, and show what it implies."""
