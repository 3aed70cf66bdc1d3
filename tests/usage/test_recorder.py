"""The ten-line logger: what it writes, what it never fails for, and several writers at once."""

import json
import multiprocessing
import warnings
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import costmodel as cm
from costmodel.evidence import read_records, record
from costmodel.foundation.errors import CostModelWarning, InputError
from costmodel.prices import PriceBook, RateCard
from tests.usage import bodies

AT = "2026-11-24T20:00:00Z"


@pytest.fixture
def log(tmp_path):
    return tmp_path / "usage.jsonl"


def test_a_line_has_who_what_tokens_latency_and_cost(log):
    written = cm.record(
        bodies.ANTHROPIC,
        feature="answer",
        user="u-17",
        segment="pro",
        conversation="c-4",
        latency_seconds=1.25,
        at=AT,
        path=log,
    )
    [line] = log.read_text().splitlines()
    # 200 x 4 + 4,000 x 0.2 + 3,000 x 5 + 2,000 x 8 + 1,000 x 20 per 1M, 3 searches at 10 per 1,000
    usd = (200 * 4 + 4000 * 0.2 + 3000 * 5 + 2000 * 8 + 1000 * 20) / 1e6 + 0.03
    found = json.loads(line)
    assert found.pop("cost_usd") == pytest.approx(usd, rel=1e-12)
    assert found == {
        "schema": "costmodel.usage/1",
        "at": "2026-11-24T20:00:00Z",
        "feature": "answer",
        "user": "u-17",
        "segment": "pro",
        "conversation": "c-4",
        "provider": "anthropic",
        "model": "claude-opus-5-5",
        "mode": "standard",
        "geo": None,
        "input_tokens": 9200,
        "cached_input_tokens": 4000,
        "cache_write_tokens": 5000,
        "cache_write_1h_tokens": 2000,
        "output_tokens": 1000,
        "reasoning_tokens": 700,
        "units": {"web_search": 3},
        "latency_seconds": 1.25,
        "cost_unknown": None,
        "priced_as": "anthropic/claude-opus-5-5",
        "snapshot": cm.load_prices().snapshot,
        "shape": "anthropic.messages",
        "response_id": "msg_1",
        "finish_reason": "end_turn",
    }
    assert read_records(log).records == (written,)


def test_the_time_is_now_in_utc_unless_it_is_given(log):
    before = datetime.now(UTC)
    found = record(bodies.DEEPSEEK, feature="f", user="u", path=log)
    assert before <= found.at <= datetime.now(UTC)
    found = record(bodies.DEEPSEEK, feature="f", user="u", path=log, at="2026-11-24T12:00+02:00")
    assert found.at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert '"at":"2026-11-24T10:00:00Z"' in log.read_text()
    assert (
        record(bodies.DEEPSEEK, feature="f", user="u", path=log, at=date(2026, 11, 24)).at.hour == 0
    )


def test_the_cost_is_that_of_the_hour_of_the_call(log):
    words = {"feature": "f", "user": "u", "path": log}
    quiet = record(bodies.DEEPSEEK, at="2026-11-24T20:00:00Z", **words)
    peak = record(bodies.DEEPSEEK, at="2026-11-24T02:00:00Z", **words)
    assert peak.cost_usd == pytest.approx(2 * quiet.cost_usd, rel=1e-12)


@pytest.mark.parametrize(
    ("body", "words", "reason"),
    [
        ({**bodies.OPENAI_CHAT, "model": "our-gpt-5"}, {}, "has no price in this table"),
        (bodies.OPENAI_CHAT, {"model": "own/llama"}, "model 'own/llama' has no price"),
        (bodies.OPENAI_CHAT, {"mode": "fast"}, "openai/gpt-5 has no 'fast' price"),
        (bodies.OPENAI_CHAT, {"at": "2020-01-01"}, "its first price"),
        (bodies.with_usage(bodies.ANTHROPIC, inference_geo="moon"), {}, "no price for geo 'moon'"),
        (
            bodies.with_usage(
                bodies.OPENAI_CHAT, prompt_tokens_details={"cached_tokens": 0, "audio_tokens": 3}
            ),
            {},
            "no price for unit 'audio_input_tokens'",
        ),
    ],
)
def test_a_price_that_is_not_known_is_null_with_the_reason(log, body, words, reason):
    found = record(body, feature="f", user="u", path=log, **{"at": AT, **words})
    assert found.cost_usd is None
    assert reason in found.cost_unknown
    assert (found.snapshot, found.priced_as) == (None, None)
    assert found.input_tokens == cm.usage_of(body).input_tokens
    assert read_records(log).records == (found,)


def test_a_price_table_that_cannot_be_read_does_not_fail_the_call(log, monkeypatch):
    def broken():
        raise OSError("no disk")

    monkeypatch.setattr("costmodel.evidence.recorder.load_prices", broken)
    found = record(bodies.OPENAI_CHAT, feature="f", user="u", path=log)
    assert found.cost_unknown == "no disk"


def test_a_reservation_warns_and_where_warnings_are_errors_is_the_reason(log):
    body = {**bodies.ANTHROPIC, "model": "claude-sonnet-4-5"}  # retires on 2026-11-30
    with pytest.warns(CostModelWarning, match="retired on 2026-11-30"):
        found = record(body, feature="f", user="u", path=log, at="2026-12-05")
    assert found.cost_usd is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = record(body, feature="f", user="u", path=log, at="2026-12-05")
    assert "retired on 2026-11-30" in found.cost_unknown


def test_the_models_price_name_can_be_given_and_the_response_keeps_its_own(log):
    body = {**bodies.OPENAI_CHAT, "model": "gpt-5-2025-08-07"}
    found = record(body, feature="f", user="u", path=log, at=AT, model="openai/gpt-5")
    assert (found.model, found.priced_as) == ("gpt-5-2025-08-07", "openai/gpt-5")
    assert found.cost_usd == pytest.approx(0.005075, rel=1e-12)


