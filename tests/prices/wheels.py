"""Small packages of a test's own, unpacked as wheels are."""

import json

DATA = """\
import datetime
from decimal import Decimal
from .types import *
providers: list[Provider] = [Provider(id='openai', models=[{models}])]
"""


def unpacked(folder, models, entries, *, versions=("1.0.0", "2.0.0")):
    """Write both packages: genai-prices with `models` (source text), litellm with `entries`."""
    for name, version in zip(("genai_prices", "litellm"), versions, strict=True):
        (folder / f"{name}-{version}.dist-info").mkdir(parents=True)
        (folder / name).mkdir()
    (folder / "genai_prices" / "data.py").write_text(DATA.format(models=", ".join(models)))
    prices = folder / "litellm" / "model_prices_and_context_window_backup.json"
    prices.write_text(json.dumps(entries))
    return folder


def listed(name, prices, *, variants="None", match="", comments="None", more=""):
    """Return the source text of one model of genai-prices."""
    match = match or f"ClauseEquals(equals='{name}')"
    return (
        f"ModelInfo(id='{name}', match={match}, context_window=1000, price_comments={comments}, "
        f"prices={prices}, price_variants={variants}{more})"
    )


def priced(**rates):
    """Return the source text of a ModelPrice."""
    inner = ", ".join(f"{name}=Decimal('{usd}')" for name, usd in rates.items())
    return f"ModelPrice({inner})"


OVERLAY = """\
schema: costmodel.pricing-overlay/1
sources:
  od: {url: "https://example.com/prices", kind: vendor}
  me: {name: a note, kind: secondary, retrieved: 2026-01-01}
providers:
  openai:
    title: A test
    page: od
    names: {genai_prices: openai, litellm: openai, prefixes: [""]}
    launch_from_ids: true
    models: [one, two]
    facts:
      - {known: 2025-01-01, src: [me], tokenizer: {family: o200k_base, counting: exact}}
"""
INDEX = """\
schema: costmodel.pricing-index/1
default: 2026-01-01
snapshots:
  2026-01-01: {acme: "0000000000000000000000000000000000000000000000000000000000000000"}
"""


def tables(folder, facts="", overlay=OVERLAY):
    """Write a folder of tables with an overlay and an index; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overlay.yaml").write_text(overlay + facts)
    (folder / "index.yaml").write_text(INDEX)
    return folder
