"""A family's estimator refitted from a user's own texts and what was billed for them."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.estimators import Estimator, Measure, entry_of, read_estimator

SCHEMA = "costmodel.calibration/1"
"""Name and version of the file."""


@dataclass(frozen=True)
class Calibration:
    """An estimator of billed tokens, for `count_tokens(text, model, calibration=...)`.

    Parameters
    ----------
    model, family : str
        The model the pairs are of, and its tokenizer family.
    pairs : int
        How many pairs it was made from.
    factor : float
        Billed tokens per token estimated before, over the pairs.
    per_text : float
        Tokens billed with every text whatever its length (a message's frame, say).
    estimator : Estimator
        Weights and bands of the text itself.
    """

    model: str
    family: str
    pairs: int
    factor: float
    per_text: float
    estimator: Estimator

    @property
    def method(self) -> str:
        """What it is, in a few words."""
        return f"calibrated on {self.pairs} pairs"

    @property
    def source(self) -> str:
        """What it was made from."""
        return f"{self.pairs} texts and what {self.model} billed for them"

    def tokens(self, measure: Measure) -> float:
        """Return the estimate for a whole text, not rounded."""
        return self.per_text + self.estimator.tokens(measure)

    def band(self, measure: Measure) -> tuple[float, float]:
        """Return the 5 % and the 95 % quantile of billed / estimated."""
        return self.estimator.band(measure)

    def save(self, path: str | Path) -> None:
        """Write the calibration to a JSON file, at once or not at all."""
        document = {
            "schema": SCHEMA,
            "model": self.model,
            "family": self.family,
            "pairs": self.pairs,
            "factor": self.factor,
            "per_text": self.per_text,
            **entry_of(self.estimator),
        }
        target = Path(path)
        draft = target.with_name(f"{target.name}.draft")
        draft.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        os.replace(draft, target)

    @classmethod
    def load(cls, path: str | Path) -> Calibration:
        """Read a calibration from the JSON file that `save` wrote.

        Raises
        ------
        InputError
            If the file cannot be read or is not a calibration.
        """
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise _refused(path, f"nothing ({error.strerror or error})", "check the path") from None
        except ValueError as error:
            raise _refused(path, f"no JSON ({error})") from None
        try:
            return _read(document)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _refused(path, f"another document ({error!r})") from None


def _read(document: dict[str, Any]) -> Calibration:
    if document["schema"] != SCHEMA:
        raise ValueError(f"schema {document['schema']!r}")
    estimator = read_estimator(document)
    factor, per_text = float(document["factor"]), float(document["per_text"])
    knots = [number for knots in estimator.bands.values() for knot in knots for number in knot]
    numbers = (factor, per_text, estimator.per_token, *estimator.per_feature, *knots)
    if not all(math.isfinite(number) and number >= 0 for number in numbers):
        raise ValueError("a number that is negative or not finite")
    return Calibration(
        document["model"], document["family"], int(document["pairs"]), factor, per_text, estimator
    )


def _refused(
    path: str | Path, read: str, fix: str = "make it anew: calibrate(...).save(path)"
) -> InputError:
    return InputError(Problem(read, f"a file with schema {SCHEMA}", fix, file=str(path)))
