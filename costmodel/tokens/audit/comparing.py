"""Two versions of a prompt: what each section gained or lost, in tokens and dollars."""

from __future__ import annotations

from dataclasses import dataclass

from costmodel.tokens.audit.auditing import Audit
from costmodel.tokens.audit.sections import KINDS, Kind


@dataclass(frozen=True)
class SectionChange:
    """A kind of section in the old and the new version: tokens per call, dollars a month."""

    kind: Kind
    old_tokens: int
    new_tokens: int
    usd_per_month: float | None
    """What the change costs a month; negative if it saves."""

    @property
    def tokens(self) -> int:
        """Tokens gained; negative if lost."""
        return self.new_tokens - self.old_tokens


@dataclass(frozen=True)
class Comparison:
    """Two audits of one prompt for one model.

    Parameters
    ----------
    old, new : Audit
    sections : tuple of SectionChange
        Every kind that either version has.
    solved, arisen : tuple of str
        Remarks that the new version no longer has, and those it has now.
    """

    old: Audit
    new: Audit
    sections: tuple[SectionChange, ...]
    solved: tuple[str, ...]
    arisen: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """Tokens per call gained; negative if lost."""
        return self.new.filled - self.old.filled

    @property
    def changed(self) -> bool:
        """Whether the two differ in anything that is shown."""
        moved = any(section.tokens for section in self.sections)
        prefix = self.old.prefix.kept != self.new.prefix.kept
        return moved or prefix or bool(self.solved or self.arisen)

    @property
    def usd_per_month(self) -> float | None:
        """What the new version costs more a month, at the input rate."""
        old, new = self.old.usd_per_month, self.new.usd_per_month
        return None if old is None or new is None else new - old


def compare_prompts(old: Audit, new: Audit) -> Comparison:
    """Return what changed from one version of a prompt to the next."""
    before, after = old.by_kind(), new.by_kind()
    kinds = [kind for kind in KINDS if kind in before or kind in after]
    sections = tuple(_change(kind, before.get(kind, 0), after.get(kind, 0), new) for kind in kinds)
    had, has = ({remark.rule: remark.text for remark in audit.remarks} for audit in (old, new))
    return Comparison(
        old,
        new,
        sections,
        solved=tuple(text for rule, text in had.items() if rule not in has),
        arisen=tuple(text for rule, text in has.items() if rule not in had),
    )


def _change(kind: Kind, old: int, new: int, audit: Audit) -> SectionChange:
    turns, rate = audit.turns_per_month, audit.input_usd_per_mtok
    usd = None if turns is None else (new - old) * turns * rate * 1e-6
    return SectionChange(kind, old, new, usd)
