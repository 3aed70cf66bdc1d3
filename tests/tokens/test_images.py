"""Image tokens: every golden row, the vendors' examples, limits, and what is refused."""

import csv
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError
from costmodel.tokens import image_tokens
from costmodel.tokens.images import claude_size, patch_count, tile_count
from costmodel.tokens.media_rules import media_rules

GOLDEN = Path(__file__).parents[1] / "data/tokens/golden_images.csv"
ROWS = list(csv.DictReader(GOLDEN.read_text().splitlines()))
STANDARD, HIGH = "anthropic/claude-haiku-4-5", "anthropic/claude-opus-5"
RULES = {rule.name: rule for rule in media_rules()["images"]}

# What the recording of 2026 sent with each image: text of 77 tokens for Claude 5.5 and of 65 for
# Haiku 4.5, the same in every row (256 x 256: 177 - 100 and 165 - 100).
TEXT_5_5, TEXT_4_5 = 77, 65


def tokens(model, size, detail="auto", rule=None):
    return image_tokens(*size, model, detail, rule).tokens


# How each kind of row is asked for: (pattern of the case, what answers it).
READERS = [
    (r"gpt-4o \S+ low", lambda size: tokens("gpt-4o", size, "low")),
    (r"gpt-4o \S+( high)?", lambda size: tokens("gpt-4o", size, "high")),
    (r"4.1-mini patches \S+ x1", lambda size: patch_count(*size, 32, 1536, None)),
    (r"gpt-6 auto \S+", lambda size: tokens("gpt-6-astra", size)),
    (r"gpt-6 high \S+", lambda size: tokens("gpt-6-astra", size, "high")),
    (r"gpt-5.5 auto \S+", lambda size: tokens("gpt-5.5", size)),
    (
        r"claude-5.5 \S+",
        lambda size: TEXT_5_5 + tokens("claude-opus-5-5", size, rule="claude-28-high-client"),
    ),
    (
        r"claude-haiku-4.5 \S+",
        lambda size: TEXT_4_5 + tokens(STANDARD, size, rule="claude-28-standard-client"),
    ),
    (r"claude (std )?\d+x\d+", lambda size: tokens(STANDARD, size)),
    (r"claude hires \d+x\d+", lambda size: tokens(HIGH, size)),
    (r"claude A4 \S+ resized w", lambda size: resized(STANDARD, size)[0]),
    (r"claude A4 \S+ resized h", lambda size: resized(STANDARD, size)[1]),
    (r"claude \d+x\d+ std resized w", lambda size: resized(STANDARD, size)[0]),
    (r"claude 4K hires resized", lambda _: resized(HIGH, (3840, 2160))[1]),
    (r"gpt-5 tiles \S+ high", lambda size: tokens("gpt-5", size, "high")),
    (r"o1 tiles \S+", lambda size: tokens("o1", size)),
    (r"4o-mini tiles \S+", lambda size: tokens("gpt-4o-mini", size)),
    (r"gpt-4.1-mini \S+ x1.62", lambda size: tokens("gpt-4.1-mini", size)),
    (r"gemini2 \S+", lambda size: tokens("gemini-2.5-flash", size)),
]


def resized(model, size):
    rule = RULES["claude-28-high" if model == HIGH else "claude-28-standard"]
    return claude_size(*size, rule.numbers)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_every_golden_row_is_reproduced(row):
    (answer,) = [each for pattern, each in READERS if re.fullmatch(pattern, row["case"])]
    found = re.search(r"(\d+)x(\d+)", row["case"])
    size = (int(found[1]), int(found[2])) if found else None
    assert answer(size) == int(row["expected"])


def test_there_are_as_many_golden_rows_as_were_compiled():
    assert len(ROWS) == 83


@pytest.mark.parametrize(
    ("model", "size", "detail", "expected"),
    [
        # OpenAI, guide Images and vision: 765 and 1105 by tiles, 85 for low
        ("openai/gpt-4o", (1024, 1024), "auto", 765),
        ("openai/gpt-4o", (2048, 4096), "auto", 1105),
        ("openai/gpt-4.1", (4096, 8192), "low", 85),
        ("openai/gpt-5", (1, 1), "low", 70),
        ("openai/o3", (512, 512), "auto", 75 + 150),
        ("openai/o4-mini", (1024, 1024), "auto", math.ceil(1024 * 1.72)),
        ("openai/computer-use-preview", (1024, 1024), "high", 65 + 4 * 129),
        # given to gpt-image-1: shorter side to 512 px, one tile; 4,160 more for a square one
        ("openai/gpt-image-1", (1024, 1024), "auto", 65 + 129),
        ("openai/gpt-image-1", (1024, 1024), "high_fidelity", 65 + 129 + 4160),
        ("openai/gpt-image-1", (1024, 1536), "high_fidelity", 65 + 2 * 129 + 6240),
        # Google, media_resolution of Gemini 3
        ("google/gemini-3.5-flash", (4032, 3024), "auto", 1120),
        ("google/gemini-3.5-flash", (10, 10), "low", 280),
        ("google/gemini-3.1-pro-preview", (10, 10), "medium", 560),
        ("google/gemini-3-flash-preview", (10, 10), "ultra_high", 2240),
        # Google, guide to tokens: 258 up to 384 px
        ("google/gemini-2.5-pro", (384, 385), "auto", 258),
        ("google/gemini-2.5-pro", (769, 100), "auto", 516),
    ],
)
def test_the_vendors_examples_are_reproduced(model, size, detail, expected):
    assert tokens(model, size, detail) == expected


