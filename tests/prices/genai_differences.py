"""Where our prices differ from those of genai-prices 0.2.3, and why.

Every row is needed and there is no difference without a row: `test_genai_oracle` asserts both.
`proof` says what is checked of the explanation itself:

standard   they bill their standard price although another mode was asked for
refused    we raise PriceNotKnownError with `says` in its text, they bill
rate       both bill; their price over ours lies in `ratio`
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

ALL = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
DEEPSEEK_PEAK = ((1, 4), (6, 10))
"""Hours of the day in UTC: 09:00-12:00 and 14:00-18:00 in Beijing."""
OPENAI_PAGE = "https://developers.openai.com/api/docs/pricing"
ANTHROPIC_PAGE = "https://platform.claude.com/docs/en/about-claude/pricing"
NEXT = "2026-11-24"
"""The snapshot with more models, where some have periods that the first one leaves out."""
ISSUE = "https://github.com/pydantic/genai-prices/issues/582"


@dataclass(frozen=True)
class Difference:
    """One row: for which models, modes, instants, prompts and rates; who is right, and why.

    `models` is a pattern of provider/id. `since` and `until` are half-open instants; `hours` and
    `days` (0 is Monday) narrow them in UTC. Prompts of more than `above` tokens alone are meant.
    `snapshots` are those in which the row is needed; None: in each.
    """

    models: str
    modes: tuple[str, ...]
    proof: str
    right: str
    why: str
    source: str
    since: str = "2000-01-01T00:00Z"
    until: str = "2100-01-01T00:00Z"
    fields: tuple[str, ...] = ALL
    hours: tuple[tuple[int, int], ...] = ((0, 24),)
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    above: int = -1
    says: str = ""
    ratio: tuple[float, float] = (0.0, 0.0)
    before_launch: bool = False
    snapshots: tuple[str, ...] | None = None

    def covers(self, prices, mode, at, prompt, field):
        """Whether the row speaks of this rate of a model at an instant."""
        return (
            fnmatchcase(prices.id, self.models)
            and mode in self.modes
            and field in self.fields
            and prompt > self.above
            and self._then(at)
            and (not self.before_launch or _launch(prices) > at)
        )

    def _then(self, at):
        begun = datetime.fromisoformat(self.since) <= at < datetime.fromisoformat(self.until)
        hour = any(first <= at.hour < last for first, last in self.hours)
        return begun and hour and at.weekday() in self.days


def _launch(prices):
    return prices.live[0].start or datetime.min.replace(tzinfo=UTC) + timedelta(days=1)


EVERY = ("standard", "batch", "flex", "priority", "fast")
DIFFERENCES = (
    Difference(
        "*", ("batch",), "standard", "ours",
        "their variant starts on the day its rates were verified and falls back without a word; "
        "batch was half price before that, and our cost warns that the source vouches from then on",
        f"verified_from in pricing/; price_comments of genai-prices citing {OPENAI_PAGE}",
        until="2026-10-14T00:00Z",
    ),
    Difference(
        "openai/*", ("flex", "priority"), "standard", "ours",
        "the same fall-back for the variants verified two days earlier",
        f"verified_from in pricing/; price_comments of genai-prices citing {OPENAI_PAGE}",
        until="2026-10-12T00:00Z",
    ),
    Difference(
        "*", EVERY, "refused", "ours",
        "a model has no price before it exists: our first period starts on the day of the dated "
        "id or of the release note, theirs has no start",
        "source id (the date in the provider's own id) or the first period's src",
        says="has no price for", before_launch=True,
    ),
    Difference(
        "google/gemini-2.5-*", ("standard", "batch"), "refused", "ours",
        "until about 2025-11-07 a cached read cost 25 % of the input rate; they apply today's 10 % "
        "to all dates, we give no price before the day of the change",
        "Helicone issue 5791; the commit that changed the rate; the model's note",
        until="2025-11-07T00:00Z", says="its first price is known from 2025-11-07",
    ),
    Difference(
        "openai/gpt-5.6-sol", ("batch", "flex", "priority"), "refused", "ours",
        "the modes' rates before the cut of 2026-08-21 are published nowhere; they bill standard",
        f"{OPENAI_PAGE} (current rates only)",
        until="2026-08-21T00:00Z", says="modes there are: standard",
    ),
    Difference(
        "openai/gpt-5.6-*a", ("batch", "flex", "priority"), "refused", "ours",
        "the same before the cut of Terra and Luna on 2026-07-30",
        f"{OPENAI_PAGE} (current rates only)",
        until="2026-07-30T00:00Z", says="modes there are: standard",
    ),
    Difference(
        "openai/o3", ("batch", "flex", "priority"), "refused", "ours",
        "the modes' rates before the cut of 2025-06-10 are not known; they bill standard",
        f"{OPENAI_PAGE} (current rates only)",
        until="2025-06-10T00:00Z", says="modes there are: standard",
    ),
    Difference(
        "openai/o3", ("standard",), "rate", "ours (from memory)",
        "they put the later cached rate of 0.50 beside the earlier input rate of 10.00; a quarter "
        "of the input rate, as after the cut, was 2.50",
        "the period's note; nobody re-checked it",
        since="2025-04-16T00:00Z", until="2025-06-10T00:00Z", fields=("cache_read",),
        ratio=(0.2, 0.2),
    ),
    Difference(
        "openai/gpt-5.[45]", ("priority",), "refused", "ours",
        "priority excludes long context; they have no way to say so and bill the short rate",
        f"{OPENAI_PAGE}: no long-context column for priority of these models",
        above=272_000, says="offers in 'priority' mode",
    ),
    Difference(
        "anthropic/claude-opus-4-8", ("fast",), "refused", "ours",
        "fast mode is removed on that day; their own comment says so, their variant has no end",
        f"{ANTHROPIC_PAGE}#fast-mode-pricing",
        since="2026-11-30T00:00Z", says="no 'fast' price from 2026-11-30",
    ),
    Difference(
        "anthropic/claude-sonnet-4-6", ("batch",), "refused", "ours",
        "batch rates of its first weeks, with a long-context tier, are not known; they bill "
        "standard",
        f"{ANTHROPIC_PAGE} (current rates only)",
        until="2026-03-13T00:00Z", says="no 'batch' price",
    ),
    Difference(
        "anthropic/claude-opus-4-6", ("batch",), "refused", "ours",
        "the same for Opus 4.6, which had that tier until the same day",
        f"{ANTHROPIC_PAGE} (current rates only)",
        until="2026-03-13T00:00Z", says="no 'batch' price", snapshots=(NEXT,),
    ),
    Difference(
        "google/gemini-3-flash-preview", ("batch",), "refused", "ours",
        "batch rates of the time before search was added are not known; they bill standard",
        "https://ai.google.dev/gemini-api/docs/pricing (current rates only)",
        until="2026-01-05T00:00Z", says="no 'batch' price", snapshots=(NEXT,),
    ),
    Difference(
        "x-ai/grok-4.20", ("batch",), "refused", "ours",
        "batch rates before the price of 2026-04-30 are not known; they bill standard",
        "https://docs.x.ai/docs/models (current rates only)",
        until="2026-04-30T00:00Z", says="no 'batch' price", snapshots=(NEXT,),
    ),
    Difference(
        "openai/gpt-5.5-pro", ("batch", "flex"), "refused", "ours",
        "the sources disagree on a long-context tier of these modes, so they end at its threshold",
        "the model's note; genai-prices 0.2.3 beside litellm 1.106.2",
        above=272_000, says="than the 272,000 that openai/gpt-5.5-pro", snapshots=(NEXT,),
    ),
    Difference(
        "google/gemini-3.6-flash", ("standard",), "rate", "ours",
        "they replaced the launch price of 1.50 and 7.50 by the later half in place",
        "genai-prices commit d492ce0f, 'correct rates'",
        since="2026-07-22T00:00Z", until="2026-08-13T00:00Z", ratio=(0.5, 0.5),
    ),
    Difference(
        "google/gemini-3.6-flash", ("batch",), "refused", "ours",
        "the batch rate at launch is not known; they bill the overwritten standard price",
        "genai-prices commit d492ce0f",
        since="2026-07-22T00:00Z", until="2026-08-13T00:00Z", says="no 'batch' price",
    ),
    Difference(
        "deepseek/deepseek-v4-*", ("standard",), "rate", "ours",
        "their hours of the day cannot start on a date, so peak rates reach back to before there "
        "were any",
        ISSUE,
        until="2026-08-16T16:00Z", hours=DEEPSEEK_PEAK, ratio=(1.5, 13.0),
    ),
    Difference(
        "deepseek/deepseek-v4-*", ("standard",), "rate", "ours",
        "the new prices began at midnight in Beijing, 16:00 UTC; their starts are UTC dates",
        "Ontos-AI/knowhere#316 quoting the vendor's page",
        since="2026-08-16T16:00Z", until="2026-08-17T00:00Z", ratio=(0.1, 0.7),
    ),
    Difference(
        "deepseek/deepseek-v4-flash", ("standard",), "rate", "ours",
        "of the two peak prices of this name they know the later one, of V4.1 Flash, at all dates",
        "price_comments of genai-prices: 'whatever their date'",
        since="2026-08-17T00:00Z", until="2026-09-10T00:00Z", hours=DEEPSEEK_PEAK,
        ratio=(0.4, 1.9),
    ),
    Difference(
        "deepseek/*", ("standard",), "rate", "ours",
        "peak hours are those of Monday to Friday, 35 a week; they know no weekdays and bill 49",
        ISSUE,
        since="2026-08-22T16:00Z", hours=DEEPSEEK_PEAK, days=(5, 6), ratio=(2.0, 2.0),
    ),
)  # fmt: skip
