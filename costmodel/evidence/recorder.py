"""The ten-line logger: one line of JSON for each call."""

from __future__ import annotations

import hashlib
import hmac
import math
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from costmodel.evidence.appending import append_line
from costmodel.evidence.faults import fault
from costmodel.evidence.records import UsageRecord
from costmodel.foundation.errors import CostModelError, CostModelWarning, InputError, Problem
from costmodel.prices.adapters import usage_of
from costmodel.prices.book import PriceBook, load_prices
from costmodel.prices.instants import At, instant_of
from costmodel.prices.request import Request, price_request
from costmodel.prices.usage import Usage

HASH_LENGTH = 32
"""Hexadecimal digits kept of a hashed user: 128 bits, at which no two users meet by chance."""


def record(
    response: Any,  # noqa: ANN401
    *,
    feature: str,
    user: str | int,
    path: str | os.PathLike[str] = "usage.jsonl",
    provider: str | None = None,
    model: str | None = None,
    mode: str | None = None,
    segment: str | None = None,
    conversation: str | None = None,
    latency_seconds: float | None = None,
    at: At | None = None,
    hash_users: bool | str = False,
    prices: PriceBook | None = None,
) -> UsageRecord:
    """Append what a call used and cost to a log, as one line of JSON.

    The line is written at once, so several processes may share a log on a local
    disk. A price that is not known never makes it fail: the cost is null then, and
    `cost_unknown` says why.

    Parameters
    ----------
    response : object, mapping, str, bytes or sequence
        The provider's response; see `usage_of`.
    feature, user : str
        What the call was for, and for whom.
    path : path-like
        The log; made if it does not exist.
    provider : str, optional
        Who sent the response, where its fields do not tell.
    model : str, optional
        The model's name in the price tables, as ``provider/id`` or an exact alias. By
        default the provider and the model that the response names.
    mode : str, optional
        Service mode; by default the one the response names, else standard.
    segment, conversation : str, optional
        The user's group, and what the call is a turn of.
    latency_seconds : float, optional
        How long the call took.
    at : str, datetime.date or datetime.datetime, optional
        When it was made; now by default.
    hash_users : bool or str, default: False
        Write a SHA-256 of the user instead. A hash of a name that can be guessed can be
        guessed too: a text given here is the secret key of an HMAC.
    prices : PriceBook, optional
        Prices of your own; the newest shipped ones by default.

    Returns
    -------
    UsageRecord
        What was written.

    Raises
    ------
    InputError
        If the response has no usage that can be read, an argument is wrong, or the
        line cannot be written.
    """
    usage = _named(usage_of(response, provider), model, mode)
    instant = datetime.now(UTC) if at is None else instant_of(at)[0]
    facts = {
        "at": instant,
        "feature": _text("feature", feature),
        "user": _user(user, hash_users),
        "segment": None if segment is None else _text("segment", segment),
        "conversation": None if conversation is None else _text("conversation", conversation),
        "latency_seconds": _seconds(latency_seconds),
        **{name: getattr(usage, name) for name in Usage.__dataclass_fields__},
        **_priced(usage, model, instant, prices),
    }
    written = _checked(facts)
    append_line(Path(path), written.line())
    return written


def _checked(facts: dict[str, Any]) -> UsageRecord:
    try:
        return UsageRecord.model_validate(facts)
    except ValidationError as error:
        raise InputError(fault(error, "pass the response as the provider sent it")) from None


def _named(usage: Usage, model: str | None, mode: str | None) -> Usage:
    """Return the usage with the caller's mode, and a model where the response names none."""
    if model is None and usage.model is None:
        read = f"a response without a model ({usage.shape})"
        fix = f"give model= as provider/id, such as model='{usage.provider or 'openai'}/...'"
        raise InputError(Problem(read, "the model's name", fix, "model"))
    named = usage.model if usage.model is not None else _text("model", model)
    return replace(usage, model=named, mode=usage.mode if mode is None else _text("mode", mode))


def _priced(
    usage: Usage, model: str | None, instant: datetime, prices: PriceBook | None
) -> dict[str, Any]:
    """Return the cost with the snapshot it comes from, or why there is none."""
    name = usage.price_name if model is None else model
    try:
        book = load_prices() if prices is None else prices
        found = price_request(
            book,
            str(name),
            Request(**usage.tokens),
            mode=usage.mode,
            at=instant,
            geo=usage.geo,
            units=usage.units,
        )
    except (CostModelError, CostModelWarning, OSError) as error:
        # a warning arrives here where the caller has made warnings errors
        return {"cost_unknown": str(error) or type(error).__name__}
    return {"cost_usd": found.usd, "priced_as": found.model, "snapshot": found.snapshot}


def _user(user: str | int, hash_users: bool | str) -> str:
    if isinstance(user, int) and not isinstance(user, bool):
        user = str(user)
    text = _text("user", user)
    if hash_users is False:
        return text
    raw = text.encode("utf-8")
    if hash_users is True:
        return hashlib.sha256(raw).hexdigest()[:HASH_LENGTH]
    key = _text("hash_users", hash_users).encode("utf-8")
    return hmac.new(key, raw, hashlib.sha256).hexdigest()[:HASH_LENGTH]


def _text(name: str, value: object) -> str:
    if isinstance(value, str) and value.strip() and _is_unicode(value):
        return value
    shown = "an empty text" if value == "" else ascii(value)[:60]
    raise InputError(Problem(shown, "a Unicode text that is not empty", f"{name}='...'", name))


def _is_unicode(text: str) -> bool:
    """Whether no half of a surrogate pair stands in it alone, which no file can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return float(value)
    fix = "the difference of two time.perf_counter()"
    raise InputError(Problem(f"{value!r}"[:60], "seconds from 0 up", fix, "latency_seconds"))