def test_the_measured_rule_is_preferred_and_the_guide_s_widens_the_band():
    count = image_tokens(1024, 1024, "openai/gpt-5-mini")
    # 32 x 32 patches: 1,024 x 1.2 measured, 1,024 x 1.62 by the guide
    assert (count.tokens, count.low, count.high) == (1229, 1229, 1659)
    assert not count.exact
    assert count.method == "openai-patches-measured-1.2"
    assert "community.openai.com" in count.source
    assert "or documented" in count.source


def test_one_rule_can_be_asked_for_by_name():
    count = image_tokens(1024, 1024, "openai/gpt-5-mini", rule="openai-patches-1.62")
    assert (count.tokens, count.low, count.high, count.exact) == (1659, 1659, 1659, True)


def test_a_rough_formula_of_the_vendor_widens_the_band():
    # 960 x 540: 2 x 1 tiles of 768 px, or 3 x 2 of floor(540 / 1.5) = 360 px
    count = image_tokens(960, 540, "gemini-2.5-pro")
    assert (count.tokens, count.low, count.high) == (516, 516, 1548)


def test_what_is_not_in_the_vendor_s_table_is_a_band():
    # 1,460 were recorded for 56 x 26 = 1,456 squares, in 2026
    count = image_tokens(1568, 728, STANDARD)
    assert (count.tokens, count.low, count.high, count.exact) == (1456, 1456, 1460, False)


def test_undisputed_rules_are_exact_and_assumed_ones_are_not():
    assert image_tokens(1024, 1024, "openai/gpt-4o").exact
    assert not image_tokens(1024, 1024, "openai/gpt-5.1").exact
    assert "as gpt-5" in image_tokens(1024, 1024, "openai/gpt-5.1").source


def test_a_bare_id_and_a_dated_alias_mean_the_model():
    full = image_tokens(800, 600, "anthropic/claude-haiku-4-5")
    assert image_tokens(800, 600, "claude-haiku-4-5") == full
    assert image_tokens(800, 600, "claude-haiku-4-5-20251001") == full


SIZES = st.integers(1, 20_000)
MODELS = sorted({model for rule in RULES.values() for model in rule.models})


@given(SIZES, SIZES, st.sampled_from(MODELS))
def test_an_image_costs_something_within_its_band_and_as_much_when_turned(width, height, model):
    count = image_tokens(width, height, model)
    assert 0 < count.low <= count.tokens <= count.high
    assert image_tokens(height, width, model).tokens == count.tokens


@given(SIZES, SIZES, st.integers(1, 4000))
def test_patches_never_exceed_the_budget_and_cover_an_image_that_fits(width, height, budget):
    count = patch_count(width, height, 32, budget, None)
    needed = math.ceil(Fraction(width, 32)) * math.ceil(Fraction(height, 32))
    assert 1 <= count <= budget
    assert count == needed or needed > budget


@given(SIZES, SIZES, st.sampled_from(["claude-28-standard", "claude-28-high"]))
def test_claude_s_size_is_the_largest_within_both_limits(width, height, name):
    limits = RULES[name].numbers
    longest = max(width, height)

    def fits(side):
        squares = [math.ceil(Fraction(max(1, side * each // longest), 28)) for each in size]
        return side <= limits["longest"] and math.prod(squares) <= limits["budget"]

    size = (width, height)
    best = max(claude_size(width, height, limits))
    assert fits(best)
    assert best == longest or not fits(best + 1)


@given(SIZES, SIZES)
def test_tiles_equal_the_guide_s_steps_one_after_the_other(width, height):
    first = min(Fraction(1), Fraction(2048, max(width, height)))
    wide, high = width * first, height * first
    second = min(Fraction(1), 768 / min(wide, high))
    expected = math.ceil(wide * second / 512) * math.ceil(high * second / 512)
    assert tile_count(width, height, RULES["openai-tiles-4o"].numbers) == expected


def test_a_strip_thinner_than_a_patch_costs_at_most_the_budget():
    assert patch_count(1, 100_000, 32, 1536, None) == 1536


def test_sizes_may_be_numpy_s_integers():
    sizes = np.array([1024, 1024])
    assert image_tokens(sizes[0], sizes[1], "openai/gpt-4o").tokens == 765


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "10"])
def test_a_side_that_is_no_number_of_pixels_is_refused(wrong):
    message = rf"^width: read {wrong!r}; expected a whole number of pixels, from 1$"
    with pytest.raises(InputError, match=message):
        image_tokens(wrong, 10, "openai/gpt-4o")


def test_a_model_without_a_rule_is_refused_with_those_that_have_one():
    with pytest.raises(InputError, match=r"'openai/o3-mini'.*expected one of openai/gpt-4o, "):
        image_tokens(10, 10, "openai/o3-mini")
    with pytest.raises(InputError, match="for which no rule for images is known"):
        image_tokens(10, 10, "deepseek/deepseek-v4-pro")


def test_a_detail_the_rule_does_not_have_is_refused_with_those_it_has():
    with pytest.raises(InputError, match=r"read detail 'ultra'; expected one of low, high, auto"):
        image_tokens(10, 10, "openai/gpt-4o", "ultra")
    with pytest.raises(InputError, match=r"read detail 'high'; expected one of auto"):
        image_tokens(10, 10, HIGH, "high")


def test_a_rule_the_model_does_not_have_is_refused_with_those_it_has():
    message = r"rule: read rule 'x'; expected one of claude-28-standard, claude-28-standard-client"
    with pytest.raises(InputError, match=message):
        image_tokens(10, 10, STANDARD, rule="x")
