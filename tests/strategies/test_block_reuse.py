"""Reuse of prompt blocks: by hand, on drawn traces, and on half an hour of a real chat."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from costmodel.evidence.block_traces import BlockTrace, read_block_trace
from costmodel.foundation.errors import InputError
from costmodel.strategies.block_reuse import fit_reuse, reuse

FILE = Path(__file__).parents[1] / "data" / "usage" / "mooncake_conversation_first30min.csv.gz"
HALF = 900.0
MINUTES = np.array([60.0, 300.0, 600.0])


def whole_names(text):
    for run in text.split():
        first, _, last = run.partition("-")
        yield from range(int(first), int(last or first) + 1)


@pytest.fixture(scope="module")
def chat(tmp_path_factory) -> BlockTrace:
    """The trace, written back in its own format and read as users read theirs."""
    path = tmp_path_factory.mktemp("trace") / "conversation.jsonl.gz"
    with gzip.open(FILE, "rt") as file, gzip.open(path, "wt", compresslevel=1) as target:
        for row in csv.DictReader(file):
            call = {
                "timestamp": int(row["timestamp_ms"]),
                "input_length": int(row["input_length"]),
                "output_length": int(row["output_length"]),
                "hash_ids": list(whole_names(row["hash_ids"])),
            }
            target.write(json.dumps(call) + "\n")
    return read_block_trace(path)


@pytest.fixture(scope="module")
def fitted(chat):
    return fit_reuse(chat.before(HALF).reuse())


def kept_tokens(trace, lifetime, start=0.0):
    """Tokens found by a cache kept call by call: a dictionary of the last uses."""
    last, found, sent = {}, 0.0, 0.0
    for now, names, total in zip(
        trace.seconds.tolist(), trace.blocks, trace.input_tokens.tolist(), strict=True
    ):
        if now >= start:
            sent += total
            for place, name in enumerate(names):
                if now - last.get(name, -np.inf) <= lifetime:
                    found += min(trace.block_tokens, total - place * trace.block_tokens)
        last.update(dict.fromkeys(names, now))
    return found / sent


def test_three_calls_by_hand():
    # blocks of 10: the second call, 5 s later, finds 10 of 15 tokens; the third, 20 s on, 10 of 20
    found = reuse([0.0, 5.0, 25.0], [[1, 2], [1, 3], [1, 4]], [20, 15, 20], 10)
    assert found.tokens.tolist() == [10, 10, 10, 5, 10, 10]
    assert found.seconds.tolist() == [np.inf, np.inf, 5, np.inf, 20, np.inf]
    assert found.everywhere.tolist() == [True, False] * 3
    assert found.found([4.9, 5.0, 20.0]).tolist() == [0, 10 / 55, 20 / 55]


def test_what_a_trace_could_not_show_is_not_taken_for_new():
    # Seen at 0 with nothing before: says nothing. Then of two blocks at 10 s one came again after
    # 10 s. By Kaplan and Meier all that was watched for 10 s is that pair: a half.
    found = reuse([0.0, 10.0], [[1], [1, 2]], [10, 20], 10)
    assert found.found(10.0) == pytest.approx(1 / 3)
    assert found.expected(10.0) == pytest.approx(1 / 2)
    assert found.expected(9.9) == 0


def test_the_real_trace_is_found_as_a_cache_kept_call_by_call_finds_it(chat):
    whole = chat.reuse()
    for lifetime in (60.0, 600.0):
        assert whole.found(lifetime) == pytest.approx(kept_tokens(chat, lifetime))
        assert whole.between(HALF).found(lifetime) == pytest.approx(
            kept_tokens(chat, lifetime, start=HALF)
        )


def test_a_model_of_the_first_half_holds_there_within_a_point(chat, fitted):
    first = chat.before(HALF).reuse()
    assert fitted.found(MINUTES, first) == pytest.approx(first.found(MINUTES), abs=0.01)
    assert fitted.share(MINUTES) == pytest.approx(first.expected(MINUTES), abs=0.01)


def test_a_model_of_the_first_half_holds_on_the_second_within_five_points(chat, fitted):
    second = chat.reuse().between(HALF)
    assert fitted.share(MINUTES) == pytest.approx(second.found(MINUTES), abs=0.05)


def test_a_model_of_the_first_half_tells_what_saves_and_what_loses(chat, fitted):
    second = chat.reuse().between(HALF)
    five, hour = (float(second.found(lifetime)) for lifetime in (300.0, 3600.0))
    # all input kept: 1.25 for five minutes saves, 2 for an hour loses, reads at .1
    assert 0.1 * five + 1.25 * (1 - five) < 1 < 0.1 * hour + 2 * (1 - hour)
    assert fitted.cost_factor(300.0, 1.0, 0.1, 1.25) < 1 < fitted.cost_factor(3600.0, 1, 0.1, 2.0)


def test_a_drawn_trace_gives_its_own_law_back():
    """Blocks that every call sends (a quarter), that never come back, and that come back after a
    lognormal time or at once; half an hour of them."""
    rng, calls = np.random.default_rng(2), []
    for talk in range(2500):
        now, names = rng.uniform(-7200, 1800), [0]
        for turn in range(12):
            calls.append((now, [*names, 10_000 * (talk + 1) + turn]))
            names = calls[-1][1]
            if rng.random() < 0.4:
                break
            now += 0.0 if rng.random() < 0.1 else 120 * np.exp(0.9 * rng.standard_normal())
    calls = sorted(call for call in calls if 0 <= call[0] < 1800)
    times, names = zip(*calls, strict=True)
    found = reuse(times, names, [10 * len(call) for call in names], 10)
    law = fit_reuse(found)
    assert law.gaps.median == pytest.approx(120, rel=0.12)
    assert law.gaps.sigma == pytest.approx(0.9, abs=0.12)
    assert law.gaps.at_once == pytest.approx(0.1, abs=0.04)
    sent = found.tokens.sum()
    assert law.always == pytest.approx(found.tokens[found.everywhere].sum() / sent)
    assert law.ever == pytest.approx(1 - 10 * len(calls) / sent, abs=0.03)
    assert law.share(1e9) == pytest.approx(law.ever)
    assert law.share(0.0) >= law.always


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], [], [], 512), r"trace: read no calls; expected a trace with at least one call"),
        (
            ([5.0, 4.0], [[1], [1]], [10, 10], 512),
            r"timestamp: read call 2 at 4 s after one at 5 s; expected calls in the order",
        ),
        (
            ([0.0], [[1, 2]], [100], 512),
            r"hash_ids: read call 1 of 100 tokens in 2 blocks; expected one block for every 512",
        ),
    ],
)
def test_traces_that_do_not_fit_together_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        reuse(*arguments)


def test_a_trace_with_nothing_that_comes_back_has_no_law():
    with pytest.raises(InputError, match=r"read 0 blocks that come back .* use a longer trace"):
        fit_reuse(reuse([0.0, 1.0], [[1], [2]], [10, 10], 512))
