"""pricing/README.md says what every key means, and its example is a valid table."""

import re

import pytest
from pydantic import BaseModel

from costmodel.foundation.datafiles import data_folder
from costmodel.prices.contract import ContractTerms
from costmodel.prices.schema import Table
from costmodel.prices.tables import read_table

README = (data_folder("pricing") / "README.md").read_text()


def records(kind):
    """Yield a record and every record inside it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from records(field.annotation)
    for inner in getattr(kind, "__args__", ()):
        yield from records(inner)


@pytest.mark.parametrize("file", [Table, ContractTerms])
def test_every_key_is_explained(file):
    keys = {
        field.alias or name
        for record in records(file)
        for name, field in record.model_fields.items()
    }
    assert len(keys) > 40
    assert [key for key in sorted(keys) if f"`{key}`" not in README] == []


def test_the_example_is_a_valid_table(tmp_path):
    (example,) = re.findall(r"```yaml\n(schema: costmodel.pricing/1.*?)```", README, re.DOTALL)
    file = tmp_path / "openai.yaml"
    file.write_text(example)
    (entry,) = read_table(file, shown="openai.yaml").models
    assert entry.id == "gpt-5.6-sol"
