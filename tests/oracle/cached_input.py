"""What of a feature's input is cached: shares that were stated, or caches played call by call."""

from dataclasses import fields, replace

import numpy as np

from costmodel.scenario.model import DEFAULT
from costmodel.scenario.schema import PromptCache

from .demand import has_begun
from .prompt_caches import PromptCaches, bought_rule, own_rule
from .turns import CacheUse


def states_its_cache(step):
    """Whether a step says what share of its input is cached."""
    cache = step.implicit_cache
    return any(share.origin != DEFAULT for share in (cache.cached, cache.written))


class CachedInput:
    """The input of one feature; `cheaper` is the model a quota degrades it to, or None.

    What is stated, measured or bought is about the feature's own model; the cheaper one does what
    its provider does unasked.
    """

    def __init__(self, name, played, facts, cheaper):
        self.path, self.beliefs, self.facts = f"features.{name}", played.beliefs, facts
        self.feature, self.shares = played.scenario.features[name], played.steps[name]
        ((_, self.step),) = self.feature.steps
        self.cheaper = cheaper
        self.strategies = [
            (at, strategy)
            for at, strategy in played.strategies.items()
            if isinstance(strategy, PromptCache) and strategy.feature == name
        ]

    def of_month(self, when):
        """A function (turns, sent, made, called) -> CacheUse."""
        bought = [(at, each) for at, each in self.strategies if has_begun(each, when)]
        at, strategy = bought[0] if bought else ("", None)
        stated = strategy is None and states_its_cache(self.feature)
        rules = [None if stated else self._rule(strategy), own_rule(self._facts(self.cheaper))]
        caches = PromptCaches(self.path, self.step, rules, self.beliefs)
        asleep = rules == [None, None]

        def use(turns, sent, made, called):
            found = CacheUse.none(sent.size) if asleep else caches.play(turns, made, called)
            if stated:
                return _put(found, self._stated(turns, sent), ~turns.cheaper)
            if strategy is None or strategy.reads is None:
                return found
            share = self.beliefs.at(f"strategies.{at}.reads", strategy.reads)[turns.future]
            return _put(found, _measured(sent * share, found), ~turns.cheaper)

        return use

    def _facts(self, model):
        return None if model is None else self.facts(model)

    def _rule(self, strategy):
        facts = self._facts(self.step.model)
        if strategy is None:
            return own_rule(facts)
        return bought_rule(facts, strategy, self.step.prompt)

    def _stated(self, turns, sent):
        read = sent * self.shares.cached_share[turns.future]
        written = sent * self.shares.written_share[turns.future]
        return CacheUse(read, written, read, written, np.zeros(sent.size, dtype=bool))


def _put(use, other, chosen):
    """One cache use where chosen, another elsewhere."""
    columns = ((getattr(other, f.name), getattr(use, f.name)) for f in fields(use))
    return CacheUse(*(np.where(chosen, new, old) for new, old in columns))


def _measured(read, played):
    """Reads were measured: what is kept and not read is written."""
    kept = played.read + played.written
    written = np.maximum(kept - read, 0.0) * (played.written > 0)
    return replace(played, read=read, written=written, read_again=read, written_again=written)
