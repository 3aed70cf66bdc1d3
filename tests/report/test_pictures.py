import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from costmodel.report.fan import fan_of
from costmodel.report.pictures import breakdown_svg, fan_svg, inline_svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("narrow", [False, True])
def test_a_fan_is_drawn_to_the_same_bytes_each_time(projection, narrow):
    fan = fan_of(projection)
    assert fan_svg(fan, narrow=narrow) == fan_svg(fan, narrow=narrow)


def test_an_inline_picture_is_xml_and_one_image_to_a_screen_reader(projection):
    svg = inline_svg(fan_svg(fan_of(projection)), "fan", 'Spend of "P50" & <more>')
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Spend of "P50" & <more>'
    assert root.get("width") is None


def test_an_inline_picture_carries_no_date_metadata_or_style_sheet(projection):
    svg = inline_svg(fan_svg(fan_of(projection)), "fan", "")
    assert not {"metadata", "<style", "<?xml", "DOCTYPE", "dc:date"} & set(svg.split())
    assert "<metadata" not in svg
    assert "<style" not in svg


def test_text_stays_text(projection):
    root = ElementTree.fromstring(inline_svg(fan_svg(fan_of(projection)), "fan", ""))
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert "Dec" in words
    assert any(word.startswith("P90 $") for word in words)


def test_ids_are_prefixed_so_that_pictures_share_a_page(projection):
    root = ElementTree.fromstring(inline_svg(fan_svg(fan_of(projection)), "fan", ""))
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert "fan-cm-median" in names
    assert all(name.startswith("fan-") for name in names)
    assert len(set(names)) == len(names)


def test_names_with_markup_or_mathematics_are_drawn_as_they_are(projection):
    parts = {"<b>&$x^2$": np.ones(12)}
    svg = breakdown_svg(projection.months, parts)
    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;$x^2$ 100 %" in svg


def test_drawing_needs_neither_pyplot_nor_pandas_nor_scipy():
    code = (
        "import sys, numpy as np\n"
        "from costmodel.foundation.months import Month\n"
        "from costmodel.report.fan import Fan\n"
        "from costmodel.report.pictures import fan_svg\n"
        "fan_svg(Fan((Month(2026, 12), Month(2027, 1)), np.ones((7, 2))))\n"
        "print([m for m in ('matplotlib.pyplot', 'pandas', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
