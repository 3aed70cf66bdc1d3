"""PDF pages, sound, video, reasoning: vendors' examples, bands, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError
from costmodel.tokens import audio_tokens, known_models, pdf_tokens, reasoning_tokens, video_tokens
from costmodel.tokens.media_rules import media_rules

NEW, OLD = "anthropic/claude-opus-5-5", "anthropic/claude-haiku-4-5"
GEMINI_2, GEMINI_3 = "google/gemini-2.5-pro", "google/gemini-3.5-flash"


@pytest.mark.parametrize(
    ("model", "pages", "text", "recorded"),
    [
        # JOHNISKING/pdf-token-cost: 1 and 10 pages whose text alone counts 728 and 503; 26 and 19
        # of these are the question (what is left of one page after nine further ones)
        (NEW, 1, 702, 2347 - 26),
        (NEW, 10, 7020, 23_236 - 26),
        (OLD, 1, 484, 2115 - 19),
        (OLD, 10, 4840, 20_979 - 19),
        (GEMINI_3, 1, 400, 561 - 1),
        (GEMINI_3, 10, 4000, 5601 - 1),
    ],
)
def test_recorded_documents_are_reproduced(model, pages, text, recorded):
    assert pdf_tokens(pages, model, text).tokens == pytest.approx(recorded, abs=5)


def test_a_page_is_an_image_and_its_text_for_claude():
    known = pdf_tokens(3, NEW, 2000)
    assert known.tokens == known.low == known.high == 3 * 1619 + 2000
    assert not known.exact  # pages of one layout were recorded
    unknown = pdf_tokens(3, NEW)  # 1,500 to 3,000 a page by the guide: 2,250 in the middle
    assert unknown.tokens == 3 * (1619 + 2250)
    assert (unknown.low, unknown.high) == (3 * (1619 + 702), 3 * (1619 + 3000))
    assert not unknown.exact


def test_gemini_3_may_bill_the_text_of_a_page_too():
    count = pdf_tokens(2, GEMINI_3, 900)
    assert (count.tokens, count.low, count.high) == (2 * 560, 2 * 560, 2 * 560 + 900)
    assert pdf_tokens(2, GEMINI_3, detail="high").tokens == 2 * 1120


def test_a_page_is_258_tokens_for_gemini_2_5():
    assert pdf_tokens(10, GEMINI_2).tokens == 2580


@pytest.mark.parametrize(
    ("model", "seconds", "direction", "expected"),
    [
        (GEMINI_2, 60, "input", 1920),  # Google's guide: a minute is 1,920
        (GEMINI_3, 0, "input", 0),
        ("openai/gpt-realtime", 5.85, "input", 58),  # OpenAI's guide to the Realtime API
        ("openai/gpt-realtime", 7.30, "output", 146),
        ("openai/gpt-realtime", 3600, "input", 36_000),
        ("openai/gpt-realtime-mini", 3600, "output", 72_000),
    ],
)
def test_sound_is_billed_by_the_second(model, seconds, direction, expected):
    count = audio_tokens(seconds, model, direction)
    assert count.tokens == expected
    assert count.exact


def test_video_is_frames_and_what_goes_by_the_second():
    assert video_tokens(60, GEMINI_2).tokens == 60 * 263
    assert video_tokens(60, GEMINI_2, sound=True).tokens == 60 * (263 + 32)
    assert video_tokens(60, GEMINI_2, fps=0.5).tokens == 30 * 258 + 60 * 5
    assert video_tokens(60, GEMINI_3).tokens == 60 * 70
    assert video_tokens(60, GEMINI_3, detail="high", fps=2).tokens == 120 * 280
    assert video_tokens(0.1, GEMINI_3, fps=10).tokens == 70  # one frame, not two


def test_reasoning_is_a_law_on_the_visible_output_and_says_that_it_is_assumed():
    count = reasoning_tokens(900, "openai/gpt-5")
    assert count.tokens == 1100  # 55 of 100: 0.55 / 0.45 = 1.222 times the visible
    # lognormal, mean 1100, cv 1: sigma^2 = ln 2, median 1100 / sqrt 2 = 777.8
    assert count.low == math.floor(777.817 * math.exp(-1.6449 * math.sqrt(math.log(2))))
    assert count.high == math.ceil(777.817 * math.exp(1.6449 * math.sqrt(math.log(2))))
    assert not count.exact
    assert count.source.startswith("assumed")


def test_an_assumed_rule_is_not_exact():
    assert audio_tokens(60, GEMINI_3).exact
    assert not audio_tokens(60, "google/gemini-4-argon").exact


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_longer_sound_is_never_cheaper(one, other):
    short, long = sorted((one, other))
    assert audio_tokens(short, GEMINI_2).tokens <= audio_tokens(long, GEMINI_2).tokens


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pdf_tokens(-1, NEW), r"^pages: read -1; expected a whole number, from 0$"),
        (lambda: audio_tokens("9", GEMINI_2), r"^seconds: read 9; expected a number from 0 up"),
        (lambda: pdf_tokens(1, NEW, 1.5), r"^text_tokens: read 1.5; expected a whole number"),
        (lambda: audio_tokens(-1, GEMINI_2), r"^seconds: read -1; expected a number from 0 up"),
        (lambda: audio_tokens(math.nan, GEMINI_2), r"^seconds: read nan; expected a number from"),
        (lambda: video_tokens(1, GEMINI_2, fps=math.inf), r"^fps: read inf; expected a number"),
        (lambda: reasoning_tokens(-2, "o3"), r"^visible_tokens: read -2; expected a number"),
        (
            lambda: audio_tokens(1, GEMINI_2, "output"),
            r"^direction: read direction 'output' for google/gemini-2.5-pro; expected one of input",
        ),
        (
            lambda: video_tokens(1, NEW),
            r"'anthropic/claude-opus-5-5', for which no rule for video is known; expected one of "
            r"google/gemini-2.5-pro",
        ),
        (lambda: pdf_tokens(1, "gpt-5"), "no rule for pdf is known"),
        (lambda: reasoning_tokens(1, "gpt-4o"), "no rule for reasoning is known"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


# --- the data


EVERY = [(medium, rule) for medium, rules in media_rules().items() for rule in rules]


def test_every_rule_has_a_source_a_date_and_a_known_basis():
    assert all(rule.source and rule.date and rule.models for _, rule in EVERY)
    assert {rule.basis for _, rule in EVERY} == {"documented", "measured", "assumed"}


def test_rules_have_names_of_their_own_and_name_known_models():
    names = [rule.name for _, rule in EVERY]
    assert len(set(names)) == len(names)
    without_text = {f"openai/{name}" for name in ("gpt-realtime", "gpt-realtime-mini")}
    without_text |= {f"openai/{name}" for name in ("gpt-image-1", "computer-use-preview")}
    without_text |= {"openai/gpt-4.5-preview"}
    without_text |= {f"openai/gpt-4o{name}-realtime-preview" for name in ("", "-mini")}
    assert {model for _, rule in EVERY for model in rule.models} <= {*known_models(), *without_text}
