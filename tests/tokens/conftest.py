"""tiktoken as it is, reading the published vocabularies from a cache folder of its own."""

import hashlib

import pytest
import tiktoken
from tiktoken_ext import openai_public

from costmodel.tokens.packed import content_of, unpack
from costmodel.tokens.vocabulary import DATA

ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
NAMES = ("o200k_base", "cl100k_base")


def published(name):
    return content_of(unpack((DATA / f"{name}.vocabulary").read_bytes()))


@pytest.fixture(scope="session")
def tiktokens(tmp_path_factory):
    """Encodings by tiktoken's own code, which looks for sha1(address) and checks the sha256."""
    folder = tmp_path_factory.mktemp("tiktoken")
    for name in NAMES:
        digest = hashlib.sha1(ADDRESS.format(name).encode()).hexdigest()
        (folder / digest).write_bytes(published(name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        constructors = openai_public.ENCODING_CONSTRUCTORS
        return {name: tiktoken.Encoding(**constructors[name]()) for name in NAMES}


@pytest.fixture(params=NAMES)
def name(request):
    return request.param
