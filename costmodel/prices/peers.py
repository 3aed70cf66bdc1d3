"""What other price libraries say, as readings to reconcile with; they come with `test` extras."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.figures import RATES
from costmodel.prices.reconcile import Reading

Models = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Our names: for each provider, the models' ids with their aliases."""
Found = Mapping[str, Mapping[str, Reading]]
"""By ``provider/id`` and field."""


class Peer(Protocol):
    """A source of figures.

    Anything with these can be reconciled with.
    """

    @property
    def name(self) -> str:
        """What tables call it."""

    @property
    def version(self) -> str:
        """Which edition of it is read."""

    def readings(self, models: Models, at: datetime) -> Found:
        """Return what it says of our providers' models at a date, ours under our ids."""


class GenaiPrices:
    """genai-prices: its standard prices at a date."""

    # Its field names, by ours.
    fields: Mapping[str, str] = {
        "input": "input_mtok",
        "cache_read": "cache_read_mtok",
        "cache_write": "cache_write_mtok",
        "cache_write_1h": "cache_write_1h_mtok",
        "output": "output_mtok",
    }

    name = "genai-prices"

    @property
    def version(self) -> str:
        """The version that is installed."""
        return version("genai-prices")

    def readings(self, models: Models, at: datetime) -> Found:
        """Return its prices of our models at a date."""
        from genai_prices.data_snapshot import get_snapshot

        by_id = {provider.id: provider for provider in get_snapshot().providers}
        found = {}
        for provider, ids in models.items():
            theirs = by_id.get(provider)
            for name in ids if theirs is not None else ():
                assert theirs is not None
                model = theirs.find_model(name)
                if model is not None:
                    found[f"{provider}/{name}"] = self._rates(model.get_prices(at), at)
        return found

    def _rates(self, prices: object, at: datetime) -> dict[str, Reading]:
        stated = vars(prices)
        rates = {ours: stated.get(theirs) for ours, theirs in self.fields.items()}
        return {
            name: Reading(float(getattr(value, "base", value)), at.date())
            for name, value in rates.items()
            if value is not None
        }


class Litellm:
    """litellm: its price file, read without importing the package, which takes long."""

    providers: Mapping[str, str] = {"gemini": "google", "text-completion-openai": "openai"}
    """Our name of a provider, where it has another."""
    kinds = ("chat", "responses", "embedding", "completion")
    """Modes of models that are priced by the text token."""
    file = "model_prices_and_context_window_backup.json"
    columns: Mapping[str, str] = {
        "input": "input_cost_per_token",
        "cache_read": "cache_read_input_token_cost",
        "cache_write": "cache_creation_input_token_cost",
        "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
        "output": "output_cost_per_token",
    }
    modes: Mapping[str, str] = {
        "": "",
        "batch.": "_batches",
        "flex.": "_flex",
        "priority.": "_priority",
    }

    name = "litellm"

    @property
    def version(self) -> str:
        """The version that is installed."""
        return version("litellm")

    def readings(self, models: Models, at: datetime) -> Found:
        """Return the prices of its file; it has no dates."""
        del at
        found: dict[str, dict[str, Reading]] = {}
        for key, entry in sorted(_litellm_file(self.file).items(), key=lambda each: len(each[0])):
            provider = str(entry.get("litellm_provider"))
            provider = self.providers.get(provider, provider)
            if provider in models and entry.get("mode") in self.kinds:
                name = _our_id(models[provider], key.rpartition("/")[2])
                found.setdefault(f"{provider}/{name}", dict(self._rates(entry)))
        return {name: rates for name, rates in found.items() if rates}

    def _rates(self, entry: Mapping[str, Any]) -> Iterator[tuple[str, Reading]]:
        for mode, ending in self.modes.items():
            for rate in RATES:
                usd = entry.get(self.columns[rate] + ending)
                # $0 for writes says that there is no fee: our tables then have no such rate.
                if usd is not None and (usd > 0 or not rate.startswith("cache_write")):
                    yield f"{mode}{rate}", Reading(float(f"{float(usd) * 1e6:.10g}"))


def _our_id(models: Mapping[str, tuple[str, ...]], name: str) -> str:
    return next((ours for ours, aliases in models.items() if name in (ours, *aliases)), name)


def _litellm_file(name: str) -> Mapping[str, dict[str, Any]]:
    spec = find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    text = (Path(spec.origin).parent / name).read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def installed_peers() -> tuple[Peer, ...]:
    """Return the price libraries that are installed.

    Raises
    ------
    InputError
        If none is.
    """
    known: dict[str, Peer] = {"genai_prices": GenaiPrices(), "litellm": Litellm()}
    found = tuple(peer for package, peer in known.items() if find_spec(package) is not None)
    if not found:
        expected, fix = "genai-prices or litellm", "pip install genai-prices litellm"
        raise InputError(Problem("no other price library", expected, fix))
    return found


def read_peers(
    peers: Iterable[Peer], models: Models, at: datetime
) -> dict[str, dict[str, dict[str, Reading]]]:
    """Return the readings of several sources by model, field and source."""
    figures: dict[str, dict[str, dict[str, Reading]]] = {}
    for peer in peers:
        for model, fields in peer.readings(models, at).items():
            for field, reading in fields.items():
                figures.setdefault(model, {}).setdefault(field, {})[peer.name] = reading
    return figures
