"""Prompt audit: what each part of a prompt costs, what is wasted, and what breaks the cache.

    audit = audit_prompt(read_prompt("prompts/support_v3.md"), "openai/gpt-5.6-terra")
    audit.sections, audit.prefix, audit.savings, audit.remarks

Each name below is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.foundation.lazy import lazy_names

_HOMES = {
    "Audit": "auditing",
    "Comparison": "comparing",
    "Prompt": "sections",
    "Section": "sections",
    "audit_prompt": "auditing",
    "compare_prompts": "comparing",
    "prompts_at": "revisions",
    "prompts_in": "reading",
    "read_prompt": "reading",
}

__all__ = list(_HOMES)

if TYPE_CHECKING:
    from costmodel.tokens.audit.auditing import Audit as Audit
    from costmodel.tokens.audit.auditing import audit_prompt as audit_prompt
    from costmodel.tokens.audit.comparing import Comparison as Comparison
    from costmodel.tokens.audit.comparing import compare_prompts as compare_prompts
    from costmodel.tokens.audit.reading import prompts_in as prompts_in
    from costmodel.tokens.audit.reading import read_prompt as read_prompt
    from costmodel.tokens.audit.revisions import prompts_at as prompts_at
    from costmodel.tokens.audit.sections import Prompt as Prompt
    from costmodel.tokens.audit.sections import Section as Section


__getattr__, __dir__ = lazy_names(__name__, globals(), _HOMES)
