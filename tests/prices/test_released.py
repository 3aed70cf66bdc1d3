"""Released tables never change: this list only grows."""

import hashlib

from costmodel.foundation.datafiles import data_folder

RELEASED = """\
c5654f11e3cba78a38b4edf44c424bc9f99fdc55fba17d85a32d04c2854ef2f8 2026-11-23/anthropic.yaml
4c784f745e2a7838c0cf41ce1f6ce75a3e1527b6122563fd14a5bab69cf4bfad 2026-11-23/deepseek.yaml
b9d8de66aafe148208c84954b95aca5c0994a40dd3fc495cd3defc776c28ecbe 2026-11-23/google.yaml
3384fc92a1e8c171c0fc3d67fd8c1b37b9fcde92a8af29082b1a6dda85e66a10 2026-11-23/openai.yaml
"""


def test_no_released_table_has_changed_and_every_one_is_listed():
    folder = data_folder("pricing")
    listed = {name: digest for digest, name in map(str.split, RELEASED.splitlines())}
    found = {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("2*/*.yaml")
    }
    assert found == listed
