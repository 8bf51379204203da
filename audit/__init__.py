"""chataudit: how well operators talk to clients in text chats, with evidence for every verdict.

The library in four names: `read` transcripts, `load_pack` a checklist, `audit` the dialogues, `write` the result.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["audit", "load_pack", "read", "write"]

_HOMES = {"read": "audit.readers", "load_pack": "audit.compile", "audit": "audit.engine", "write": "audit.writers"}


def __getattr__(name: str) -> Any:
    """Load a public name at its first use: importing the package stays cheap for the command line."""
    if name not in _HOMES:
        raise AttributeError(f"module 'audit' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
