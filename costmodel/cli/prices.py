"""`costmodel prices`: what models cost, since when, and what is announced."""

from __future__ import annotations

from typing import Annotated

import typer

from costmodel.cli.options import (
    AsJson,
    At,
    ContractFile,
    Debug,
    Snapshot,
    read_at,
    require_provider,
)
from costmodel.cli.outcome import guarded
from costmodel.cli.price_diff import diff
from costmodel.cli.price_history import history
from costmodel.cli.price_lint import lint
from costmodel.cli.price_reconcile import reconcile
from costmodel.cli.price_sync import sync
from costmodel.cli.price_why import why
from costmodel.cli.pricing import only_near_names, tell_reconstructed
from costmodel.cli.terminal import write_json

prices = typer.Typer(
    name="prices",
    help="What models cost, since when, and what is announced.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

prices.command("history")(history)
prices.command("why")(why)
prices.command("diff")(diff)
prices.command("lint")(lint)
prices.command("reconcile")(reconcile)


@prices.command("list")
@guarded
def list_prices(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Only models whose name holds this, or is near it."),
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="P", help="One provider's models only.")
    ] = None,
    at: At = None,
    snapshot: Snapshot = None,
    contract: ContractFile = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """List the models with their standard rates."""
    from costmodel.cli.price_figures import book_figures, instant, named_offers, offers_at
    from costmodel.prices.book import load_prices

    book = load_prices(snapshot, contract)
    known = list(dict.fromkeys(model.split("/")[0] for model in book.models()))
    require_provider(provider, known)
    at = read_at(at)
    offers = offers_at(book, provider, at)
    tell_reconstructed(book.snapshot, book.reconstructed)
    if name is not None:
        offers = named_offers(offers, name)
    if as_json:
        told = book_figures(book, instant(book, at))
        write_json([{**offer.figures(), **told} for offer in offers])
        return
    from costmodel.cli.price_tables import show_offers

    show_offers(book, offers, at)


@prices.command("show")
@guarded
def show_prices(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="provider/id, or an exact alias.")],
    at: At = None,
    snapshot: Snapshot = None,
    contract: ContractFile = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Show all that is known of a model's price."""
    from costmodel.cli.price_figures import book_figures, instant, model_figures
    from costmodel.prices.book import load_prices

    book = load_prices(snapshot, contract)
    with only_near_names(model):
        found = book.model(model)
    at = read_at(at)
    when = instant(book, at)
    tell_reconstructed(book.snapshot, book.reconstructed)
    if as_json:
        write_json({**book_figures(book, when), **model_figures(book, found, when)})
        return
    from costmodel.cli.price_tables import show_model

    show_model(book, found, when)


prices.command("sync")(sync)
