"""The picture of price histories: what is drawn where, and that it can be read."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import costmodel as cm
from costmodel.foundation.errors import InputError, PriceNotKnownError
from costmodel.prices import PriceBook, PriceStep, RateCard
from costmodel.prices.history import PriceHistory
from costmodel.report.calendar_axis import day_number
from costmodel.report.price_history import price_history, title, view_of
from costmodel.report.rate_canvas import FADE_LAYERS
from costmodel.report.rate_lines import MOST_MODELS
from costmodel.report.rate_panel import DASHES, DOTS, PEAK_WIDTH, PROMO_WIDTH, WIDTH

BOOK = cm.load_prices("2026-11-23")
KNOWN = day_number(date(2026, 11, 23))
FOUR = ("gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna", "gemini-3.6-flash")
TEN = (
    "anthropic/claude-opus-5-5", "anthropic/claude-sonnet-5-5", "anthropic/claude-haiku-5-5",
    "deepseek/deepseek-v4-pro", "google/gemini-4-argon", "google/gemini-3.8-flash",
    "google/gemini-3.6-flash", "openai/gpt-6.1-sol", "openai/gpt-5.6-terra", "openai/gpt-5.4-nano",
)  # fmt: skip
CASES = {
    "an announced doubling": ("google/gemini-3.8-flash", {}),
    "four models": (FOUR, {}),
    "peak hours": ("deepseek/deepseek-v4-pro", {}),
    "a mode that ends": ("anthropic/claude-opus-4-8", {"mode": "fast"}),
    "an embedding": ("google/gemini-embedding-001", {}),
    "a flat price": ("anthropic/claude-opus-5", {}),
    "ten models": (TEN, {}),
    "a withdrawn increase": ("claude-sonnet-5", {"withdrawn": True}),
    "every rate": ("anthropic/claude-opus-5-5", {"fields": ("input", "cache_read", "output")}),
}


def drawn(name):
    models, options = CASES[name]
    return price_history(models, prices=BOOK, **options)


def texts_of(figure):
    """Return every text that is shown with its box, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    found = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in found]


def words_of(figure):
    return " | ".join(words for words, _ in texts_of(figure))


def lines_of(figure, **look):
    """Return the lines of the panels, not of the key, that have a certain look."""
    lines = [line for axes in figure.axes[1:] for line in axes.get_lines()]
    return [
        line
        for line in lines
        if all(getattr(line, f"get_{name}")() == value for name, value in look.items())
    ]


