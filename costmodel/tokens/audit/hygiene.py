"""What a reviewer would ask of a prompt, as far as its text shows it.

Each rule looks for words; it can be wrong, so every remark says what it looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from costmodel.tokens.audit.sections import Prompt, kind_named
from costmodel.tokens.placeholders import placeholders, times_used, without


@dataclass(frozen=True)
class Remark:
    """One thing to look at.

    Parameters
    ----------
    rule : str
        Its short name.
    line : int
        Where it stands, one-based; 0 if it is about something missing.
    text : str
        What was seen, or not seen.
    fix : str
        What to do about it.
    """

    rule: str
    line: int
    text: str
    fix: str


TASKS = {
    "answer": r"answer",
    "classify": r"classif(?:y|ies)|categori[sz]e|label",
    "extract": r"extract",
    "summarise": r"summari[sz]e",
    "translate": r"translate",
    "rewrite": r"rewrite|rephrase|paraphrase",
    "score": r"score|grade|rate|evaluate",
    "generate": r"generate|draft|compose",
    "route": r"route|triage|escalate",
    "plan": r"plan",
}
"""Verbs that name a task of its own where they begin an instruction."""
SEVERAL = 3
"""Tasks from which a prompt is taken to have several concerns; an assumption."""
MOSTLY = 0.5
"""Share of a prompt's characters from which examples are most of it."""
LONG = 400
"""Words from which a prompt is long enough to need the rules for length; an assumption."""

ENGLISH = 0.08
"""Share of the commonest English words from which a prompt is taken to be English; an assumption:
they are about a third of running English, and a few per cent of German or Dutch."""
FEW = 20
"""Words below which shares say nothing; an assumption."""
_WORD = re.compile(r"[^\W\d_]+")
_THE_COMMONEST = "the a an of to and or is are you your not if be with for on from it as"
_COMMON = frozenset(_THE_COMMONEST.split())

_NOT_KNOWING = re.compile(
    r"(?i)\b(?:do(?:es)? not|don't|doesn't|cannot|can't|unable to|not) (?:know|find|sure|contain"
    r"|available|answer|in the|covered|stated|present)|\b(?:unknown|missing|no answer|not found"
    r"|not enough|insufficient|null|n/a|unsure|uncertain)\b|\bif (?:the|a|an|any) [\w ]{1,40}"
    r"(?:absent|empty|unclear|not given)"
)
_LENGTH = re.compile(
    r"(?i)\b(?:at most|no more than|under|up to|maximum|max\.?|fewer than|less than|within|limit)\b"
    r"[^.\n]{0,40}\b(?:words?|sentences?|tokens?|characters?|lines?|bullets?|paragraphs?)\b"
    r"|\b(?:be|keep|stay|answer)[\w ]{0,20} (?:brief|concise|short)|\bone (?:word|sentence|line)\b"
    r"|\b\w+ (?:to \w+ )?sentences\b"
)
_FORM = re.compile(
    r"(?i)\b(?:json|xml|yaml|csv|markdown|plain text|bullet|numbered list|table|format|schema)\b"
)
_SECRET = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{20,}|\bAIza[\w-]{30,}"
    r"|(?i:\b(?:api[_-]?key|password|secret)\b\s*[:=]\s*['\"]?[\w/+-]{8,})"
)
_SHOUT = re.compile(r"\b(?:IMPORTANT|CRITICAL|MUST|NEVER|ALWAYS|DO NOT)\b")
MANY_SHOUTS = 8
"""Words in capitals from which none of them stands out; an assumption."""


def remarks(prompt: Prompt) -> tuple[Remark, ...]:
    """Return what a reviewer would ask about, in the order of the rules."""
    written = "".join(s.text for s in prompt.sections if s.kind == "system")
    instructions = without(written, frozenset(times_used(written)))
    if not instructions.strip():
        return (*_open_slots(prompt), *_secrets(prompt))
    found = [
        *(_worded(prompt, instructions) if is_english(instructions) else _not_english()),
        *_examples(prompt),
        *_open_slots(prompt),
        *_secrets(prompt),
        *_shouting(prompt, instructions),
    ]
    return tuple(found)


