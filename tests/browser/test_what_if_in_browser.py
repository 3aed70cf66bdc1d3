"""The what-if notebook in a real JupyterLab, moved by the arrow keys of a real browser."""

import shutil
from pathlib import Path

import pytest

from tests.browser import jupyter

NOTEBOOK = "01_monthly_spend.ipynb"
FOLDER = Path(__file__).parents[2] / "notebooks"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(jupyter.CHROMIUM is None, reason="no chromium on the PATH (apt: chromium)"),
]

PICTURE = ".cm-what-if svg:visible"
FIGURES = ".cm-what-if [role=status]"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The notebook with all its cells run: page, errors shown, requests to the outside."""
    home = tmp_path_factory.mktemp("jupyter")
    work = home / "notebooks"
    work.mkdir()
    shutil.copy(FOLDER / NOTEBOOK, work)
    with jupyter.jupyter_lab(work, home) as address, jupyter.chromium_page() as (page, outside):
        errors = jupyter.run_notebook(page, address, NOTEBOOK)
        page.locator(PICTURE).wait_for(timeout=60_000)
        yield page, errors, outside


def picture(page):
    return page.locator(PICTURE).evaluate("svg => svg.outerHTML")


def figures(page):
    return page.locator(FIGURES).inner_text()


CHANGED = """([picture, figures]) => {
  const shown = [...document.querySelectorAll('.cm-what-if svg')].filter(e => e.checkVisibility());
  const words = document.querySelector('.cm-what-if [role=status]').innerText;
  return shown.length === 1 && shown[0].outerHTML !== picture && words !== figures;
}"""


def press(page, slider, key):
    """Press a key on a slider and return picture and figures once both have changed."""
    before = [picture(page), figures(page)]
    slider.focus()
    page.keyboard.press(key)
    page.wait_for_function(CHANGED, arg=before, timeout=20_000)
    return picture(page), figures(page)


def test_the_notebook_runs_without_an_error_or_a_word_on_stderr(opened):
    _, errors, _ = opened
    assert errors == []


def test_five_sliders_are_found_by_their_role_and_named_beside_them(opened):
    page, _, _ = opened
    sliders = page.get_by_role("slider")
    assert sliders.count() == 5
    labels = page.locator(".cm-right .cm-slider > .widget-label").all_inner_texts()
    assert len(set(labels)) == 5
    for label in page.locator(".cm-right .cm-slider > .widget-label").all():
        assert label.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), "a label is cut off"


@pytest.mark.parametrize("number", range(5))
def test_every_slider_changes_the_picture_and_brings_it_back_bit_for_bit(opened, number):
    page, _, _ = opened
    slider = page.get_by_role("slider").nth(number)
    opening = picture(page), figures(page)
    away = press(page, slider, "ArrowRight")
    assert away != opening
    assert "▲" in away[1]
    assert press(page, slider, "ArrowLeft") == opening


def test_reset_brings_the_opening_state_back(opened):
    page, _, _ = opened
    opening = picture(page), figures(page)
    for number in range(3):
        press(page, page.get_by_role("slider").nth(number), "PageUp")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function(
        "words => document.querySelector('.cm-what-if [role=status]').innerText === words",
        arg=opening[1],
        timeout=20_000,
    )
    assert (picture(page), figures(page)) == opening


@pytest.mark.parametrize(
    ("name", "sliders"), [("prefix_cache", 0), ("faq_cache", 2), ("fair_use", 1)]
)
def test_a_strategy_is_switched_by_the_keyboard_and_back_bit_for_bit(opened, name, sliders):
    page, _, _ = opened
    switch = page.get_by_role("checkbox", name=name)
    opening = picture(page), figures(page)
    assert "▼" in press(page, switch, "Space")[1]
    assert switch.is_checked()
    wait_for_sliders(page, 5 + sliders)
    assert press(page, switch, "Space") == opening
    wait_for_sliders(page, 5)


def wait_for_sliders(page, number):
    """Wait until so many sliders can be seen: they come with a message of their own."""
    from playwright.sync_api import expect

    expect(page.get_by_role("slider")).to_have_count(number, timeout=20_000)


def test_a_pinned_state_is_what_the_next_is_held_against(opened):
    page, _, _ = opened
    switch = page.get_by_role("checkbox", name="fair_use")
    opening = figures(page)
    press(page, switch, "Space")
    pin(page, "as pinned")
    assert "▼" not in figures(page)
    assert "▲" in press(page, switch, "Space")[1]
    pin(page, "as opened")
    assert figures(page) == opening


def pin(page, words):
    """Pin what is shown, and wait until the figures say so."""
    page.get_by_role("button", name="Pin this").click()
    page.locator(FIGURES, has_text=words).wait_for(timeout=20_000)


def test_the_picture_follows_the_dark_theme(opened):
    page, _, _ = opened
    colour = "e => getComputedStyle(e.querySelector('.cm-median')).stroke"
    light = page.locator(PICTURE).evaluate(colour)
    page.evaluate("() => { document.body.dataset.jpThemeLight = 'false'; }")
    assert page.locator(PICTURE).evaluate(colour) != light
    page.evaluate("() => { document.body.dataset.jpThemeLight = 'true'; }")


def test_nothing_asks_the_network_for_anything(opened):
    _, _, outside = opened
    assert outside == []
