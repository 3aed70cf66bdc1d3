"""Pictures as files and in notebooks."""

from __future__ import annotations

import re

import pytest
from matplotlib.text import Text

import costmodel as cm
from costmodel.foundation.errors import InputError
from costmodel.prices import PriceBook, RateCard
from costmodel.report import style
from costmodel.report.drawing import picture_bytes, picture_format, write_picture


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_picture_is_the_same_bytes_every_time(kind):
    first, again = (
        picture_bytes(cm.price_history("google/gemini-3.8-flash"), kind) for _ in range(2)
    )
    assert first == again
    assert len(first) > 5_000


def test_a_picture_is_written_by_its_ending(tmp_path):
    figure = cm.price_history("openai/gpt-5")
    assert write_picture(figure, tmp_path / "p.PNG").read_bytes()[1:4] == b"PNG"
    assert b"<svg" in write_picture(figure, tmp_path / "p.svg").read_bytes()
    assert write_picture(figure, tmp_path / "p.pdf").read_bytes()[:4] == b"%PDF"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.PNG", "p.pdf", "p.svg"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "p.gif",
            r"read 'p.gif', which ends in '.gif'; expected .* one of .png, .svg, .pdf",
        ),
        ("p", "read 'p', which has no ending; .* write p.png"),
        ("p.pgn", "did you mean 'png'"),
    ],
)
def test_another_ending_is_refused_with_the_list(name, words):
    with pytest.raises(InputError, match=words):
        picture_format(name)


def test_a_picture_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "p.png"
    target.write_text("old")
    figure = cm.price_history("openai/gpt-5")
    monkeypatch.setattr(figure, "savefig", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_picture(figure, target)
    assert target.read_text() == "old"


def test_a_notebook_shows_an_svg_with_words_that_follows_its_theme():
    html = cm.price_history("google/gemini-3.8-flash")._repr_html_()
    assert 'role="img"' in html
    label = re.search(r'aria-label="([^"]*)"', html)[1]
    assert "gemini-3.8-flash output: $3.75, $7.50 from 2027-01-01." in label
    assert "body[data-jp-theme-light='false']" in html
    assert f"var(--cm-{style.CATEGORIES[0].name}, #0072b2)" in html
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="https?:', html)


def test_hostile_names_are_text_in_the_picture():
    name = "own/<script>$x^2$"
    figure = cm.price_history(name, prices=PriceBook.from_cards({name: RateCard(input=1, output=2)},
                                                                snapshot="2026-11-23"))  # fmt: skip
    html = figure._repr_html_()
    assert "<script>" not in html
    assert any("$x^2$" in text.get_text() for text in figure.findobj(Text))