def is_english(text: str) -> bool:
    """Whether enough of a text's words are the commonest English ones; a few are if in ASCII."""
    words = _WORD.findall(text.lower())
    if len(words) < FEW:
        return text.isascii()
    common = sum(1 for word in words if word in _COMMON)
    return common > ENGLISH * len(words)


def _worded(prompt: Prompt, instructions: str) -> Iterator[Remark]:
    yield from _missing_data(instructions)
    yield from _concerns(instructions)
    asked = "".join(section.text for section in prompt.sections if section.kind == "user")
    schema = any(section.kind == "schema" for section in prompt.sections)
    yield from _output(instructions + asked, schema=schema)


def _not_english() -> Iterator[Remark]:
    text = "not in English, and only English is looked through for words about missing data"
    fix = "check by eye: missing data, length and form of the answer, one task in a prompt"
    yield Remark("language", 0, f"{text}, tasks, length and form", fix)


def _missing_data(text: str) -> Iterator[Remark]:
    if not _NOT_KNOWING.search(text):
        yield Remark(
            "missing data",
            0,
            "nothing says what to do when the answer is not in the input",
            "say so: 'If the passages do not contain the answer, reply that you do not know'",
        )


def _concerns(text: str) -> Iterator[Remark]:
    """Yield if instructions begin with the verbs of several tasks."""
    first: dict[str, int] = {}
    for task, verbs in TASKS.items():
        pattern = (
            rf"(?im)(?:^|[.;:]\s+|^[ \t]*(?:[-*]|\d+[.)])\s*)(?:please |then |you )?(?:{verbs})\b"
        )
        match = re.search(pattern, text)
        if match:
            first[task] = match.end()
    if len(first) >= SEVERAL:
        tasks = ", ".join(sorted(first, key=lambda task: first[task]))
        yield Remark(
            "several concerns",
            0,
            f"instructions for {len(first)} tasks in one prompt: {tasks}",
            "one prompt for each task can be tested, cached and given to a cheaper model alone",
        )


def _output(text: str, *, schema: bool) -> Iterator[Remark]:
    if not _LENGTH.search(text):
        yield Remark(
            "no length",
            0,
            "nothing says how long the answer may be, and output is the dearest token",
            "give a limit in words or sentences, and set max_tokens",
        )
    if not schema and not _FORM.search(text):
        yield Remark(
            "no format",
            0,
            "nothing says in which form to answer",
            "name the form, such as plain text or a JSON schema",
        )


def _examples(prompt: Prompt) -> Iterator[Remark]:
    examples = [s for s in prompt.sections if s.kind == "examples"]
    share = sum(len(s.text) for s in examples) / max(len(prompt.text), 1)
    if share > MOSTLY:
        yield Remark(
            "mostly examples",
            prompt.line_of(examples[0].start),
            f"{share:.0%} of the prompt are examples",
            "measure with an eval set how many of them are needed",
        )


def _open_slots(prompt: Prompt) -> Iterator[Remark]:
    """Yield text of users or documents that is put in with nothing around it."""
    for slot in placeholders(prompt.text):
        kind = kind_named(slot.name)
        if kind not in ("user", "retrieved"):
            continue
        before = prompt.text[: slot.start].rstrip()[-1:]
        after = prompt.text[slot.end :].lstrip()[:1]
        if before not in "\">`'" or after not in "\"<`'" or not before or not after:
            yield Remark(
                "open slot",
                prompt.line_of(slot.start),
                f"{prompt.text[slot.start : slot.end]} is put in with nothing around it: its text "
                "can pass for instructions",
                f"set it in tags: <{kind}>...</{kind}>",
            )


def _secrets(prompt: Prompt) -> Iterator[Remark]:
    for match in _SECRET.finditer(prompt.text):
        line = prompt.line_of(match.start())
        text = f"'{match[0][:6]}...' looks like a secret: it is sent and may be logged"
        yield Remark("secret", line, text, "take it out and replace the key")


def _shouting(prompt: Prompt, text: str) -> Iterator[Remark]:
    found = _SHOUT.findall(text)
    if len(found) >= MANY_SHOUTS:
        line = prompt.line_of(prompt.text.find(found[0]))
        words = f"{len(found)} words in capitals such as {found[0]}: none of them stands out"
        yield Remark("shouting", line, words, "keep capitals for the one rule that is broken")
