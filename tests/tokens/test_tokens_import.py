"""Importing costmodel.tokens costs the standard library only."""

import subprocess
import sys

HEAVY = {"tiktoken", "tiktoken_ext", "numpy", "regex", "requests", "pydantic", "yaml", "scipy"}


def modules_after(code):
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_tokens_loads_neither_tiktoken_nor_numpy():
    assert not modules_after("import costmodel.tokens") & HEAVY


def test_looking_up_a_family_or_an_empty_text_loads_neither_tiktoken_nor_numpy():
    code = "from costmodel.tokens import count_tokens as count\ncount('', 'openai/gpt-5')"
    assert not modules_after(code) & HEAVY


def test_counting_loads_tiktoken_but_no_http_client():
    code = "from costmodel.tokens import count_tokens as count\ncount('Hello', 'openai/gpt-5')"
    loaded = modules_after(code)
    assert "tiktoken" in loaded
    assert not loaded & {"requests", "urllib3"}
