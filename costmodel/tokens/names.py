"""The full name of a model, as the rules for messages and media list it."""

from __future__ import annotations

from functools import cache

from costmodel.foundation.errors import UnknownModelError
from costmodel.tokens.families import known_models


def full_name(model: str) -> str:
    """Return ``provider/id`` for a model, or the name itself where nothing knows it.

    Aliases, such as a dated id, are looked up in the newest price table.

    Parameters
    ----------
    model : str
        ``provider/id``, bare ``id`` or an alias, exactly.
    """
    known = _by_name()
    return known[model] if model in known else _priced(model)


@cache
def _by_name() -> dict[str, str]:
    names = known_models()
    return {name.partition("/")[2]: name for name in names} | {name: name for name in names}


@cache
def _priced(model: str) -> str:
    from costmodel.prices.book import load_prices

    try:
        return load_prices().model(model).id
    except UnknownModelError:
        return model
