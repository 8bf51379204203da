"""Where the shipped data lies: beside the package in a wheel, beside it in the clone otherwise."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def data_dir(kind: str) -> Path:
    """The folder `rules` or `corpora` that belongs to this installation.

    A clone (also installed editable) uses its own folders, so that an edit is seen at once; a wheel carries
    copies under `audit/data/`. Raises FileNotFoundError when neither is there.
    """
    for folder in (PACKAGE.parent / kind, PACKAGE / "data" / kind):
        if folder.is_dir() and (folder.parent != PACKAGE.parent or (PACKAGE.parent / "pyproject.toml").is_file()):
            return folder
    raise FileNotFoundError(f"the folder '{kind}' is missing from this installation")


def cache_dir() -> Path:
    """Where compiled packs are kept: `CHATAUDIT_CACHE`, else the user's cache folder."""
    named = os.environ.get("CHATAUDIT_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "chataudit"
