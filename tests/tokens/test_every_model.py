"""Every model of every shipped price table, and models counted by the rules of another one."""

import pytest

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import InputError
from costmodel.prices.book import load_prices
from costmodel.prices.snapshots import snapshot_days
from costmodel.tokens import count_messages, count_tokens, image_tokens
from costmodel.tokens.names import counted_as, resold_models

SNAPSHOTS = [str(day) for day in snapshot_days(data_folder("pricing"))]
PRICED = sorted({model for day in SNAPSHOTS for model in load_prices(day).models()})
HI = [{"role": "user", "content": "Hi"}]


@pytest.mark.parametrize("model", PRICED)
def test_every_priced_model_counts_a_text(model):
    count = count_tokens("Where is my parcel?", model)
    assert 1 <= count.low <= count.tokens <= count.high
    assert count.source


@pytest.mark.parametrize("model", PRICED)
def test_every_priced_model_counts_messages_or_says_whose_it_can(model):
    embeds = "embed" in model or model.startswith("voyageai/")
    providers = ("openai", "anthropic", "google", "deepseek", "mistral", "azure")
    if model.startswith(providers) or "anthropic.claude" in model:
        if not embeds:
            assert count_messages(HI, model).parts["framing"].high >= 0
        return
    with pytest.raises(InputError, match=r"no rule for frames .*expected a chat model of openai, "):
        count_messages(HI, model)


@pytest.mark.parametrize("model", resold_models())
def test_a_model_counted_as_another_one_is_priced_and_so_is_the_other(model):
    assert model in PRICED
    assert counted_as(model).name in PRICED


def test_a_dated_version_counts_as_its_model_exactly():
    dated, plain = count_messages(HI, "openai/gpt-4o-2024-08-06"), count_messages(HI, "gpt-4o")
    assert (dated.tokens, dated.exact) == (plain.tokens, True)
    assert "a dated id is one version of the model" in dated.source


def test_what_is_assumed_of_another_model_is_never_exact():
    azure = count_messages(HI, "azure/gpt-4o")
    assert (azure.tokens, azure.low, azure.high, azure.exact) == (8, 7, 9, False)
    image = image_tokens(1024, 1024, "azure/gpt-4o")
    assert (image.tokens, image.exact) == (765, False)  # 85 + 4 x 170
    assert "assumed as OpenAI's own" in image.source


def test_claude_on_bedrock_has_the_frame_and_images_of_claude():
    bedrock, own = "bedrock/global.anthropic.claude-opus-4-7", "anthropic/claude-opus-4-7"
    assert count_messages(HI, bedrock).parts["framing"].tokens == 11
    assert image_tokens(1000, 1000, bedrock).tokens == image_tokens(1000, 1000, own).tokens


def test_a_pro_version_of_a_pro_version_is_counted_as_the_model_they_stem_from():
    named = counted_as("openai/gpt-5-pro-2025-10-06")
    assert (named.name, named.assumed) == ("openai/gpt-5", True)


def test_mistral_puts_two_tokens_around_a_question_and_one_after_an_answer():
    # <s>[INST]Hi[/INST]Hi</s>[INST]Hi[/INST], docs.mistral.ai: 1 + 2 + 1 + 2
    turns = [{"role": role, "content": "Hi"} for role in ("user", "assistant", "user")]
    assert count_messages(turns, "mistral/mistral-large-4").parts["framing"].tokens == 6


def test_a_sum_names_each_method_and_source_once():
    count = count_messages([{"role": "system", "content": "Be kind."}, *HI], "openai/gpt-4o")
    assert count.method == "o200k_base, openai-chat"
    assert count.source.count("the vocabulary OpenAI publishes for tiktoken") == 1