def test_prices_of_ones_own_are_used(log):
    book = PriceBook.from_cards({"bedrock/claude": RateCard(3, 0.3, 3.75, 6, 15)}, snapshot="ours")
    found = record(
        bodies.BEDROCK, feature="f", user="u", path=log, model="bedrock/claude", prices=book
    )
    # 40 fresh, 6,000 read, 300 written, 700 written for an hour, 200 out
    usd = (40 * 3 + 6000 * 0.3 + 300 * 3.75 + 700 * 6 + 200 * 15) / 1e6
    assert found.cost_usd == pytest.approx(usd, rel=1e-12)
    assert (found.snapshot, found.model) == ("ours", "bedrock/claude")


def test_a_response_without_a_model_needs_one(log):
    with pytest.raises(InputError, match=r"give model= as provider/id, such as model='bedrock/"):
        record(bodies.BEDROCK, feature="f", user="u", path=log)
    assert not log.exists()


def test_users_can_be_hashed(log):
    words = {"feature": "f", "path": log, "at": AT}
    plain = record(bodies.OPENAI_CHAT, user="ada@example.org", hash_users=True, **words)
    # printf ada@example.org | sha256sum | cut -c1-32
    assert plain.user == "cfe00dde46ef942601ffafb9e2825e80"
    keyed = record(bodies.OPENAI_CHAT, user="ada@example.org", hash_users="secret", **words)
    other = record(bodies.OPENAI_CHAT, user="bob@example.org", hash_users="secret", **words)
    assert len({plain.user, keyed.user, other.user}) == 3
    assert "example" not in log.read_text()
    assert record(bodies.OPENAI_CHAT, user=17, **words).user == "17"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"feature": ""}, "feature: read an empty text"),
        ({"feature": None}, "feature: read None"),
        ({"user": True}, "user: read True"),
        ({"user": "\ud800"}, "expected a Unicode text"),
        ({"segment": 3}, "segment: read 3"),
        ({"hash_users": ""}, "hash_users: read an empty text"),
        ({"latency_seconds": float("nan")}, "latency_seconds: read nan; expected seconds from 0"),
        ({"latency_seconds": -1}, "latency_seconds: read -1"),
        ({"latency_seconds": "2"}, "latency_seconds: read '2'"),
        ({"at": "2026-11-24T10:00"}, "a time without a zone"),
        ({"mode": ""}, "mode: read an empty text"),
    ],
)
def test_a_wrong_argument_is_refused_and_nothing_is_written(log, words, message):
    with pytest.raises(InputError, match=message):
        record(bodies.OPENAI_CHAT, **{"feature": "f", "user": "u", "path": log, **words})
    assert not log.exists()


def test_a_text_of_the_provider_that_no_file_can_hold_is_refused(log):
    with pytest.raises(InputError, match="response_id: read "):
        record({**bodies.OPENAI_CHAT, "id": "\ud800"}, feature="f", user="u", path=log)


def test_a_path_that_cannot_be_written_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "missing" / "log.jsonl", tmp_path / "a\0b"):
        with pytest.raises(InputError, match=r"path: read .*a log that can be appended to"):
            record(bodies.OPENAI_CHAT, feature="f", user="u", path=path, at=AT)


def test_a_full_disk_is_told(log, monkeypatch):
    monkeypatch.setattr("os.write", lambda _, line: len(line) - 3)
    with pytest.raises(InputError, match="bytes written: is the disk full"):
        record(bodies.OPENAI_CHAT, feature="f", user="u", path=log, at=AT)


def test_a_line_after_one_that_was_cut_off_is_whole(log):
    first = record(bodies.OPENAI_CHAT, feature="f", user="u", path=log, at=AT)
    with log.open("a") as file:
        file.write('{"schema":"costmodel.usa')
    second = record(bodies.OPENAI_CHAT, feature="g", user="u", path=log, at=AT)
    found = read_records(log, skip_wrong=True)
    assert found.records == (first, second)
    assert [problem.line for problem in found.skipped] == [2]


def write_many(path, name):
    for number in range(200):
        record(
            bodies.OPENAI_CHAT, feature=name * 500, user=str(number), path=path, at=AT, prices=BOOK
        )


BOOK = PriceBook.from_cards({"openai/gpt-5": RateCard(1.25, 0.125, output=10)})


def test_two_processes_append_to_one_log_and_lose_nothing(log):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(log, name)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    found = read_records(log)
    for name in "ab":
        users = [each.user for each in found if each.feature == name * 500]
        assert users == [str(number) for number in range(200)]
    assert len(found) == 400


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
counts = st.integers(0, 10**9)


@given(
    texts, texts, counts, counts, counts, st.floats(0, 1e6), st.datetimes(timezones=st.just(UTC))
)
def test_what_is_recorded_is_read_back(
    tmp_path_factory, feature, user, fresh, cached, out, took, at
):
    path = tmp_path_factory.getbasetemp() / "round_trip.jsonl"
    path.unlink(missing_ok=True)
    usage = {
        "prompt_tokens": fresh + cached,
        "completion_tokens": out,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    body = {"object": "chat.completion", "model": "gpt-5", "usage": usage}
    words = {"feature": feature, "user": user, "latency_seconds": took, "at": at, "prices": BOOK}
    written = [record(body, path=path, **words) for _ in range(2)]
    assert list(read_records(path)) == written
    assert written[0].usage == cm.usage_of(body)
    by_hand = (fresh * 1.25 + cached * 0.125 + out * 10) / 1e6
    assert written[0].cost_usd == pytest.approx(by_hand, rel=1e-12)