@pytest.mark.parametrize("name", CASES)
def test_no_two_texts_overlap_and_all_are_on_the_page(name):
    figure = drawn(name)
    width, height = figure.get_size_inches() * figure.dpi
    boxes = texts_of(figure)
    for words, box in boxes:
        assert box.x0 >= 0, words
        assert box.x1 <= width, words
        assert box.y0 >= 0, words
        assert box.y1 <= height, words
    for (words, one), (others, other) in combinations(boxes, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        up = min(one.y1, other.y1) - max(one.y0, other.y0)
        # A text's box has some air above and below its letters.
        assert across <= 1 or up <= 0.35 * min(one.height, other.height), f"{words} / {others}"


def test_a_single_model_has_one_panel_several_have_one_for_each_rate():
    assert len(drawn("an announced doubling").axes) == 1 + 1
    assert len(drawn("four models").axes) == 1 + 2
    assert "Input" in words_of(drawn("four models"))


def test_rates_far_apart_are_shown_in_equal_ratios():
    # gemini-3.8-flash: 0.75 to 7.50, ten times: still from zero. The four: 0.20 to 5.00.
    assert drawn("an announced doubling").axes[1].get_yscale() == "linear"
    assert drawn("an announced doubling").axes[1].get_ylim()[0] == 0
    assert drawn("four models").axes[1].get_yscale() == "log"


def test_labels_name_the_last_rate_and_until_when():
    assert "output $7.50" in words_of(drawn("an announced doubling"))
    assert "output $50.00 until 2026-11-30" in words_of(drawn("a mode that ends"))
    assert "gpt-5.4-nano $0.20 until 2027-04-01" in words_of(drawn("ten models"))


def test_what_is_announced_is_dashed_and_begins_on_the_snapshots_day():
    figure = drawn("an announced doubling")
    dashed = [line for line in lines_of(figure) if line._unscaled_dash_pattern == DASHES]
    assert len(dashed) == 2
    assert {line.get_xdata()[0] for line in dashed} == {KNOWN}
    assert {tuple(line.get_ydata()) for line in dashed} == {
        (0.75, 0.75, 1.5, 1.5),
        (3.75, 3.75, 7.5, 7.5),
    }
    solid = lines_of(figure, linewidth=WIDTH, linestyle="-")
    assert max(line.get_xdata()[-1] for line in solid) == KNOWN


def test_an_unknown_launch_fades_in_at_the_edge_and_a_known_one_starts_on_its_day():
    figure = drawn("a flat price")
    left = figure.axes[1].get_xlim()[0]
    at_the_edge = [x for x in lines_of(figure, linewidth=WIDTH) if x.get_xdata()[0] == left]
    assert [line.get_alpha() for line in at_the_edge] == [pytest.approx(1 / FADE_LAYERS)] * 2
    assert "launch date not known" in words_of(figure)
    # gpt-5.4-nano was first seen on 2026-03-17: it starts there, with a ring.
    nano = price_history("openai/gpt-5.4-nano", fields="input", prices=BOOK)
    (ring,) = lines_of(nano, marker="o")
    assert list(ring.get_xdata()) == [day_number(date(2026, 3, 17))]
    assert "launch date not known" not in words_of(nano)
    assert "first seen that day, may be older" in words_of(nano)


def test_a_promotion_lies_on_a_band_that_ends_with_it():
    figure = drawn("an announced doubling")
    bands = lines_of(figure, linewidth=PROMO_WIDTH)
    assert max(line.get_xdata()[-1] for line in bands) == day_number(date(2027, 1, 1))
    assert not lines_of(drawn("a flat price"), linewidth=PROMO_WIDTH)


def test_a_retirement_is_a_cross_and_the_end_of_a_mode_a_bar():
    (cross,) = lines_of(drawn("an embedding"), marker="x")
    assert list(cross.get_xdata()) == [day_number(date(2028, 5, 14))]
    bars = lines_of(drawn("a mode that ends"), marker="|")
    assert {line.get_xdata()[0] for line in bars} == {day_number(date(2026, 11, 30))}


def test_peak_hours_are_a_thinner_line_with_its_own_label_and_key():
    figure = drawn("peak hours")
    thin = [line for line in lines_of(figure, linewidth=PEAK_WIDTH) if line.get_alpha() == 0.85]
    assert {rate for line in thin for rate in line.get_ydata()} == {1.32, 3.96}
    assert "output, peak hours $3.96" in words_of(figure)
    assert "peak hours 09:00-12:00, 14:00-18:00 Mon-Fri, Asia/Shanghai" in words_of(figure)


def test_withdrawn_announcements_are_shown_only_when_asked_for():
    asked = drawn("a withdrawn increase")
    assert "$15.00, called off 2026-08-14" in words_of(asked)
    assert [line for line in lines_of(asked) if line._unscaled_dash_pattern == DOTS]
    plain = price_history("claude-sonnet-5", prices=BOOK)
    assert "called off" not in words_of(plain)
    assert max(plain.axes[1].get_ylim()) < 15


def test_the_title_says_what_it_is():
    figure = drawn("an announced doubling")
    assert "Price of google/gemini-3.8-flash" in words_of(figure)
    assert "USD per 1M tokens, standard mode, as known on 2026-11-23" in words_of(figure)
    batch = price_history("openai/gpt-5", fields="output", mode="batch", prices=BOOK)
    assert "Output price of openai/gpt-5" in words_of(batch)
    assert "batch mode" in words_of(batch)
    assert "Prices of 10 models" in words_of(drawn("ten models"))


def test_the_title_says_a_contract_and_a_reconstruction():
    steps = (PriceStep("input", None, None, 1.0),)
    day = date(2026, 1, 1)
    history = PriceHistory("a/b", "standard", steps, str(day), day, "Ours", "made of notes")
    assert title([history], ["input"]) == (
        "Input price of a/b",
        "USD per 1M tokens, standard mode, as known on 2026-01-01, a reconstructed snapshot, "
        "under contract Ours",
    )


def test_a_note_names_models_that_charge_long_prompts_otherwise():
    words = words_of(drawn("four models")).replace("\n", " ")
    assert "above 272,000 tokens gpt-5.6-sol" in words


def test_the_view_holds_every_date_and_half_a_year_around_the_snapshot():
    # gemini-3.6-flash: 2026-07-22 to 2027-01-01; the snapshot's half years: 05-24 to 2027-05-25.
    view = view_of([BOOK.history("google/gemini-3.6-flash")], None, None)
    assert (view.start, view.end) == (day_number(date(2026, 4, 1)), day_number(date(2027, 7, 1)))
    assert view.now == KNOWN


def test_log_ticks_are_round_numbers_inside_the_axis():
    axes = drawn("four models").axes[1]
    labels = [t.get_text() for t in axes.texts if t.get_text().startswith("$")]
    ticks = [float(label[1:]) for label in labels if " " not in label]
    low, high = axes.get_ylim()
    assert ticks
    assert all(low <= tick <= high for tick in ticks)
    assert {f"{tick:e}"[0] for tick in ticks} <= set("1235")


# --- what is refused


def test_too_many_models_are_refused():
    names = BOOK.models()[: MOST_MODELS + 1]
    with pytest.raises(InputError, match="read 15 models; expected 1 to 14 models in one picture"):
        price_history(names, fields="input", prices=BOOK)


def test_no_model_is_refused():
    with pytest.raises(InputError, match="read 0 models"):
        price_history([], prices=BOOK)


def test_a_book_and_a_snapshot_together_are_refused():
    with pytest.raises(InputError, match="leave out snapshot="):
        price_history("openai/gpt-5", prices=BOOK, snapshot="2026-11-23")


def test_an_end_before_the_start_is_refused():
    with pytest.raises(InputError, match=r"end: .*expected an end after the start"):
        price_history("openai/gpt-5", start="2027-01-01", end="2026-01-01", prices=BOOK)


def test_days_without_a_price_are_refused():
    with pytest.raises(InputError, match="start: read no price in these days"):
        price_history("openai/gpt-5.4-nano", start="2027-05-01", end="2027-08-01", prices=BOOK)


def test_prices_without_any_date_need_the_days_to_show():
    book = PriceBook.from_cards({"own/m": RateCard(input=1, output=2)})
    with pytest.raises(InputError, match=r"prices without any date; .* give start= and end="):
        price_history("own/m", prices=book)
    figure = price_history("own/m", prices=book, start="2026-01-01", end="2027-01-01")
    assert "as announced" not in words_of(figure)


def test_a_mode_a_model_does_not_have_is_refused():
    with pytest.raises(PriceNotKnownError, match="claude-opus-5 has no 'flex' price"):
        price_history(["openai/gpt-5", "anthropic/claude-opus-5"], mode="flex", prices=BOOK)


def test_a_free_model_is_drawn_on_a_linear_axis():
    book = PriceBook.from_cards({"own/m": RateCard(input=0)}, snapshot="2026-11-23")
    figure = price_history("own/m", prices=book)
    assert figure.axes[1].get_yscale() == "linear"
    assert "input $0.00" in words_of(figure)
