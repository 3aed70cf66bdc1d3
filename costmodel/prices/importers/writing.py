"""A price table as text: block style outside, one line a card inside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

_PLAIN = re.compile(r"[A-Za-z][\w./ +-]*[\w.]|[A-Za-z]")
_RESERVED = {"null", "true", "false", "yes", "no", "on", "off", "nan", "inf"}


def table_text(title: str, head: Mapping[str, Any], models: Sequence[Mapping[str, Any]]) -> str:
    """Return a provider's table.

    Parameters
    ----------
    title : str
        What the first line calls it.
    head : mapping
        Everything before the models.
    models : sequence of mapping
        The entries, their keys in the order they are written.
    """
    note = "Keys: see ../README.md. Never edited once released."
    lines = [f"# {title}: what was known on {head['snapshot']}. {note}"]
    for key, value in head.items():
        lines += _block(key, value)
    lines.append("models:")
    for model in models:
        lines += _model(model)
    return "\n".join(lines) + "\n"


def _block(key: str, value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, Mapping):
        yield f"{key}:"
        yield from (f"  {name}: {flow(each)}" for name, each in value.items())
    elif isinstance(value, list):
        yield f"{key}:"
        yield from (f"  - {flow(each)}" for each in value)
    else:
        yield f"{key}: {flow(value)}"


def _model(model: Mapping[str, Any]) -> Iterator[str]:
    lead = "  - "
    for key, value in model.items():
        if key == "periods":
            yield f"{lead}periods:"
            for period in value:
                yield from _period(period)
        elif key == "adjust":
            yield f"{lead}adjust:"
            yield from (f"      - {flow(each)}" for each in value)
        else:
            yield f"{lead}{key}: {flow(value)}"
        lead = "    "


def _period(period: Mapping[str, Any]) -> Iterator[str]:
    lead = "      - "
    for key, value in period.items():
        if key == "cards":
            yield f"{lead}cards:"
            yield from (f"          {mode}: {flow(card)}" for mode, card in value.items())
        else:
            yield f"{lead}{key}: {flow(value)}"
        lead = "        "


def flow(value: Any) -> str:  # noqa: ANN401
    """Return a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, datetime):
        return f'"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"'
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float | int):
        return number(value)
    return _text(str(value))


def number(value: Decimal | float) -> str:
    """Return a number without an exponent or needless zeros."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _RESERVED and "  " not in text
    return text if plain else json.dumps(text, ensure_ascii=False)
