"""Audits for people."""

from __future__ import annotations

from collections.abc import Iterator

from costmodel.cli.terminal import add_row, show, stdout_console, table, wrapped, write
from costmodel.prices.cards import rate_text
from costmodel.tokens.audit import Audit, Comparison

MOST_NAMES = 12
"""Placeholders that are named before the rest is only counted."""


def show_audit(audit: Audit) -> None:
    """Write one prompt's sections, its cacheable start, what to save and what to look at."""
    _sections(audit)
    for title, lines in (
        ("", _notes(audit)),
        ("Cache", _prefix(audit)),
        ("Savings", _savings(audit)),
        ("To look at", _remarks(audit)),
    ):
        _paragraph(title, list(lines))


def _paragraph(title: str, lines: list[str]) -> None:
    console = stdout_console()
    if lines:
        write("")
    if lines and title:
        write(title)
    for line in lines:
        console.print(wrapped(line, console.width), markup=False, highlight=False)


def _sections(audit: Audit) -> None:
    count = audit.count
    band = "" if count.exact else f" (band {count.low:,} to {count.high:,} as written)"
    title = f"{audit.name} for {audit.model}: {audit.filled:,} tokens a call{band}"
    dollars = audit.turns_per_month is not None
    columns = ["Section", "Line", "Tokens", "Share", *(["USD a month"] if dollars else [])]
    made = table(title, columns, words=("Section",))
    for section in audit.sections:
        share = section.tokens / max(audit.filled, 1)
        cells = [section.kind, section.line, f"{section.tokens:,}", f"{share:.0%}"]
        add_row(made, *cells, *_usd(section.usd_per_month))
    if len(audit.sections) > 1:
        add_row(
            made, "together", "", f"{audit.filled:,}", "100%", *_usd(audit.usd_per_month), bold=True
        )
    show(made)


def _usd(value: float | None) -> list[str]:
    return [] if value is None else [f"{value:,.2f}"]


def _notes(audit: Audit) -> Iterator[str]:
    if audit.turns_per_month is not None:
        yield (
            f"at {rate_text(audit.input_usd_per_mtok)} per 1M input tokens ({audit.at}, prices as "
            f"known on {audit.snapshot}), {audit.turns_per_month:,.0f} calls a month, none cached"
        )
    if audit.unsized:
        more = len(audit.unsized) - MOST_NAMES
        names = ", ".join(audit.unsized[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
        yield (
            f"placeholders counted as written, for want of a size: {names} "
            f"(--size {audit.unsized[0]}=TOKENS)"
        )


def _prefix(audit: Audit) -> Iterator[str]:
    prefix = audit.prefix
    start = f"the first {prefix.tokens:,} tokens are the same in every call"
    if prefix.broken_by is None:
        yield "nothing in the prompt changes from call to call"
    else:
        yield f"{start}; {prefix.broken_by} is the first that changes"
    if prefix.kept:
        least = "" if audit.cached_usd_per_month is None else _least(audit)
        yield f"the provider's cache can keep {prefix.kept:,} of them{least}"
    else:
        yield f"nothing is cached: {prefix.reason}"


def _least(audit: Audit) -> str:
    return (
        f": ${audit.cached_usd_per_month:,.2f} a month instead of ${audit.usd_per_month:,.2f} if "
        "every call found it there"
    )


def _savings(audit: Audit) -> Iterator[str]:
    for saving in audit.savings:
        usd = (
            "" if saving.usd_per_month is None else f", up to ${saving.usd_per_month:,.2f} a month"
        )
        unit = "token" if saving.tokens == 1 else "tokens"
        yield f"{saving.tokens:,} {unit} a call{usd}: {saving.text}"


def _remarks(audit: Audit) -> Iterator[str]:
    for remark in audit.remarks:
        line = f"line {remark.line}: " if remark.line else ""
        yield f"{line}{remark.text}. {remark.fix[:1].upper()}{remark.fix[1:]}."


def show_overview(audits: list[Audit]) -> None:
    """Write one row for each of several prompts."""
    dollars = audits[0].turns_per_month is not None
    more = ["USD a month"] if dollars else []
    columns = ["Prompt", "Tokens", "Cacheable", "Savable", "To look at", *more]
    made = table(f"{len(audits)} prompts for {audits[0].model}", columns, words=("Prompt",))
    for audit in audits:
        savable = sum(each.tokens for each in audit.savings if each.kind != "order")
        figures = (audit.filled, audit.prefix.kept, savable, len(audit.remarks))
        cells = [f"{n:,}" for n in figures]
        add_row(made, audit.name, *cells, *_usd(audit.usd_per_month))
    totals = [f"{sum(audit.filled for audit in audits):,}", "", "", ""]
    usd = sum(audit.usd_per_month or 0.0 for audit in audits)
    add_row(made, "together", *totals, *([f"{usd:,.2f}"] if dollars else []), bold=True)
    show(made)
    write("")
    write("Give one of them alone to see its sections, savings and remarks.")


def show_comparison(comparison: Comparison) -> None:
    """Write what changed from one version to the next."""
    old, new = comparison.old, comparison.new
    dollars = comparison.usd_per_month is not None
    columns = ["Section", "Before", "After", "Change", *(["USD a month"] if dollars else [])]
    title = f"{old.name} -> {new.name} for {new.model}, tokens a call"
    made = table(title, columns, words=("Section",))
    for each in comparison.sections:
        cells = (f"{each.old_tokens:,}", f"{each.new_tokens:,}", f"{each.tokens:+,}")
        add_row(made, each.kind, *cells, *_signed(each.usd_per_month))
    cells = (f"{old.filled:,}", f"{new.filled:,}", f"{comparison.tokens:+,}")
    add_row(made, "together", *cells, *_signed(comparison.usd_per_month), bold=True)
    kept = (f"{old.prefix.kept:,}", f"{new.prefix.kept:,}")
    add_row(made, "cacheable", *kept, f"{new.prefix.kept - old.prefix.kept:+,}", *([""] * dollars))
    show(made)
    _paragraph("", [f"put right: {text}" for text in comparison.solved])
    _paragraph("", [f"new: {text}" for text in comparison.arisen])


def _signed(value: float | None) -> list[str]:
    return [] if value is None else [f"{value:+,.2f}"]


def show_gone(same: int, added: list[Audit], removed: list[Audit]) -> None:
    """Write which prompts came, went, and stayed as they were."""
    lines = [f"new file {audit.name}: {audit.filled:,} tokens" for audit in added]
    lines += [f"file gone {audit.name}: {audit.filled:,} tokens" for audit in removed]
    if same:
        lines.append(f"{same} {'prompt' if same == 1 else 'prompts'} unchanged")
    for line in lines:
        write(line)
