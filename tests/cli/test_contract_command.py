"""A contract named on the command line or by a scenario."""

import json

import pytest

from costmodel.engine.expected import expected
from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError
from costmodel.prices.book import load_prices
from costmodel.report.page import render_html
from costmodel.scenario.loading import load_scenario, read_scenario
from tests.cli.conftest import QUICK, SCENARIO
from tests.cli.screen import flat

HALF = """\
schema: costmodel.contract/1
name: Example Ltd
currency: USD
discounts:
  - {provider: google, multiply: 0.5}
"""


@pytest.fixture
def contract(tmp_path):
    path = tmp_path / "contract.yaml"
    path.write_text(HALF, encoding="utf-8")
    return path


@pytest.fixture
def agreed(tmp_path, contract):
    """The help desk under a contract beside it."""
    path = tmp_path / "agreed.yaml"
    named = f"prices: {{snapshot: 2026-11-23, contract: {contract.name}}}"
    path.write_text(SCENARIO.replace("prices: {snapshot: 2026-11-23}", named), encoding="utf-8")
    return path


def total(result):
    return json.loads(result.stdout)["total"]["mean"]


def test_half_the_price_is_half_the_bill(costmodel, scenario, contract, agreed):
    listed = costmodel("run", scenario, "--json", *QUICK)
    half = costmodel("run", scenario, "--contract", contract, "--json", *QUICK)
    named = costmodel("run", agreed, "--json", *QUICK)
    assert total(half) == pytest.approx(total(listed) / 2)
    assert total(named) == total(half)


def test_run_names_the_contract_and_makes_the_figures_again(costmodel, scenario, contract):
    result = costmodel("run", scenario, "--contract", contract, "--budget", "700", *QUICK)
    said = flat(result.stdout)
    assert f"Prices as known on 2026-11-23, under Example Ltd ({contract})." in said
    assert f"costmodel run {scenario} --budget 700 --contract {contract} --snapshot" in said
    assert f"under your contract {contract}" in flat(result.stderr)


def test_a_scenario_that_names_its_contract_needs_no_option(costmodel, agreed, contract):
    result = costmodel("run", agreed, *QUICK)
    assert "under Example Ltd (" in flat(result.stdout)
    assert "--contract" not in result.stdout
    origin = json.loads(costmodel("run", agreed, "--json", *QUICK).stdout)["provenance"]
    assert origin["contract"] == str(load_prices(contract=contract).contract)


def test_a_snapshot_is_taken_under_the_scenarios_contract(costmodel, agreed):
    result = costmodel("run", agreed, "--snapshot", "2026-11-23", "--json", *QUICK)
    assert total(result) == total(costmodel("run", agreed, "--json", *QUICK))


