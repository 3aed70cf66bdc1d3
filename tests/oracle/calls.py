"""The calls of one month, feature by feature: answered from kept answers, or sent and billed."""

import numpy as np

from .questions import Looked
from .turns import charge


class Feature:
    """The turns of one feature in one month, and what they use.

    Parameters
    ----------
    turns : Turns
        Of this feature, a conversation's in order.
    answers : ResponseCache or None
    cached_input : callable (turns, sent, made, called) -> CacheUse
    cards : pair of a month's prices
        Of the feature's model and of the one a quota leaves turns to.
    """

    def __init__(self, turns, answers, cached_input, cards, month, rng):
        self.turns, self.answers, self.month = turns, answers, month
        self.cached_input, self.cards = cached_input, cards
        self.question = None if answers is None else answers.ask(turns, rng)
        self.state = None if answers is None else answers.state()
        self.usd, self.tokens = {}, {}

    def play(self, refused):
        """Make the turns that are not refused; the rest use what they would use if made."""
        turns, made = self.turns, ~refused
        self.looked = self._look_up(made)
        # Refused turns are the last of their conversations: what they add matters to nobody.
        answer = turns.visible * (self.looked.hit | turns.answered)
        joins = turns.user + turns.kept * ~self.looked.hit + answer
        self.sent = turns.fixed + turns.retrieved + turns.user + turns.so_far(joins * turns.resend)
        use = self.cached_input(turns, self.sent, made, made & ~self.looked.hit)
        for cheaper, card in zip((False, True), self.cards, strict=True):
            some = np.flatnonzero(turns.cheaper == cheaper)
            if some.size:
                self._charge(some, use.rows(some), card)

    def _look_up(self, made):
        if self.answers is None:
            return Looked(*(np.zeros_like(made) for _ in range(3)))
        self.answers.restore(self.state)
        return self.answers.look_up(self.turns, self.question, made, self.month)

    def _charge(self, some, use, card):
        rows = self.turns.rows(some)
        found = charge(self.sent[some], rows.out, rows.billed, use, card)
        for table, columns in ((self.usd, found.usd), (self.tokens, found.tokens)):
            for meter, values in columns.items():
                table.setdefault(meter, np.zeros(self.sent.size))[some] = values

    def used(self, unit):
        """What each turn uses in the unit of a quota, made or not; nothing where it was a hit."""
        if unit == "calls":
            each = self.turns.billed
        elif unit == "tokens":
            each = (self.sent + self.turns.out) * self.turns.billed
        else:
            each = sum(self.usd.values(), np.zeros(self.sent.size))
        return np.where(self.looked.hit, 0.0, each)
