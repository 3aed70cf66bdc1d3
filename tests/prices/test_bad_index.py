"""An index, a snapshot name or a file that is missing, garbled or closed, and its refusal."""

import os
import shutil
from pathlib import Path

import pytest

from costmodel.foundation.errors import InputError
from costmodel.prices import load_prices
from tests.prices.refusals import ACME, WHOLE, refused
from tests.prices.shelves import shelf
from tests.prices.test_tables import TABLE

INDEX = """\
schema: costmodel.pricing-index/1
default: 2026-11-23
snapshots:
  2026-11-23:
    acme: '{sum}'
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", f"pricing/index.yaml:1:1: read nothing; expected {WHOLE}"),
        ("- a", f"pricing/index.yaml:1:1: read ['a']; expected {WHOLE}"),
        ("{{{:", "pricing/index.yaml:1:2: read a key that is no text; expected a name; fix"),
        (INDEX.replace("{sum}", "xyz"), "pricing/index.yaml:5:5: snapshots.2026-11-23.acme: read "
         "'xyz'; expected a sha256: 64 digits of 0-9a-f; fix: write what sha256sum prints"),
        (INDEX.replace("{sum}", "0" * 64), f"{ACME}: read sha256 "),
        (INDEX.replace("2026-11-23:", "newest:"), "pricing/index.yaml:4:3: snapshots.newest: read "
         "'newest'; expected a day as YYYY-MM-DD; fix"),
        (INDEX.replace("default: 2026-11-23", "default: 2026-11-24"), "pricing/index.yaml:2:1: "
         "default: read 2026-11-24; expected one of the snapshots (2026-11-23); fix: name one"),
        (INDEX.replace("default: 2026-11-23", "default: 20261123"), "pricing/index.yaml:2:1: "
         "default: read 20261123; expected a day as YYYY-MM-DD; fix"),
        (INDEX[: INDEX.index("  2026")] , "pricing/index.yaml:3:1: snapshots: read nothing"),
        (INDEX[: INDEX.index(":\n  2026")] + ": {}", "pricing/index.yaml:3:1: snapshots: read {}"),
        (INDEX[: INDEX.index("\n    acme")] + " {}", "pricing/index.yaml:4:3: snapshots.2026-11-23:"
         " read no file; expected the providers' files with their sha256; fix: list them"),
        (INDEX.replace("acme", "'../../etc/acme'"), "pricing/index.yaml:5:5: snapshots.2026-11-23."
         "../../etc/acme: read '../../etc/acme'; expected a provider's name of a-z, 0-9, _ and -"),
        (INDEX + "newest: 2026-11-23\n", "pricing/index.yaml:6:1: newest: read key 'newest'; "
         "expected one of schema, default, snapshots"),
    ],
    ids=range(13),
)  # fmt: skip
def test_a_bad_index_is_refused_with_its_place_and_a_fix(tmp_path, text, said):
    folder = shelf(tmp_path, TABLE)
    good = (folder / "index.yaml").read_text().rpartition("acme: '")[2][:64]
    (folder / "index.yaml").write_text(text.replace("{sum}", good))
    refused(folder, said)


def test_an_index_that_is_not_there_is_refused(tmp_path):
    refused(
        tmp_path, "pricing/index.yaml: read nothing (No such file or directory); expected a YAML"
    )


def test_a_table_that_is_not_there_or_is_a_folder_is_refused(tmp_path):
    folder = shelf(tmp_path, TABLE)
    table = folder / "2026-11-23" / "acme.yaml"
    table.unlink()
    refused(
        folder, f"{ACME}: read no such file; expected the file named in pricing/index.yaml; fix"
    )
    table.mkdir()
    refused(folder, f"{ACME}: read nothing (Is a directory); expected the file named in pricing/in")
    shutil.rmtree(table.parent)
    refused(folder, f"{ACME}: read no such file")


def forbid(monkeypatch, name):
    """Make opening files of a name fail, as without permission: root may open everything."""
    opened = Path.open

    def closed(self, *args, **words):
        if self.name == name:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **words)

    monkeypatch.setattr(Path, "open", closed)


def test_files_that_may_not_be_read_are_refused(tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    folder, other = shelf(tmp_path, TABLE), shelf(tmp_path / "other", TABLE)
    with monkeypatch.context() as patch:
        forbid(patch, "acme.yaml")
        refused(folder, f"{ACME}: read nothing (Permission denied); expected the file named in pri")
    forbid(monkeypatch, "index.yaml")
    refused(other, "pricing/index.yaml: read nothing (Permission denied); expected a YAML file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_entered_is_refused(tmp_path):
    folder = shelf(tmp_path, TABLE)
    (folder / "2026-11-23").chmod(0)
    try:
        refused(folder, f"{ACME}: read nothing (Permission denied)")
    finally:
        (folder / "2026-11-23").chmod(0o700)


@pytest.mark.parametrize(
    "name", ["latest", "2026-13-45", "20261123", "2026-W48-1", "", "../2026-11-23", "2026-11-23\n"]
)
def test_a_snapshot_name_that_is_no_date_is_refused(name):
    with pytest.raises(
        InputError, match="expected the day of a snapshot as YYYY-MM-DD; fix: there"
    ):
        load_prices(name)
