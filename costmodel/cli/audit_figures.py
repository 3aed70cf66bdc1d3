"""Audits as plain data: tokens per call, USD per month."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from costmodel.tokens.audit import Audit, Comparison


def audit_figures(audit: Audit) -> dict[str, Any]:
    """Return an audit as plain data."""
    figures = asdict(audit)
    return {
        "file": figures.pop("name"),
        **figures,
        "usd_per_month": audit.usd_per_month,
        "usd_per_month_if_all_cached": audit.cached_usd_per_month,
    }


def comparison_figures(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison with both its audits as plain data."""
    return {
        "old": audit_figures(comparison.old),
        "new": audit_figures(comparison.new),
        "sections": [
            {**asdict(section), "tokens": section.tokens} for section in comparison.sections
        ],
        "tokens": comparison.tokens,
        "usd_per_month": comparison.usd_per_month,
        "solved": list(comparison.solved),
        "arisen": list(comparison.arisen),
    }


def versions_figures(
    both: list[Comparison], added: list[Audit], removed: list[Audit]
) -> dict[str, Any]:
    """Return what changed between two versions of several prompts."""
    return {
        "compared": [comparison_figures(each) for each in both],
        "added": [audit_figures(each) for each in added],
        "removed": [audit_figures(each) for each in removed],
    }
