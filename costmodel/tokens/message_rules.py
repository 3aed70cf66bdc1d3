"""What providers add around texts: data/message_rules.json, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.families import known_models, model_family
from costmodel.tokens.names import full_name

RULES_FILE = Path(__file__).parent / "data" / "message_rules.json"
Rule = dict[str, Any]


@cache
def message_rules() -> Rule:
    """Return the rules as the file has them."""
    document: Rule = json.loads(RULES_FILE.read_text(encoding="utf-8"))
    return document


def rule_of(what: str, model: str) -> Rule:
    """Return a model's rule for ``frames`` or ``tools``: the first that names it, or its family.

    Raises
    ------
    InputError
        If there is none; the message lists the models that have one.
    """
    found = [rule for rule in message_rules()[what] if _holds(rule, model)]
    if not found:
        raise InputError(_no_rule(what, model))
    rule: Rule = found[0]
    return rule


def tool_prompt(model: str) -> Rule | None:
    """Return the prompt a provider adds where there are tools, or None if it adds none."""
    name = full_name(model)
    return next((each for each in message_rules()["tool_prompts"] if name in each["models"]), None)


def _holds(rule: Rule, model: str) -> bool:
    name = full_name(model)
    if "models" in rule:
        return name in rule["models"]
    provider = name.partition("/")[0]
    return provider in rule["providers"] and model_family(name).name in rule["families"]


def _no_rule(what: str, model: str) -> Problem:
    there = [name for name in known_models() if any(_holds(r, name) for r in message_rules()[what])]
    return Problem(
        read=f"model {model!r}, for which no rule for {what} of messages is known",
        expected="one of " + ", ".join(there),
        fix="count the texts alone, or take the count from a response of the provider",
        path="model",
    )
