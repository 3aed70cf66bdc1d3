"""Tokens of documents, sound, video and hidden reasoning, by data/media_rules.json."""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Integral, Real

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.count import TokenCount
from costmodel.tokens.media_rules import MediaRule, rules_for, spanned

Counts = tuple[int, int, int]

Z95 = 1.6449
"""The 95 % quantile of the normal distribution."""


def pdf_tokens(
    pages: int,
    model: str,
    text_tokens: int | None = None,
    *,
    detail: str = "auto",
    rule: str | None = None,
) -> TokenCount:
    """Return how many input tokens a PDF is billed for.

    Parameters
    ----------
    pages : int
        Pages of the document.
    model : str
        ``provider/id``, bare ``id`` or an alias.
    text_tokens : int, optional
        Tokens of the whole document's text, as `count_tokens` says. Where the text is billed and
        this is not given, the rule's range for a page is used, and the band shows it.
    detail : str
        ``auto``, or a level of Gemini 3: ``low``, ``medium``, ``high``.
    rule : str, optional
        The name of one rule, where a model has several.

    Raises
    ------
    InputError
        If a number is not whole or below 0, or the model has no rule.
    """
    _check_count("pages", pages)
    if text_tokens is not None:
        _check_count("text_tokens", text_tokens)
    rules = rules_for("pdf", model, rule)
    return spanned([_pages(pages, each, text_tokens, detail) for each in rules], rules)


def _pages(pages: int, rule: MediaRule, text_tokens: int | None, detail: str) -> Counts:
    level = rule.level(detail)
    seen = pages * (rule.numbers["page_tokens"] if level is None else level)
    if not rule.numbers["text_billed"]:
        return (seen,) * 3
    if text_tokens is not None:
        return (seen + text_tokens,) * 3
    page = rule.numbers.get("text_per_page", {"tokens": 0, "low": 0, "high": 0})
    return seen + pages * page["tokens"], seen + pages * page["low"], seen + pages * page["high"]


def audio_tokens(
    seconds: float, model: str, direction: str = "input", *, rule: str | None = None
) -> TokenCount:
    """Return how many tokens sound is billed for.

    Parameters
    ----------
    seconds : float
        Its length.
    model : str
        ``provider/id``, bare ``id`` or an alias.
    direction : str
        ``input``, what the model hears, or ``output``, what it says.
    rule : str, optional
        The name of one rule, where a model has several.

    Returns
    -------
    TokenCount
        floor(seconds x tokens a second).

    Raises
    ------
    InputError
        If the length is negative or not finite, or the model has no rule for the direction.
    """
    length = _length(seconds)
    rules = rules_for("audio", model, rule)
    rates = [each.numbers["per_second"] for each in rules]
    if direction not in rates[0]:
        read = f"direction {direction!r} for {model}"
        raise InputError(Problem(read, "one of " + ", ".join(rates[0]), path="direction"))
    return spanned([(math.floor(length * rate[direction]),) * 3 for rate in rates], rules)


def video_tokens(
    seconds: float,
    model: str,
    *,
    fps: float = 1.0,
    detail: str = "auto",
    sound: bool = False,
    rule: str | None = None,
) -> TokenCount:
    """Return how many input tokens a video is billed for.

    Parameters
    ----------
    seconds : float
        Its length.
    model : str
        ``provider/id``, bare ``id`` or an alias.
    fps : float
        Frames taken a second; providers take one by default.
    detail : str
        ``auto``, or a level of Gemini 3: ``low``, ``medium``, ``high``.
    sound : bool
        Whether its sound is billed too.
    rule : str, optional
        The name of one rule, where a model has several.

    Returns
    -------
    TokenCount
        ceil(seconds x fps) frames, and what is billed by the second.

    Raises
    ------
    InputError
        If a number is negative or not finite, or the model has no rule.
    """
    length, rate = _length(seconds), _length(fps, "fps")
    rules = rules_for("video", model, rule)
    return spanned([_frames(length, rate, each, detail, sound) for each in rules], rules)


def _frames(length: Fraction, fps: Fraction, rule: MediaRule, detail: str, sound: bool) -> Counts:
    by_second = rule.numbers["other_per_second"] + sound * rule.numbers["sound_per_second"]
    tokens = math.ceil(length * fps) * rule.level(detail) + math.ceil(length * by_second)
    return (tokens,) * 3


def reasoning_tokens(visible_tokens: float, model: str) -> TokenCount:
    """Return how many reasoning tokens may be billed beside a visible answer: an assumption.

    Reasoning is billed as output and not shown. What is known is one figure, the share of output
    tokens that was reasoning in one audit, s; so reasoning is s / (1 - s) times the visible
    output on average. How it varies from call to call is assumed: lognormal, with that mean.

    Parameters
    ----------
    visible_tokens : float
        Output tokens that the user sees.
    model : str
        ``provider/id``, bare ``id`` or an alias of a model that can reason.

    Returns
    -------
    TokenCount
        The mean, and the 5-95 % band of one call; never exact.

    Raises
    ------
    InputError
        If `visible_tokens` is negative or not finite, or the model is not known to reason.
    """
    visible = float(_length(visible_tokens, "visible_tokens"))
    rules = rules_for("reasoning", model)
    return spanned([_law(visible, each) for each in rules], rules)


def _law(visible: float, rule: MediaRule) -> Counts:
    share, cv = rule.numbers["share_of_output"], rule.numbers["cv"]
    mean = visible * share / (1 - share)
    sigma = math.sqrt(math.log1p(cv**2))
    median = mean * math.exp(-(sigma**2) / 2)
    low, high = median * math.exp(-Z95 * sigma), median * math.exp(Z95 * sigma)
    return round(mean), math.floor(low), math.ceil(high)


def _check_count(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        raise InputError(Problem(repr(value), "a whole number, from 0", path=name))


def _length(value: object, name: str = "seconds") -> Fraction:
    if not (isinstance(value, Real) and math.isfinite(value) and float(value) >= 0):
        raise InputError(Problem(f"{value}", "a number from 0 up, finite", path=name))
    return Fraction(str(value))  # 5.85 s are 58.5 tenths, not 58.49999...
