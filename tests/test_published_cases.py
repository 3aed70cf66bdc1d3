"""Published worked examples, reproduced by our billing with each case's own prices.

The expected figures and their tolerances stand in tests/data/cases/published_cases.yaml; what is
computed here comes from `bill` and `price_request`. Where a publication contradicts itself, the
figure that follows from its inputs is the one reproduced, and the printed one is shown to differ.
"""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from costmodel.foundation.reading import read_yaml
from costmodel.prices import PriceBook, RateCard, Request, bill, price_request

FILE = Path(__file__).parent / "data" / "cases" / "published_cases.yaml"
CASES = {case["id"]: case for case in read_yaml(FILE).data["cases"]}
FIGURES: dict[str, Callable[[SimpleNamespace], dict[str, float]]] = {}
"""For each case, how our own code computes its figures."""


def figures(compute: Callable[[SimpleNamespace], dict[str, float]]):
    FIGURES[compute.__name__] = compute
    return compute


def inputs(case) -> SimpleNamespace:
    return SimpleNamespace(**case["inputs"], **case.get("assumed", {}))


def usd(card: RateCard, prompt, output=0, *, cached=0, written=0) -> float:
    """The bill of some requests, through the book and through the vectorised billing alike."""
    billed = bill(
        card,
        input_tokens=prompt,
        cached_input_tokens=cached,
        cache_write_tokens=written,
        output_tokens=output,
    ).total.sum()
    if isinstance(prompt, (int, float)):
        book = PriceBook.from_cards({"case/model": card})
        found = price_request(book, "case/model", Request(prompt, cached, written, 0, output))
        assert found.usd == pytest.approx(float(billed), rel=1e-12)
    return float(billed)


@figures
def anthropic_managed_agent_session(i):
    card = RateCard(i.p_in, output=i.p_out)
    hours = i.hours * i.runtime_per_hour  # a meter of time, not of tokens
    return {
        "input": usd(card, i.in_tok),
        "output": usd(card, 0, i.out_tok),
        "total": usd(card, i.in_tok, i.out_tok) + hours,
    }


@figures
def anthropic_managed_agent_session_cached(i):
    card = RateCard(i.p_in, i.p_in * i.read_mult, output=i.p_out)
    bills = bill(card, input_tokens=i.in_tok, cached_input_tokens=i.cached, output_tokens=i.out_tok)
    return {
        "uncached": float(bills.uncached),
        "cache_read": float(bills.cached),
        "total": usd(card, i.in_tok, i.out_tok, cached=i.cached) + i.hours * i.runtime_per_hour,
    }


def claude(i) -> RateCard:
    write = None if not hasattr(i, "write_mult") else i.p_in * i.write_mult
    return RateCard(i.p_in, i.p_in * i.read_mult, write, output=i.p_out)


@figures
def anthropic_prompt_caching_chat_with_book(i):
    card, prompt = claude(i), i.prefix + i.question
    cached = usd(card, prompt, i.out_tok, cached=i.prefix)
    return {"saving": 1 - cached / usd(card, prompt, i.out_tok)}


@figures
def anthropic_prompt_caching_many_shot(i):
    card = claude(i)
    cached = usd(card, i.prompt, i.out_tok, cached=i.prompt - i.uncached_tail)
    return {"saving": 1 - cached / usd(card, i.prompt, i.out_tok)}


@figures
def anthropic_prompt_caching_multi_turn(i):
    prompts = [i.system + k * (i.user + i.out_tok) + i.user for k in range(i.turns)]
    read = [0, *prompts[:-1]]
    new = [prompt - before for prompt, before in zip(prompts, read, strict=True)]
    outputs = [i.out_tok] * i.turns
    cached = usd(claude(i), prompts, outputs, cached=read, written=new)
    return {"saving": 1 - cached / usd(claude(i), prompts, outputs)}


@figures
def litellm_cost_estimate_endpoint(i):
    card = RateCard(i.p_in, output=i.p_out)
    total = usd(card, i.in_tok, i.out_tok)
    assert total != pytest.approx(i.printed_total, rel=0.3)  # the sample halves its output
    return {
        "input_per_request": usd(card, i.in_tok),
        "monthly_input": i.per_month * usd(card, i.in_tok),
        "output_per_request_correct": usd(card, 0, i.out_tok),
        "total_correct": total,
        "monthly_correct": i.per_month * total,
    }


