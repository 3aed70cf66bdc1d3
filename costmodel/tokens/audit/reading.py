"""Prompt files: plain text and Markdown, and chat messages as JSON or YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.reading import read_yaml_text
from costmodel.tokens.audit.requests import dumped, request_prompt
from costmodel.tokens.audit.sections import Kind, Prompt, kind_named, prompt_of, split_text

TEXTS = (".md", ".txt", ".prompt", ".j2", ".jinja", ".jinja2", ".tmpl", "")
"""Endings of files that are read as text; a file without an ending is text."""
MESSAGES = (".json", ".yaml", ".yml")
"""Endings of files that hold messages, tools or a whole request."""
LARGEST = 4_000_000
"""Bytes of a prompt that are read: about a million tokens, as much as the models take."""


def read_prompt(path: str | Path) -> Prompt:
    """Read a prompt.

    Parameters
    ----------
    path : str or Path
        Text or Markdown; or JSON or YAML with messages or a whole request, counted as
        `count_messages` counts it. What follows the last answer is the user's, the messages
        before it are history.

    Raises
    ------
    InputError
        If the file cannot be read or is none of these.
    """
    file = Path(path)
    return parse_prompt(str(path), _bytes(file, str(path)), file)


def parse_prompt(name: str, data: bytes, file: Path) -> Prompt:
    """Return the prompt in the bytes of a file; `file` tells its kind by its ending."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        read = f"byte 0x{data[error.start]:02x} at position {error.start}"
        fix = f"iconv -t utf-8 {name}"
        raise InputError(Problem(read, "text in UTF-8", fix, file=name)) from None
    ending = file.suffix.lower()
    if ending not in MESSAGES:
        return split_text(name, text, kind_named(file.stem) or "system")
    return _request(name, text, ending, kind_named(file.stem))


def prompts_in(folder: str | Path) -> list[Path]:
    """Return the prompt files of a folder and the folders below it, sorted by name.

    Raises
    ------
    InputError
        If the folder holds none.
    """
    root = Path(folder)
    found = sorted(file for file in root.rglob("*") if is_prompt_file(file) and file.is_file())
    if not found:
        endings = ", ".join(end for end in (*TEXTS, *MESSAGES) if end)
        problem = Problem(
            "no prompt", f"files ending in {endings}", "check the folder", file=str(folder)
        )
        raise InputError(problem)
    return found


def is_prompt_file(file: Path) -> bool:
    """Whether a file's ending says that it may hold a prompt; hidden files do not."""
    hidden = any(part.startswith(".") and part not in (".", "..") for part in file.parts)
    return not hidden and bool(file.suffix) and file.suffix.lower() in (*TEXTS, *MESSAGES)


def _bytes(file: Path, name: str) -> bytes:
    try:
        size = file.stat().st_size
        if size > LARGEST:
            read = f"a file of {size:,} bytes"
            fix = "audit the prompt, not the documents filled into it"
            raise InputError(Problem(read, f"at most {LARGEST:,} bytes", fix, file=name))
        return file.read_bytes()
    except OSError as error:
        read = f"nothing ({error.strerror or error})"
        raise InputError(Problem(read, "a prompt file", "check the path", file=name)) from None


def _request(name: str, text: str, ending: str, named: Kind | None) -> Prompt:
    if not text.strip():
        return prompt_of(name, [])
    data = _json(name, text) if ending == ".json" else read_yaml_text(text, file=name).data
    if named in ("tools", "examples"):
        return prompt_of(name, [(named, f"{dumped(data)}\n")])
    return request_prompt(name, data)


def _json(name: str, text: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        problem = Problem(f"no JSON ({error})", "JSON", "repair it", file=name, line=line)
        raise InputError(problem) from None
