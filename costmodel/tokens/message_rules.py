"""What providers add around texts: data/message_rules.json, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from costmodel.foundation.errors import InputError, Problem, TokenizerUnavailable
from costmodel.tokens.families import model_family
from costmodel.tokens.names import CountedAs, counted_as, resellers

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
    named = counted_as(model)
    rule = _found(what, named)
    if rule is None:
        raise InputError(_no_rule(what, model))
    return {**rule, "source": named.cited(rule["source"])}


def tool_prompt(model: str) -> Rule | None:
    """Return the prompt a provider adds where there are tools, or None if it adds none."""
    named = counted_as(model)
    prompts = message_rules()["tool_prompts"]
    found = next((each for each in prompts if named.name in each["models"]), None)
    return None if found is None else {**found, "source": named.cited(found["source"])}


def _found(what: str, named: CountedAs) -> Rule | None:
    rules: list[Rule] = message_rules()[what]
    return next((rule for rule in rules if _holds(rule, named)), None)


def _holds(rule: Rule, named: CountedAs) -> bool:
    if "models" in rule:  # what is known of a model alone is not assumed for others
        return named.name in rule["models"] and not named.assumed
    provider = named.name.partition("/")[0]
    return provider in rule["providers"] and _family(named.name) in rule["families"]


def _family(name: str) -> str:
    try:
        return model_family(name).name
    except TokenizerUnavailable:
        return ""


def _no_rule(what: str, model: str) -> Problem:
    model_family(model)  # a model that nothing knows is told as such
    rules = message_rules()[what]
    providers = dict.fromkeys(name for rule in rules for name in rule["providers"])
    others = ", ".join(resellers())
    return Problem(
        read=f"model {model!r}, for which no rule for {what} of messages is known",
        expected=f"a chat model of {', '.join(providers)}, or one of theirs sold by {others}",
        fix="count the texts alone, or take the count from a response of the provider",
        path="model",
    )
