"""Which tokenizer each model has."""

import json
from pathlib import Path

import pytest
import yaml

from costmodel.tokens import known_models, model_family
from costmodel.tokens.families import _FILE

DOCUMENT = json.loads(_FILE.read_text(encoding="utf-8"))
TABLES = sorted(Path(__file__).parents[2].glob("pricing/*-*-*/*.yaml"))


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("openai/gpt-6-astra", "o200k_base"),
        ("openai/gpt-5.6-terra", "o200k_base"),
        ("openai/o3", "o200k_base"),
        ("openai/gpt-4o-mini", "o200k_base"),
        ("openai/gpt-5-6-terra", "o200k_base"),
        ("openai/gpt-4", "cl100k_base"),
        ("openai/gpt-3.5-turbo", "cl100k_base"),
        ("openai/text-embedding-3-small", "cl100k_base"),
        ("anthropic/claude-haiku-5-5", "claude_v47"),
        ("anthropic/claude-opus-4-8", "claude_v47"),
        ("anthropic/claude-opus-4-7", "claude_v47"),
        ("anthropic/claude-opus-4-6", "claude_v3"),
        ("anthropic/claude-haiku-4-5", "claude_v3"),
        ("google/gemini-4-argon", "gemini"),
        ("deepseek/deepseek-v4-flash", "deepseek_v4"),
    ],
)
def test_models_have_their_family(model, family):
    assert model_family(model).name == family


def test_a_bare_id_means_one_model_only():
    bare = {name.partition("/")[2]: name for name in known_models()}
    assert len(bare) == len(known_models())
    assert all(model_family(short) is model_family(name) for short, name in bare.items())


def test_no_model_is_listed_twice():
    names = [name for group in DOCUMENT["models"] for name in group["names"]]
    aliases = [name for group in DOCUMENT["models"] for name in group.get("aliases", [])]
    assert names == known_models()
    assert len(names + aliases) == len(set(names + aliases))


def test_every_family_is_exact_or_has_a_ratio_and_every_entry_a_source():
    for family in DOCUMENT["families"].values():
        assert ("encoding" in family) != ("ratio" in family)
        assert family["source"]
    assert all(group["source"] for group in DOCUMENT["models"])


def test_medians_lie_inside_their_bands():
    ratios = [family["ratio"] for family in DOCUMENT["families"].values() if "ratio" in family]
    assert all(0 < ratio["p05"] < ratio["median"] < ratio["p95"] for ratio in ratios)


def test_openai_s_models_have_the_encoding_tiktoken_gives_them():
    tiktoken = pytest.importorskip("tiktoken")
    told = [group for group in DOCUMENT["models"] if "tiktoken 0.14 maps it" in group["source"]]
    assert len(told) == 2
    for group in told:
        for name in group["names"] + group.get("aliases", []):
            encoding = tiktoken.encoding_name_for_model(name.removeprefix("openai/"))
            assert encoding == group["family"]


@pytest.mark.skipif(not TABLES, reason="no price tables in this checkout")
@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_every_model_of_the_price_tables_can_be_counted_by_all_its_names(file):
    table = yaml.safe_load(file.read_text(encoding="utf-8"))
    for model in table["models"]:
        family = model_family(f"{table['provider']}/{model['id']}")
        names = {model_family(alias).name for alias in model.get("aliases", [])}
        assert names <= {family.name}


@pytest.mark.skipif(not TABLES, reason="no price tables in this checkout")
@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_families_agree_with_what_the_price_tables_say(file):
    table = yaml.safe_load(file.read_text(encoding="utf-8"))
    for model in table["models"]:
        family = model_family(f"{table['provider']}/{model['id']}")
        told = model["tokenizer"]
        assert family.name.startswith(told["family"])  # claude_v3 and claude_v47 are claude
        assert (family.ratio is None) == (told["counting"] == "exact")
