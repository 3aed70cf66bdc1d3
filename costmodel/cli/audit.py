"""`costmodel audit`: what a prompt's sections cost, what is wasted, what breaks the cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costmodel.cli.options import AsJson, At, Debug, Snapshot, read_at
from costmodel.cli.outcome import guarded
from costmodel.cli.pricing import only_near_names
from costmodel.cli.terminal import write, write_json
from costmodel.cli.waiting import waiting
from costmodel.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from costmodel.tokens.audit import Audit, Prompt

Pair = tuple["Prompt | None", "Prompt | None"]
"""A prompt before and after; None where it is not there."""


@guarded
def audit(
    prompts: Annotated[
        list[Path],
        typer.Argument(
            metavar="PROMPT...",
            help="A prompt file or a folder of them; two files are two versions of one prompt.",
        ),
    ],
    model: Annotated[str, typer.Option("--model", "-m", metavar="M", help="provider/id.")],
    turns: Annotated[
        float | None,
        typer.Option("--turns-per-month", metavar="N", help="Calls a month that send the prompt."),
    ] = None,
    sizes: Annotated[
        list[str] | None,
        typer.Option(
            "--size",
            metavar="NAME=TOKENS",
            help="What a placeholder is filled with; can be repeated.",
        ),
    ] = None,
    git: Annotated[
        str | None,
        typer.Option("--git", metavar="REV", help="Compare with the prompts at a git revision."),
    ] = None,
    at: At = None,
    snapshot: Snapshot = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Show what each section of a prompt costs and what could be saved."""
    from costmodel.prices.book import load_prices
    from costmodel.tokens.audit import audit_prompt

    book = load_prices(snapshot)
    filled = read_sizes(sizes or [])
    at = read_at(at)

    def audited(prompt: Prompt) -> Audit:
        named = _used(prompt, filled)
        return audit_prompt(prompt, model, turns_per_month=turns, sizes=named, at=at, prices=book)

    with waiting("auditing"), only_near_names(model):
        pairs = _pairs(prompts, git)
        _require_used(pairs, filled)
        results = [
            (None if old is None else audited(old), None if new is None else audited(new))
            for old, new in pairs
        ]
    if _versions(prompts, git):
        _show_versions(results, as_json=as_json)
    else:
        _show_audits([new for _, new in results if new is not None], as_json=as_json)


def _show_audits(audits: list[Audit], *, as_json: bool) -> None:
    if as_json:
        from costmodel.cli.audit_figures import audit_figures

        write_json([audit_figures(each) for each in audits])
        return
    from costmodel.cli.audit_tables import show_audit, show_overview

    for each in audits if len(audits) == 1 else ():
        show_audit(each)
    if len(audits) > 1:
        show_overview(audits)


def _show_versions(results: list[tuple[Audit | None, Audit | None]], *, as_json: bool) -> None:
    from costmodel.tokens.audit import compare_prompts

    both = [compare_prompts(old, new) for old, new in results if old and new]
    changed = [each for each in both if each.changed]
    added = [new for old, new in results if old is None and new is not None]
    removed = [old for old, new in results if new is None and old is not None]
    if as_json:
        from costmodel.cli.audit_figures import versions_figures

        write_json(versions_figures(both, added, removed))
        return
    from costmodel.cli.audit_tables import show_comparison, show_gone

    for number, comparison in enumerate(changed):
        if number:
            write("")
        show_comparison(comparison)
    show_gone(len(both) - len(changed), added, removed)


def read_sizes(texts: list[str]) -> dict[str, float]:
    """Return the sizes of ``NAME=TOKENS`` by name.

    Raises
    ------
    InputError
        If one is not a name, ``=`` and a number.
    """
    sizes = {}
    for text in texts:
        name, equals, number = text.partition("=")
        try:
            sizes[name.strip()] = float(number.replace(",", "").replace("k", "e3"))
        except ValueError:
            equals = ""
        if not equals or not name.strip():
            fix = "write it like --size context=2000"
            raise InputError(Problem(f"'{text}'", "NAME=TOKENS", fix, "--size"))
    return sizes


def _versions(paths: list[Path], git: str | None) -> bool:
    return git is not None or (len(paths) == 2 and all(path.is_file() for path in paths))


def _pairs(paths: list[Path], git: str | None) -> list[Pair]:
    """Return the prompts to audit, each with the version before it if there is one."""
    from costmodel.tokens.audit import prompts_in, read_prompt

    if git is not None:
        return [pair for path in paths for pair in _since(git, path)]
    if _versions(paths, git):
        return [(read_prompt(paths[0]), read_prompt(paths[1]))]
    files = [file for path in paths for file in (prompts_in(path) if path.is_dir() else [path])]
    return [(None, read_prompt(file)) for file in files]


def _since(revision: str, path: Path) -> list[Pair]:
    from costmodel.tokens.audit import prompts_at, prompts_in, read_prompt

    old = prompts_at(revision, path)
    files = prompts_in(path) if path.is_dir() else [path]
    now = {file: read_prompt(file) for file in files if file.exists()}
    every = sorted({*old, *now})
    return [(old.get(file), now.get(file)) for file in every]


def _used(prompt: Prompt, sizes: dict[str, float]) -> dict[str, float]:
    from costmodel.tokens.placeholders import times_used

    there = times_used(prompt.text)
    return {name: size for name, size in sizes.items() if name in there}


def _require_used(pairs: list[Pair], sizes: dict[str, float]) -> None:
    """Refuse a size whose placeholder is in none of the prompts."""
    from costmodel.foundation.errors import did_you_mean
    from costmodel.tokens.placeholders import times_used

    texts = [prompt.text for pair in pairs for prompt in pair if prompt is not None]
    known = sorted({name for text in texts for name in times_used(text)})
    for name in sizes:
        if name not in known:
            expected = f"a placeholder of the prompt ({', '.join(known) or 'it has none'})"
            fix = did_you_mean(name, known) or "leave it out"
            raise InputError(Problem(f"'{name}'", expected, fix, "--size"))
