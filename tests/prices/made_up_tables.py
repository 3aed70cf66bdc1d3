"""Random price tables with everything a table can have, and random usages, for hypothesis."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from tests.prices import slow_biller as slow

MODES = ("standard", "batch", "flex", "priority", "fast")
ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
"""Lord Howe Island is 10:30 ahead of UTC and moves its clocks by half an hour."""
CLOCK_CHANGES = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin
    datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe Island
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
)
STARTS = tuple(
    datetime(2026, m, d, h, tzinfo=UTC) for m, d, h in ((2, 3, 0), (6, 15, 16), (9, 1, 0))
)
LATER = tuple(datetime(2026, 12, d, h, tzinfo=UTC) for d, h in ((1, 0), (11, 7)))
SNAPSHOT = "2026-11-23"

thousandths = st.integers(0, 50_000).map(lambda n: n / 1000)
clock = st.integers(0, 24 * 4).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}")


@st.composite
def rates(draw, output=True):
    found = {"input": draw(thousandths)}
    for key in ("cache_read", "cache_write", "cache_write_1h"):
        if draw(st.booleans()):
            found[key] = draw(thousandths)
    return found | ({"output": draw(thousandths)} if output else {})


@st.composite
def windows(draw):
    spans = []
    for _ in range(draw(st.integers(1, 3))):
        first, last = sorted(draw(st.lists(clock, min_size=2, max_size=2, unique=True)))
        spans.append(f"{first}-{last}")
    found = {"tz": draw(st.sampled_from(ZONES)), "hours": spans, "src": ["s"]}
    if draw(st.booleans()):
        found["days"] = draw(st.lists(st.sampled_from(slow.DAYS), min_size=1, unique=True))
    if draw(st.booleans()):
        first, last = sorted(draw(st.permutations([*STARTS, *CLOCK_CHANGES]))[:2])
        found |= {"from": first.isoformat(), "to": last.isoformat()}
    return found


@st.composite
def cards(draw, names):
    sizes = sorted(draw(st.sets(st.integers(1, 5000), max_size=2)))
    keys = [draw(st.sampled_from(["prompt_tokens_gt", "prompt_tokens_gte"])) for _ in sizes]
    output = draw(st.integers(0, 4)) > 0

    def priced():
        above = [
            {key: size, "per_mtok": draw(rates(output))}
            for key, size in zip(keys, sizes, strict=True)
        ]
        return {"per_mtok": draw(rates(output)), "above": above}

    found = priced()
    used = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
    if used:
        found["windows"] = {name: priced() for name in used}
    if draw(st.integers(0, 3)) == 0:
        found["max_prompt_tokens"] = draw(st.integers(1, 8000))
    return found


@st.composite
def periods(draw, names):
    starts = sorted(draw(st.sets(st.sampled_from(STARTS + LATER), min_size=1, max_size=4)))
    froms = [None if draw(st.booleans()) else starts[0], *starts[1:]]
    modes = draw(st.lists(st.sampled_from(MODES[1:]), max_size=2, unique=True))
    found = []
    for start, after in zip(froms, [*starts[1:], None], strict=True):
        late = start is not None and start.date() > date.fromisoformat(SNAPSHOT)
        each = {
            "from": start and start.isoformat(),
            "status": "announced" if late else "effective",
            "src": ["s"],
            "cards": {mode: draw(cards(names)) for mode in ("standard", *modes)},
            "units": {"web_search": {"usd": draw(thousandths), "per": 1000}},
        }
        if draw(st.integers(0, 9)) == 0:
            begun = datetime(2026, 1, 1, tzinfo=UTC) if start is None else start
            ends = begun + timedelta(days=draw(st.integers(1, 40)), hours=5)
            each["until"] = (min(ends, after) if after else ends).isoformat()
        if draw(st.integers(0, 5)) == 0 and found:
            each |= {"status": "withdrawn", "withdrawn_on": "2026-10-01"}
        found.append(each)
    return found


@st.composite
def tables(draw, hours=True):
    named = {f"w{n}": draw(windows()) for n in range(draw(st.integers(1, 2)))} if hours else {}
    models = []
    for number in range(2):
        model = {
            "id": f"m{number}",
            "tokenizer": {"family": "o200k_base", "counting": "exact"},
            "limits": {"context": 9000},
            "cache": {"mode": "implicit"},
            "periods": draw(periods(list(named))),
            "adjust": [{"when": {"geo": "eu"}, "multiply": 1.1, "src": ["s"]}],
        }
        if number == 0 and draw(st.booleans()):
            day = draw(st.sampled_from(["2026-03-01", "2026-09-20", "2026-12-05"]))
            model |= {"retires": day} | ({"then": "acme/m1"} if draw(st.booleans()) else {})
        models.append(model)
    head = {
        "schema": "costmodel.pricing/1",
        "snapshot": SNAPSHOT,
        "provider": "acme",
        "currency": "USD",
        "unit": "usd_per_1m_tokens",
        "usage_convention": "input_tokens_is_total",
        "sources": {"s": {"name": "made up", "kind": "vendor"}},
    }
    return head | {"windows": named, "models": models}


@st.composite
def usages(draw, largest=10_000):
    prompt = draw(st.integers(0, largest))
    cached = draw(st.integers(0, prompt))
    written = draw(st.integers(0, prompt - cached))
    return prompt, cached, written, draw(st.integers(0, written)), draw(st.integers(0, 3000))
