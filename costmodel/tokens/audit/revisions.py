"""Prompts as they stood at a revision of their git repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.audit.reading import is_prompt_file, parse_prompt
from costmodel.tokens.audit.sections import Prompt

PATIENCE_SECONDS = 30
"""How long git may take; reading one revision takes milliseconds."""


def prompts_at(revision: str, path: str | Path) -> dict[Path, Prompt]:
    """Return the prompts of a file or folder at a revision, by where they stand now.

    Parameters
    ----------
    revision : str
        Anything git takes for a commit: ``HEAD~3``, ``v1.2``, a hash.
    path : str or Path
        A prompt file or a folder, inside the work tree.

    Raises
    ------
    InputError
        If there is no git, no repository, no such revision, or no prompt there.
    """
    place = Path(path)
    folder = place if place.is_dir() else place.parent
    commit = _git(
        folder, revision, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}"
    )
    names = _git(
        folder, revision, "ls-tree", "-r", "--name-only", "-z", commit.decode().strip(), "--", "."
    )
    found: dict[Path, Prompt] = {}
    for name in names.decode("utf-8", "surrogateescape").split("\0"):
        file = folder / name
        if not name or (file != place if not place.is_dir() else not is_prompt_file(Path(name))):
            continue
        data = _git(folder, revision, "show", f"{commit.decode().strip()}:./{name}")
        found[file] = parse_prompt(f"{revision}:{file}", data, file)
    if not found:
        read = f"no prompt in {path} at {revision}"
        raise InputError(Problem(read, "a prompt that stood there", "check path and revision"))
    return found


def _git(folder: Path, revision: str, *words: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - git reads; the revision stands behind its command
            ["git", "-C", str(folder), *words],  # noqa: S607 - the user's own git
            capture_output=True,
            check=True,
            timeout=PATIENCE_SECONDS,
        )
    except FileNotFoundError:
        raise InputError(Problem("no git", "git on the path", "install git")) from None
    except subprocess.TimeoutExpired:
        read = f"no answer from git in {PATIENCE_SECONDS} s"
        raise InputError(Problem(read, "git's answer", "try again")) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        read = f"revision '{revision}' ({said[-1] if said else 'git failed'})"
        fix = "name a commit, branch or tag of the repository the prompts are in"
        raise InputError(Problem(read, "a revision that git knows", fix)) from None
    return done.stdout