def test_the_option_takes_the_place_of_the_scenarios_contract(costmodel, agreed, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(HALF.replace("0.5", "0.25"), encoding="utf-8")
    result = costmodel("run", agreed, "--contract", other, "--json", *QUICK)
    assert total(result) == pytest.approx(total(costmodel("run", agreed, "--json", *QUICK)) / 2)
    assert f"the scenario's contract {tmp_path / 'contract.yaml'} is not what" in flat(
        result.stderr
    )


def test_check_and_explain_are_under_the_contract(costmodel, scenario, contract, agreed):
    for name, words in ((scenario, ("--contract", contract)), (agreed, ())):
        assert "x $0.375 / 1M" in costmodel("explain", name, *words).stdout
        found = json.loads(costmodel("check", name, *words, "--json").stdout)
        half = expected(name, prices=load_prices(contract=contract)).total
        assert found["expected_usd"]["total"] == half
    assert expected(agreed).total == half


def test_prices_are_listed_and_shown_under_the_contract(costmodel, contract):
    listed = costmodel("prices", "list", "--provider", "google", "--contract", contract)
    assert "under the contract Example Ltd" in flat(listed.stdout)
    assert "$0.375" in listed.stdout
    shown = costmodel("prices", "show", "gemini-3.8-flash", "--contract", contract)
    assert "as known on 2026-11-24, under the contract Example Ltd" in flat(shown.stdout)
    assert "source: contract Example Ltd: google x 0.5" in flat(shown.stdout)
    data = json.loads(
        costmodel("prices", "show", "gemini-3.8-flash", "--contract", contract, "--json").stdout
    )
    assert data["contract"] == str(load_prices(contract=contract).contract)
    assert data["now"]["usd_per_mtok"]["standard"]["input"] == 0.375
    plain = json.loads(costmodel("prices", "show", "gemini-3.8-flash", "--json").stdout)
    assert plain["contract"] is None


def test_the_report_names_the_contract(agreed):
    projection = simulate(agreed, draws=64)
    html = render_html(projection, None)
    assert "Price table of 2026-11-23 under the contract Example Ltd" in html
    assert f"sha256 {projection.prices.contract.digest}" in html


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("google", "gogle", "contract.yaml:5:6: discounts.0.provider: read 'gogle'; expected a "
         "provider of the tables (anthropic, "),
        ("google", "gogle", "fix: did you mean 'google'?"),
        ("0.5", "15", "contract.yaml:5:24: discounts.0.multiply: read 15; expected less than or "
         "equal to 1; fix: write 0.85 for 15 % off"),
        ("contract/1", "pricing/1", "contract.yaml:1:1: schema: read 'costmodel.pricing/1'"),
    ],
)  # fmt: skip
def test_a_contract_that_cannot_be_is_told_with_its_line(
    costmodel, scenario, agreed, contract, old, new, message
):
    contract.write_text(HALF.replace(old, new), encoding="utf-8")
    asked = (("run", agreed), ("check", agreed), ("explain", scenario, "--contract", contract))
    for words in (*asked, ("prices", "list", "--contract", contract)):
        result = costmodel(*words)
        assert result.exit_code == 2
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_a_contract_that_is_not_there_is_told_where_it_is_named(costmodel, agreed, scenario):
    text = agreed.read_text(encoding="utf-8")
    agreed.write_text(text.replace("contract.yaml", "contrct.yaml"), encoding="utf-8")
    said = costmodel("run", agreed).stderr
    assert "agreed.yaml:4:42: prices.contract: read 'contrct.yaml'; expected a file that" in said
    assert "fix: did you mean 'contract.yaml'?" in said
    missing = costmodel("run", scenario, "--contract", scenario.with_name("none.yaml"))
    assert missing.exit_code == 2
    assert "none.yaml: read nothing (No such file or directory)" in missing.stderr


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("../contract.yaml", "expected a file inside the scenario's folder"),
        ("[contract.yaml]", "expected a text"),
        ("3", "prices.contract: read 3; expected a text"),
    ],
)
def test_a_contract_is_a_file_beside_the_scenario(costmodel, agreed, written, message):
    text = agreed.read_text(encoding="utf-8")
    agreed.write_text(text.replace("contract.yaml}", f"{written}}}"), encoding="utf-8")
    result = costmodel("run", agreed)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_scenario_without_a_folder_has_no_contract():
    text = SCENARIO.replace("2026-11-23}", "2026-11-23, contract: contract.yaml}")
    with pytest.raises(InputError, match="expected a scenario with a folder to look in"):
        read_scenario(text)


def test_a_contract_is_sought_beside_the_file_that_names_it(tmp_path, agreed):
    child = tmp_path / "plans" / "next.yaml"
    child.parent.mkdir()
    child.write_text("extends: ../agreed.yaml\nmonths: 2\n", encoding="utf-8")
    scenario = load_scenario(child)
    assert simulate(scenario, draws=64).prices.contract.name == "Example Ltd"
    assert scenario.with_overrides({"months": 1}).prices == scenario.prices
    changed = load_scenario(agreed, {"prices.contract": "contract.yaml"})
    assert simulate(changed, draws=64).prices.contract.name == "Example Ltd"
    back = read_scenario(load_scenario(agreed).dump(), folder=tmp_path)
    assert back == load_scenario(agreed)


def test_another_book_says_that_it_is_not_the_contract(agreed):
    found = simulate(agreed, prices=load_prices("2026-11-23"), draws=64)
    assert any("is not what these prices are under" in words for words in found.warnings)
    assert found.provenance.contract == ""


def test_a_contract_that_has_changed_since_is_a_book_given_in_python(scenario, contract):
    book = load_prices("2026-11-23", contract=contract)
    contract.write_text(HALF.replace("0.5", "0.6"), encoding="utf-8")
    found = simulate(scenario, prices=book, draws=64)
    assert "<the book given in Python>" in found.provenance.command
    assert any("a book given in Python" in words for words in found.warnings)


def test_python_that_makes_the_figures_again_names_the_contract(scenario, contract):
    found = simulate(
        scenario, prices=load_prices("2026-11-23", contract=contract), draws=2, uncertainty=set()
    )
    said = f"prices=cm.load_prices('2026-11-23', contract={str(contract)!r})"
    assert said in found.provenance.command
