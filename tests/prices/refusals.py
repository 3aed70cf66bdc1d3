"""What every refusal of a file must tell."""

import pytest

from costmodel.foundation.errors import UNSEEN, InputError
from costmodel.prices import load_prices

ACME = "pricing/2026-11-23/acme.yaml"
WHOLE = "the keys of a price file, schema: first; fix: is it the right file, and not cut off?"
"""What is expected of a file that is no mapping at all."""


def refused(folder, said):
    with pytest.raises(InputError) as caught:
        load_prices(folder=folder).models()
    told(caught.value, said)


def told(error, said):
    """Every problem has a file and a fix, and nothing a terminal obeys; the first says `said`."""
    assert said in str(error)
    for problem in error.problems:
        assert problem.file
        assert problem.fix
        assert problem.read
        assert problem.expected
    assert not UNSEEN.search(str(error).replace("\n", ""))
