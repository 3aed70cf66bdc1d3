"""Record the counts of the shipped prompts.

After a shipped prompt changes, give all of them, from the root of the repository::

    from pathlib import Path
    from costmodel.tokens import record_known_counts

    record_known_counts(Path("scenarios/prompts").glob("*.md"))
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from costmodel.tokens.exact import count_afresh
from costmodel.tokens.known_counts import KNOWN_COUNTS_FILE, known_counts, text_digest
from costmodel.tokens.placeholders import times_used, without
from costmodel.tokens.vocabulary import PACKED_SHA256


def record_known_counts(files: Iterable[Path], target: Path = KNOWN_COUNTS_FILE) -> None:
    """Count the texts of `files` and write them in the place of all recorded counts.

    Parameters
    ----------
    files : iterable of Path
        Text files in UTF-8; line ends are read as line feeds.
    target : Path
        The file to replace, by default the one that is consulted.
    """
    texts = [text for file in files for text in _forms(file.read_text(encoding="utf-8"))]
    counts = {text_digest(text): _counts(text) for text in texts}
    draft = target.with_suffix(".draft")
    draft.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(draft, target)
    known_counts.cache_clear()


def _forms(text: str) -> set[str]:
    """Return a text as it is written, and with all its placeholders taken out to be filled."""
    return {text, without(text, frozenset(times_used(text)))}


def _counts(text: str) -> dict[str, int]:
    return {name: count_afresh(text, name) for name in PACKED_SHA256}
