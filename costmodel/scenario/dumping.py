"""Writing a scenario back: YAML that reads back equal, and the digest of its content."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from costmodel.foundation.marks import Raw
from costmodel.scenario.plain import Plain
from costmodel.scenario.prompt import FixedPart

if TYPE_CHECKING:
    import yaml

    from costmodel.scenario.schema import Scenario

_CORE = (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+."),
)
"""What a plain scalar is in the YAML 1.2 core schema: the reader's own rules."""


def dump(scenario: Scenario) -> str:
    """Return the scenario as YAML that reads back equal."""
    return to_yaml(Plain().scenario(scenario))


def to_yaml(data: Raw) -> str:
    """Return plain data as YAML 1.2 in the order given; small mappings on one line."""
    import yaml

    return yaml.dump(
        data,
        Dumper=_dumper(),
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )


def to_line(data: Raw) -> str:
    """Return a value as one line, as it would be typed after ``--set path=``."""
    import yaml

    text = yaml.dump(
        data,
        Dumper=_dumper(),
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=True,
        width=10**6,
    )
    return text.removesuffix("\n").removesuffix("\n...")


@cache
def _dumper() -> type[yaml.SafeDumper]:
    import yaml

    class CoreDumper(yaml.SafeDumper):
        """Quotes exactly the texts that the YAML 1.2 core schema would take for something else."""

        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own class table

        def ignore_aliases(self, data: Raw) -> bool:  # noqa: ARG002
            return True

    for name, pattern, first in _CORE:
        tag, regexp = f"tag:yaml.org,2002:{name}", re.compile(f"^(?:{pattern})$")
        starts = ["" if letter == "\0" else letter for letter in first]
        CoreDumper.add_implicit_resolver(tag, regexp, starts)
    return CoreDumper


def digest_of(scenario: Scenario) -> str:
    """Return the SHA-256 of the content and of the text of the prompt files, in hex."""
    files = [
        part.file_sha256
        for feature in scenario.features.values()
        for part in feature.prompt
        if isinstance(part, FixedPart) and part.file is not None
    ]
    content = {"scenario": Plain().scenario(scenario), "prompt_files": files}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
