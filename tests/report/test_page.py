import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest

import costmodel as cm
from costmodel.foundation.errors import InputError
from costmodel.report import page
from costmodel.report.page import render_html, write_html
from costmodel.report.templating import breakable, linked

VOID = {"meta", "wbr", "br", "img", "link"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that tags are balanced."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words, self.ids = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for key, value in attrs if key == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def html(projection, error):
    return render_html(projection, error)


@pytest.fixture(scope="module")
def read(html):
    return Reader(html)


def test_the_headline_answers_the_question(read, projection):
    last = projection.month(12)
    chance = f"{100 * projection.chance_over_budget:.0f} %"
    assert (
        f"Month 12 (2027-11): P50 ${last.p50:,.0f}, P90 ${last.p90:,.0f}; "
        f"the dearest month exceeds the budget of $1,500 in {chance} of futures."
    ) in read.text


def test_prices_seed_and_draws_stand_below_the_headline(read):
    assert "Price table of case · seed 0 · 256 draws" in read.text


def test_every_month_stands_with_the_projections_figures(read, projection):
    for number, month in enumerate(projection.months, start=1):
        spend = projection.month(number)
        figures = "".join(f"${x:,.0f}" for x in (spend.p10, spend.p50, spend.p90, spend.mean))
        assert f"{month}{figures}" in read.text


def test_the_reader_is_told_that_quantiles_do_not_add_up(read):
    assert "The P90s of the months do not add up to the P90 of the total" in read.text


def test_features_segments_and_meters_have_their_rows(read):
    for words in ("By feature", "answer", "search", "By segment", "free", "pro", "By meter"):
        assert words in read.text
    for meter in ("input", "cached input", "cache write", "output"):
        assert meter in read.text


def test_models_are_not_repeated_where_each_feature_has_its_own(read):
    assert "By model" not in read.text


def test_every_belief_has_a_row_with_its_source(read, scenario):
    for path in scenario.beliefs():
        assert path in read.text
    assert "Dana <d@x>" in read.text
    assert "No source given" in read.text


def test_marks_are_on_the_chart_and_explained_below_it(read):
    assert "A price" in read.text
    assert "B start" in read.text
    assert "A 2027-01: case/a: input $2 -> $1" in read.text
    assert "B 2027-03: search starts" in read.text


def test_warnings_are_counted_at_the_top_and_listed(read, projection):
    count = len(projection.warnings)
    assert f"{count} reservation" in read.text
    for warning in projection.warnings:
        assert warning in read.text


def test_a_reconstructed_price_table_is_said_at_the_top_and_in_the_provenance(projection):
    made = "made on 2026-11-24 from older packages"
    origin = replace(projection.provenance, reconstructed=made)
    told = Reader(render_html(replace(projection, provenance=origin), None)).words
    text = " ".join(" ".join(told).split())
    assert f"Price table of {origin.snapshot} (reconstructed)" in text
    assert f"Reconstructed {made}" in text
    usual = " ".join(Reader(render_html(projection, None)).words)
    assert "econstructed" not in usual


def test_provenance_makes_the_numbers_again(read, projection):
    origin = projection.provenance
    for words in (origin.scenario_digest, origin.snapshot_digest, origin.command, origin.version):
        assert words in read.text
    assert "belief, drift, spread" in read.text
    assert (
        "One standard error, from 10 runs with other seeds: "
        "dearest month P10 ±1.1 %, P50 ±0.8 %, P90 ±1.4 %; total P10 ±0.2 %"
    ) in read.text


def test_the_scenario_stands_there_in_full(read):
    assert "top_1_percent: 23%" in read.text


def test_nothing_is_requested_and_no_script_is_there(read, html):
    tags = {name for name, _ in read.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert all("src" not in attrs for _, attrs in read.tags)
    used = [attrs["xlink:href"] for _, attrs in read.tags if "xlink:href" in attrs]
    assert all(place.startswith("#") for place in used)
    assert "@import" not in html
    assert re.findall(r"url\((?!#)", html) == []


def test_only_sources_link_out_and_only_over_http(read):
    outside = [attrs["href"] for attrs in read.all("a") if not attrs["href"].startswith("#")]
    assert outside == ["https://example.com/count?a=1&b=2"]


def test_a_policy_forbids_requests(read):
    policies = [m["content"] for m in read.all("meta") if "http-equiv" in m]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_hostile_texts_are_shown_not_run(read, html):
    assert "<script>alert('name')</script> & $x^2$" in read.text
    assert "<script>alert('mark')</script>" in read.text
    assert "<script>alert('warning')</script>" in read.text
    assert '"><img src=x onerror=alert(1)>' in read.text
    assert "<script" not in html
    assert "<img" not in html


def test_handlers_of_events_are_nowhere(read):
    assert [key for _, attrs in read.tags for key in attrs if key.startswith("on")] == []


def test_pictures_are_xml_with_their_numbers_in_words(html, projection):
    pictures = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    roots = [ElementTree.fromstring(picture) for picture in pictures]
    labels = [root.get("aria-label") for root in roots]
    assert [root.get("role") for root in roots] == ["img"] * 4
    assert f"P50 ${projection.month(12).p50:,.0f}" in labels[0]
    assert labels[0] == labels[1]
    assert labels[2].startswith("Mean spend by feature over all months: answer $")
    assert labels[3].startswith("Mean spend by meter over all months: input $")


def test_ids_are_unique_in_the_page(read):
    assert len(read.ids) == len(set(read.ids))


def test_tables_have_captions_and_scopes(read):
    captions = [name for name, _ in read.tags if name == "caption"]
    assert len(captions) == 5
    assert all("scope" in attrs for attrs in read.all("th"))


def test_headings_go_down_one_level_at_a_time(read):
    levels = [int(name[1]) for name, _ in read.tags if re.fullmatch(r"h\d", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_the_same_projection_gives_the_same_bytes(projection, error, tmp_path):
    first = write_html(projection, tmp_path / "a.html", error).read_bytes()
    assert write_html(projection, tmp_path / "b.html", error).read_bytes() == first


def test_a_failing_report_leaves_the_old_one(projection, error, tmp_path, monkeypatch):
    target = tmp_path / "report.html"
    target.write_text("old")
    monkeypatch.setattr(page, "fan_svg", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_html(projection, target, error)
    assert target.read_text() == "old"


def test_a_folder_is_refused_before_anything_is_simulated(projection, tmp_path, monkeypatch):
    monkeypatch.setattr("costmodel.engine.montecarlo.monte_carlo_error", lambda *_: 1 / 0)
    with pytest.raises(InputError, match="which is a folder"):
        write_html(projection, tmp_path)


def test_the_monte_carlo_error_is_measured_where_none_is_given(
    projection, error, tmp_path, monkeypatch
):
    asked = []

    def measured(one):
        asked.append(one)
        return error

    monkeypatch.setattr("costmodel.engine.montecarlo.monte_carlo_error", measured)
    text = write_html(projection, tmp_path / "r.html").read_text(encoding="utf-8")
    assert asked == [projection]
    assert text == render_html(projection, error)


def test_the_monte_carlo_error_can_be_left_out(projection, tmp_path, monkeypatch):
    monkeypatch.setattr("costmodel.engine.montecarlo.monte_carlo_error", lambda *_: 1 / 0)
    target = write_html(projection, tmp_path / "r.html", measure_error=False)
    assert "Monte Carlo errornot measured" in Reader(target.read_text(encoding="utf-8")).text


def test_to_html_writes_this_page(plain, tmp_path):
    assert plain.to_html(tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE")


def test_without_budget_marks_or_uncertainty_the_page_says_what_there_is(plain, error):
    text = Reader(render_html(plain, error)).text
    assert "the dearest month: P50 $0.150, P90 $0.150." in text
    assert "Chance over" not in text
    assert "Mean spend by meter" in text
    assert "Uncertaintyoff" in text


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (1, "the month exceeds the budget of $600 a year in"),
        (12, "all 12 months together exceed the budget of $600 a year in"),
        (18, "the dearest 12 months in a row exceed the budget of $600 a year in"),
    ],
)
def test_a_yearly_budget_is_held_against_a_year(scenario, book, error, months, words):
    changes = {"features.search.from": "2026-12", "budget": "$600 per year", "months": months}
    yearly = scenario.with_overrides(changes)
    text = Reader(render_html(cm.simulate(yearly, prices=book, draws=64), error)).text
    assert words in text
    assert "A yearly budget is compared with the dearest 12 months in a row" in text


def test_addresses_become_links_without_the_point_behind_them():
    assert linked("see https://a.b/c?d=1&e=2.") == (
        'see <a href="https://a.b/c?d=1&amp;e=2" rel="noopener noreferrer">'
        "https://a.b/c?d=1&amp;e=2</a>."
    )


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,<b>", "//a.b/c"])
def test_nothing_else_becomes_a_link(text):
    assert "<a" not in linked(text)


def test_paths_may_break_after_a_dot_and_are_escaped():
    assert breakable("a.b<c>") == "a.<wbr>b&lt;c&gt;"
