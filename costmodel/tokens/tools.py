"""Tokens of tool definitions, of the prompt that comes with them, and of response formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.adding import added, ranged
from costmodel.tokens.count import TokenCount, count_tokens
from costmodel.tokens.message_rules import Rule, message_rules, rule_of, tool_prompt

Schema = Mapping[str, Any]

_COVERED = {"type", "description", "enum"}
"""Keys of a property that OpenAI's formula is known for."""
_COVERED_TOP = {"type", "properties", "required"}
_JSON_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


@dataclass(frozen=True)
class Tool:
    """A function a model may call: its name, description and the JSON schema of its arguments."""

    name: str
    description: str | None
    parameters: Schema
    plain: bool

    @property
    def written(self) -> dict[str, Any]:
        """The definition as JSON shows it."""
        described = {} if self.description is None else {"description": self.description}
        return {"name": self.name, **described, "parameters": self.parameters}


@dataclass(frozen=True)
class Choice:
    """Whether a tool must be called: ``auto``, ``none``, ``any`` or ``named``."""

    kind: str
    name: str = ""


def tools_tokens(tools: Sequence[Any], tool_choice: object, model: str) -> TokenCount:
    """Return what tools add to the input: their definitions, and the provider's own prompt.

    Parameters
    ----------
    tools : sequence of mapping
        In the shape of OpenAI's chat completions or responses, or of Anthropic's messages.
    tool_choice : str or mapping or None
        In the same shape; None is auto.
    model : str
        ``provider/id``, bare ``id`` or an alias.

    Raises
    ------
    InputError
        If a tool is no function, or the choice is of no known kind; with all problems.
    """
    choice, known = read_choice(tool_choice), read_tools(tools)
    rule = rule_of("tools", model)
    if not known:
        return added([])
    functional = "function" in rule
    defined = _functions(known, rule, model) if functional else _as_json(known, rule, model)
    forced = _openai_choice(choice, model) if functional else _prompt(choice, model)
    return added([defined, *forced])


def read_tools(tools: Sequence[Any]) -> list[Tool]:
    """Return the functions among the tools of a request; see `tools_tokens`."""
    found: list[Tool] = []
    problems: list[Problem] = []
    for number, tool in enumerate(_declared(tools)):
        try:
            found.append(_tool(tool))
        except (AttributeError, KeyError, TypeError):
            expected = "a function with a name, a description and a schema of its arguments"
            fix = "take the tokens of a provider's own tool from a response"
            problems.append(Problem(f"{tool!r:.60}", expected, fix, f"tools[{number}]"))
    if problems:
        raise InputError(problems)
    return found


def _declared(tools: Sequence[Any]) -> Iterator[Any]:
    """Yield tools one by one; Google's API holds the declarations of several in one."""
    for tool in tools:
        held = tool if isinstance(tool, Mapping) else {}
        inside = held.get("functionDeclarations", held.get("function_declarations"))
        yield from inside if isinstance(inside, list) else [tool]


def _tool(tool: Mapping[str, Any]) -> Tool:
    inner = tool.get("function", tool)
    parameters = inner.get("parameters", inner.get("input_schema"))
    if parameters is None and tool.get("type", "function") not in ("function", "custom"):
        raise KeyError(tool["type"])
    extra = set(inner) - {"type", "name", "description", "parameters", "input_schema"}
    return Tool(str(inner["name"]), inner.get("description"), dict(parameters or {}), not extra)


def read_choice(choice: object) -> Choice:
    """Return the kind of a tool choice, in the words of any of the APIs."""
    given: Mapping[str, Any] = choice if isinstance(choice, Mapping) else {"type": choice}
    kind = given.get("type")
    words = {"None": "auto", "auto": "auto", "none": "none", "required": "any", "any": "any"}
    if str(kind) in words:
        return Choice(words[str(kind)])
    if kind in ("function", "tool"):
        return Choice("named", str(given.get("name") or given.get("function", {}).get("name", "")))
    expected = "auto, none, required, any, or a tool by its name"
    raise InputError(Problem(f"{choice!r}", expected, path="tool_choice"))


# --- OpenAI's formula


def _functions(tools: list[Tool], rule: Rule, model: str) -> TokenCount:
    size = _sizer(model)
    tokens = rule["end"] + sum(_function(tool, rule, size) for tool in tools)
    if "models" in rule and all(_is_covered(tool) for tool in tools):
        return ranged(tokens, tokens, tokens, rule["name"], rule["source"])
    low, high = size(_names(tools)), size(json.dumps([tool.written for tool in tools]))
    return ranged(tokens, low, high, rule["name"], rule["source"])


def _sizer(model: str) -> Callable[[str], int]:
    def size(text: str) -> int:
        return count_tokens(text, model).tokens

    return size


