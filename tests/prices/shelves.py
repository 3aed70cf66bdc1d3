"""Price tables of a test's own, on a shelf with an index that vouches for them."""

import hashlib

from costmodel.prices import load_prices

HEAD = """\
schema: costmodel.pricing/1
snapshot: 2026-11-23
provider: acme
currency: USD
unit: usd_per_1m_tokens
usage_convention: input_tokens_is_total
sources:
  s: {name: somewhere, kind: vendor}
"""
FACTS = """\
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: none}
"""


def shelf(folder, table, *, day="2026-11-23", digest="", provider="acme"):
    """Write one table and its index; return the folder."""
    (folder / day).mkdir()
    (folder / day / f"{provider}.yaml").write_text(table)
    digest = digest or hashlib.sha256(table.encode()).hexdigest()
    (folder / "index.yaml").write_text(
        f"schema: costmodel.pricing-index/1\ndefault: {day}\n"
        f"snapshots:\n  {day}:\n    {provider}: '{digest}'\n"
    )
    return folder


def several(folder, tables):
    """Write a shelf of snapshots: by day, the text of each provider's table; return the folder."""
    lines = ["schema: costmodel.pricing-index/1", f"default: {max(tables)}", "snapshots:"]
    for day, texts in tables.items():
        (folder / day).mkdir(parents=True)
        lines.append(f"  {day}:")
        for provider, text in texts.items():
            (folder / day / f"{provider}.yaml").write_text(text)
            digest = hashlib.sha256(text.encode()).hexdigest()
            lines.append(f"    {provider}: '{digest}'")
    (folder / "index.yaml").write_text("\n".join(lines) + "\n")
    return folder


def table(day, *models, head=""):
    """Return the text of acme's table as of a day."""
    return HEAD.replace("2026-11-23", day) + head + "models:\n" + "".join(models)


def model(name, *periods, facts=FACTS, more=""):
    """Return the lines of a model; each period is a flow mapping without its braces."""
    lines = "".join(f"      - {{{period}}}\n" for period in periods)
    return f"  - id: {name}\n{facts}{more}    periods:\n{lines}"


def since(start, rate, status="effective", **more):
    """Return a period of standard rates: input `rate`, output four times that."""
    extra = "".join(f", {key}: {value}" for key, value in more.items())
    first = start if start == "null" else f"'{start}'"
    rates = f"{{input: {rate}, output: {4 * rate}}}"
    return (
        f"from: {first}, status: {status}, src: [s]{extra}, "
        f"cards: {{standard: {{per_mtok: {rates}}}}}"
    )


def book_of(folder, *models, head=""):
    """Return the book of one provider, acme, with the given models."""
    return load_prices(folder=shelf(folder, HEAD + head + "models:\n" + "".join(models)))


def inputs(price):
    """Return the parts of a month as (share, input rate)."""
    return [(share, card.input) for share, card in price.parts]