@figures
def conductor_427_cache_inclusive_input(i):
    card = RateCard(i.p_in, i.p_in * i.read_mult, i.p_in * i.write_mult)
    prompts, read, written = (list(column) for column in zip(*i.turns, strict=True))
    right = usd(card, prompts, cached=read, written=written)
    fresh = bill(
        RateCard(1e6),  # $1 a token counts the tokens billed as fresh
        input_tokens=prompts,
        cached_input_tokens=read,
        cache_write_tokens=written,
        output_tokens=0,
    ).uncached
    twice = right + usd(card, [r + w for r, w in zip(read, written, strict=True)])
    return {
        "fresh_tokens_turn1": float(fresh[0]),
        "fresh_tokens_turn3": float(fresh[2]),
        "right_cost": right,
        "buggy_over_right": twice / right,
    }


@figures
def llm_cost_mcp_opus48(i):
    card = RateCard(i.p_in, i.p_cached, output=i.p_out)
    return {
        "total": i.n * usd(card, i.i, i.o),
        "cached": i.n * usd(card, i.i, i.o, cached=i.i),
        "batch": i.n * usd(card.scaled(0.5), i.i, i.o),
    }


@figures
def ai_infra_cost_estimator_default(i):
    each = usd(RateCard(i.p_in, output=i.p_out), i.i, i.o)
    calls = i.per_day * i.days
    return {"llm_month": calls * (1 - i.cache) * each, "cache_saving": calls * i.cache * each}


@figures
def class1_engine_regression(i):
    card = RateCard(i.p_in, i.p_cached, output=i.p_out)
    return {
        "no_uncertainty": i.n * usd(card, i.i, i.o),
        "half_cached": i.n * usd(card, i.i, i.o, cached=i.hit * i.i),
    }


@figures
def aitooled_support_bot(i):
    each = usd(RateCard(i.p_in, output=i.p_out), i.i, i.o)
    return {f"at_{n}": n * i.days * each for n in (500, 5000, 50000)}


@figures
def deploybase_100m(i):
    gpt_4o = RateCard(2.5, output=10.0)  # the page's own rates
    return {"month": usd(gpt_4o, i.i_m * 1e6, i.o_m * 1e6)}


@figures
def bedrock_claude21_summary_construct(i):
    card = RateCard(1000 * i.p_in_k, output=1000 * i.p_out_k)
    return {"total": usd(card, 1000 * i.in_k, 1000 * i.out_k)}


@figures
def openai_realtime_per_minute(i):
    minute = usd(RateCard(i.p_in, output=i.p_out), i.in_per_min, i.out_per_min)
    return {"both_sides_full_min": minute, "fifty_fifty_min": 0.5 * minute}


@figures
def aamirshahzad_email(i):
    output = i.out_share * i.tokens
    day = i.emails * usd(RateCard(30.0, output=60.0), i.tokens - output, output)
    return {"day": day, "month": 30 * day}


@figures
def getnadir_monthly_is_daily(i):
    card = RateCard(i.p_in, i.p_in * (1 - i.disc))
    saved = usd(card, i.tok) - usd(card, i.tok, cached=i.tok)
    return {
        "per_request": saved,
        "per_DAY": i.per_day * saved,
        "per_month": 30 * i.per_day * saved,  # the page prints a day's saving as a month's
    }


@figures
def ecomcalctools_rag(_):
    mini = usd(RateCard(0.15, output=0.60), 2000, 300)
    sonnet = usd(RateCard(3.0, output=15.0), 8000, 500)
    assert mini != pytest.approx(0.000375, rel=0.1)  # what the page prints
    assert sonnet != pytest.approx(0.000825, rel=0.1)
    return {"mini": mini, "sonnet35": sonnet}


@figures
def aipromptshub_audio_half(i):
    card = RateCard(i.p_in, output=i.p_out)
    return {
        "as_published": usd(card, 4 * 600, 6 * 600),
        "with_documented_rate": usd(card, 4 * 600, 6 * 1200),
    }


@pytest.mark.parametrize("name", FIGURES)
def test_billing_reproduces_a_published_case(name):
    case = CASES[name]
    computed = FIGURES[name](inputs(case))
    checks = {check["name"]: check for check in case["checks"]}
    assert computed.keys() == checks.keys()
    for figure, check in checks.items():
        # a tolerance of 0 means equal; floating point leaves 1e-12 of it
        allowed = max(check["tol"], 1e-12 * abs(check["expected"]))
        assert computed[figure] == pytest.approx(check["expected"], abs=allowed), figure


def test_a_case_that_contradicts_itself_says_so():
    printed_wrong = {name for name in FIGURES if CASES[name]["status"] == "published_inconsistent"}
    assert printed_wrong == {
        "litellm_cost_estimate_endpoint",
        "getnadir_monthly_is_daily",
        "ecomcalctools_rag",
        "aipromptshub_audio_half",
    }