def _function(tool: Tool, rule: Rule, size: Callable[[str], int]) -> int:
    line = f"{tool.name}:{(tool.description or '').removesuffix('.')}"
    return int(rule["function"] + size(line) + _properties(tool.parameters, rule, size))


def _properties(schema: Schema, rule: Rule, size: Callable[[str], int]) -> int:
    """Return the tokens of an object's properties, those inside them included."""
    properties = _inside(schema, "properties")
    total = rule["properties"] if properties else 0
    for name in properties:
        each = _inside(properties, name)
        described = str(each.get("description") or "").removesuffix(".")
        line = f"{name}:{each.get('type', '')}:{described}"
        total += rule["property"] + size(line)
        if "enum" in each:
            items = [rule["enum_item"] + size(str(item)) for item in each["enum"]]
            total += rule["enum"] + sum(items)
        total += _properties(each, rule, size) + _properties(_inside(each, "items"), rule, size)
    return int(total)


def _inside(schema: Schema, name: str) -> Schema:
    """Return a schema within a schema; one such as ``true`` says nothing."""
    found = schema.get(name)
    return found if isinstance(found, Mapping) else {}


def _is_covered(tool: Tool) -> bool:
    properties = _inside(tool.parameters, "properties")
    return (
        tool.plain
        and tool.description is not None
        and set(tool.parameters) <= _COVERED_TOP
        and all(
            isinstance(each, Mapping)
            and set(each) <= _COVERED
            and isinstance(each.get("type"), str)
            and "description" in each
            and all(isinstance(item, str) for item in each.get("enum", ()))
            for each in properties.values()
        )
    )


def _openai_choice(choice: Choice, model: str) -> Iterator[TokenCount]:
    rule = message_rules()["tool_choice"]
    if choice.kind == "none":
        yield ranged(rule["none"], 0, rule["none"], rule["name"], rule["source"])
    if choice.kind == "named":
        name = count_tokens(choice.name, model).tokens
        most = name + rule["named_high"]
        yield ranged(name + rule["named"], name, most, rule["name"], rule["source"])


# --- the others


def _as_json(tools: list[Tool], rule: Rule, model: str) -> TokenCount:
    written = [tool.written for tool in tools]
    return _json_range(written, _names(tools), model, rule["name"], rule["source"])


def _names(tools: list[Tool]) -> str:
    return "\n".join(f"{tool.name} {tool.description or ''}" for tool in tools)


def _json_range(value: object, least: str, model: str, rule: str, source: str) -> TokenCount:
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    blanks = json.dumps(value, ensure_ascii=False, indent=2)
    tokens, fewest = count_tokens(compact, model), count_tokens(least, model)
    most = count_tokens(blanks, model)
    return TokenCount(tokens.tokens, fewest.low, most.high, False, rule, source)


def _prompt(choice: Choice, model: str) -> Iterator[TokenCount]:
    rule = tool_prompt(model)
    if rule is None:
        return
    kind = "forced" if choice.kind in ("any", "named") else "auto"
    tokens: int = rule[kind]
    high: int = rule.get("high_forced" if kind == "forced" else "high", tokens)
    yield ranged(tokens, tokens, high, "tool prompt", rule["source"])


# --- response formats


def response_format_tokens(response_format: object, model: str) -> TokenCount:
    """Return what the schema of a structured answer adds to the input; always an assumption.

    Parameters
    ----------
    response_format : mapping
        ``{"type": "json_schema", ...}`` of OpenAI or Anthropic, with the schema in `json_schema`
        or `schema`; a JSON schema itself; or ``{"type": "text"}`` and ``{"type": "json_object"}``,
        which add nothing.
    model : str
        ``provider/id``, bare ``id`` or an alias.

    Raises
    ------
    InputError
        If it is none of these.
    """
    schema = _schema(response_format)
    if schema is None:
        return added([])
    rule = message_rules()["response_format"]
    return _json_range(schema, "", model, rule["name"], rule["source"])


def _schema(given: object) -> Schema | None:
    if isinstance(given, Mapping):
        inside = given.get("format", given)  # OpenAI's responses: text={"format": ...}
        inside = inside.get("json_schema", inside)
        if inside.get("type") in ("text", "json_object"):
            return None
        found = inside.get("schema", inside)
        if isinstance(found, Mapping) and _is_schema(found):
            return found
    expected = "a JSON schema, or a format of type text, json_object or json_schema"
    raise InputError(Problem(f"{given!r:.60}", expected, path="response_format"))


def _is_schema(found: Schema) -> bool:
    return found.get("type") in _JSON_TYPES or bool({"$ref", "anyOf", "properties"} & set(found))
