"""The models of a price book, read by provider when first asked for and found by exact names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from costmodel.foundation.errors import UnknownModelError, nearest_names, printable
from costmodel.prices.offers import ModelPrices

Loader = Callable[[], tuple[ModelPrices, ...]]
"""How to read the models of a provider."""


class Catalogue:
    """Models by provider and by name.

    Parameters
    ----------
    loaders : mapping of str to callable
        For each provider, how to read its models.
    """

    def __init__(self, loaders: Mapping[str, Loader]) -> None:
        self._loaders = dict(loaders)
        self._read: dict[str, dict[str, ModelPrices]] = {}

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers, in the order they were given."""
        return tuple(self._loaders)

    def __iter__(self) -> Iterator[ModelPrices]:
        for provider in self._loaders:
            yield from self._models(provider).values()

    def of(self, provider: str) -> tuple[ModelPrices, ...]:
        """Return a provider's models; none if there is no such provider."""
        return tuple(self._models(provider).values()) if provider in self._loaders else ()

    def loader(self, provider: str) -> Loader:
        """Return what reads a provider's models when it is called."""
        return lambda: self.of(provider)

    def with_model(self, model: ModelPrices) -> Catalogue:
        """Return a copy with a model added, or in the place of the one of its id."""
        provider = model.id.partition("/")[0]
        kept = tuple(other for other in self.of(provider) if other.id != model.id)
        return Catalogue({**self._loaders, provider: given((*kept, model))})

    def model(self, name: str) -> ModelPrices:
        """Return a model by ``provider/id``, ``provider/alias`` or a bare alias; exact names only.

        Raises
        ------
        UnknownModelError
            If there is none of that name; the text names the nearest three.
        """
        provider, slash, bare = name.partition("/")
        found = self._named(provider, bare) if slash else self._bare(name)
        if len(found) == 1:
            return found[0]
        near = nearest_names(name, [each.id for each in found or self._first(name)])
        said = "is ambiguous; write one of" if found else "has no price in this table; nearest are"
        raise UnknownModelError(printable(f"model '{name}' {said} {', '.join(near)}"), near)

    def _first(self, name: str) -> Iterator[ModelPrices]:
        """Yield the models a name may have meant: without a provider, the first parties' first."""
        own = [each for each in self if each.id.partition("/")[2] in each.aliases]
        yield from own if own and "/" not in name else self

    def _models(self, provider: str) -> dict[str, ModelPrices]:
        if provider not in self._read:
            models = self._loaders[provider]()
            self._read[provider] = {prices.id.partition("/")[2]: prices for prices in models}
        return self._read[provider]

    def _bare(self, name: str) -> list[ModelPrices]:
        """Return the models of that alias; one that lists its bare id wins, as resellers do not."""
        named = [each for each in self if name in each.aliases]
        first = [each for each in named if each.id.partition("/")[2] in each.aliases]
        return first or named or [each for each in self if each.id.partition("/")[2] == name]

    def _named(self, provider: str, bare: str) -> list[ModelPrices]:
        if provider not in self._loaders:
            return []
        models = self._models(provider)
        if bare in models:
            return [models[bare]]
        return [prices for prices in models.values() if bare in prices.aliases]


def given(models: tuple[ModelPrices, ...]) -> Loader:
    """Return a loader of models that are there already."""
    return lambda: models
