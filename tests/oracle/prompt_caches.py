"""The provider's prompt caches, played call by call: which beginnings of a prompt are still there.

A prompt is a list of texts, each with a name and its tokens. A cache is a dictionary of beginnings
with the time each runs out; a call reads the longest one that it knows.
"""

from dataclasses import dataclass

import numpy as np

from costmodel.scenario.schema import FixedPart, RetrievedPart, UserPart

from .turns import CacheUse

ASSUMED_LIFETIME = 300.0
"""Seconds, where the price table states none: the shortest any provider states."""


@dataclass(frozen=True)
class Rule:
    """What a provider keeps of a prompt: its beginnings up to any text, up to its end, or up to
    the parts named in `places`."""

    lifetime: float
    places: str | tuple[str, ...]
    least: int
    step: int | None
    billed: bool
    hour: bool = False


def own_rule(facts):
    """What the provider does unasked, by the facts of the price table; None for nothing."""
    if facts is None or facts.mode in ("none", "explicit"):
        return None
    places = "end" if facts.match == "breakpoint" else "anywhere"
    return _rule(facts, facts.ttl_seconds.get("default", ASSUMED_LIFETIME), places)


def bought_rule(facts, strategy, prompt):
    """What it does with the breakpoints and the lifetime of a strategy."""
    seconds = strategy.ttl_seconds
    assert seconds in facts.ttl_seconds.values() or "explicit" in facts.ttl_seconds
    names = [name for name, sold in facts.ttl_seconds.items() if sold == seconds]
    places = strategy.breakpoints or _lasting(prompt)
    hour = names == ["1h"] and len(facts.ttl_seconds) > 1
    return _rule(facts, seconds, places, hour=hour)


def _rule(facts, lifetime, places, *, hour=False):
    least, step = facts.min_prefix_tokens or 0, facts.increment_tokens
    return Rule(float(lifetime), places, least, step, facts.write_billed, hour)


def _lasting(prompt):
    """The parts up to the first that changes and is not resent."""
    names = []
    for part in prompt:
        dropped = isinstance(part, RetrievedPart) and not part.kept_in_history
        if dropped or (isinstance(part, RetrievedPart | UserPart) and "history" not in names):
            break
        names.append(part.kind)
    return tuple(names)


class PromptCaches:
    """The caches of one feature, the calls of all segments together: one for each model."""

    def __init__(self, path, step, rules, beliefs):
        self.rules = rules
        self.parts = [(part, _fixed_tokens(path, part, beliefs)) for part in step.prompt]

    def play(self, turns, made, called):
        """What each call reads and writes.

        Parameters
        ----------
        turns : Turns
            Of the feature.
        made : array of bool
            Whether the turn is made, and so joins the history; else nothing is known of it.
        called : array of bool
            Whether it calls a model.
        """
        use = np.zeros((4, turns.talk.size))
        order = np.lexsort((turns.position, turns.time, turns.future))
        order = order[made[order]]
        columns = (
            turns.future, turns.talk, turns.time, turns.cheaper, turns.user, turns.retrieved,
            turns.kept, turns.visible, turns.billed, turns.answered, turns.resend, called
        )  # fmt: skip
        playing = None
        for row, turn in zip(
            order.tolist(), zip(*(column[order].tolist() for column in columns), strict=True),
            strict=True,
        ):  # fmt: skip
            if playing is None or playing.future != turn[0]:
                playing = _Future(turn[0], self.parts, self.rules)
            use[:, row] = playing.take(*turn[1:])
        hour = [rule is not None and rule.hour for rule in self.rules]
        return CacheUse(*use, np.where(turns.cheaper, hour[1], hour[0]))


def _fixed_tokens(path, part, beliefs):
    if not isinstance(part, FixedPart):
        return None
    return beliefs.at(f"{path}.prompt.{part.kind}.tokens", part.tokens).tolist()


class _Future:
    """The caches of one future: first that of the feature's model, then of the cheaper one."""

    def __init__(self, future, parts, rules):
        self.future, self.rules = future, rules
        self.parts = [(part, None if fixed is None else fixed[future]) for part, fixed in parts]
        self.caches, self.histories, self.texts = ({}, {}), {}, 0

    def take(
        self, talk, now, cheaper, user, retrieved, kept, visible, billed, answered, resend, called
    ):
        history = self.histories.setdefault(talk, []) if resend else []
        prompt, ends, joins = [], {}, []
        for place, (part, fixed) in enumerate(self.parts):
            if isinstance(part, FixedPart):
                prompt.append((-1 - place, fixed))
            elif isinstance(part, UserPart | RetrievedPart):
                asked = isinstance(part, UserPart)
                prompt.append(self._text(user if asked else retrieved))
                if asked or (called and kept > 0):
                    joins.append(prompt[-1])
            else:
                prompt.extend(history)
            ends[part.kind] = len(prompt)
        if resend:
            history.extend(joins)
            if answered or not called:
                history.append(self._text(visible))
        rule = self.rules[cheaper]
        if rule is None or not called or not billed:
            return 0.0, 0.0, 0.0, 0.0
        return _call(rule, prompt, ends, self.caches[cheaper], now)

    def _text(self, tokens):
        self.texts += 1
        return self.texts, tokens


def _call(rule, prompt, ends, cache, now):
    """Tokens read and written by the first call of this prompt, and by one right after it."""
    beginnings, key, length = [], 0, 0.0
    for text, tokens in prompt:
        key, length = hash((key, text)), length + tokens
        beginnings.append((key, length))
    read = 0.0
    for key, length in reversed(beginnings):
        if length < rule.least:
            break
        if cache.get(key, -1.0) >= now:
            read = _in_steps(rule, length)
            break
    if rule.places == "anywhere":
        kept = beginnings
    elif rule.places == "end":
        kept = beginnings[-1:]
    else:
        kept = [beginnings[ends[name] - 1] for name in rule.places if ends[name] > 0]
    for key, _ in kept:
        cache[key] = now + rule.lifetime
    end = kept[-1][1] if kept else 0.0
    stored = end if end >= rule.least else 0.0
    written = max(stored - read, 0.0) if rule.billed else 0.0
    return read, written, _in_steps(rule, stored) if stored else 0.0, 0.0


def _in_steps(rule, length):
    if rule.step is None:
        return length
    return rule.least + (length - rule.least) // rule.step * rule.step
