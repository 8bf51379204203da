"""A compiled pack as plain data: what the engine runs on, whoever made it.

Apart from `compile.py`, which makes it and asks the finders for their names: the finders read it too.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from audit.nametable import NameTable

OTHER, END, QUESTION = 0, 1, 2


class Tables(Struct):
    """One language's compiled patterns.

    forms      folded form → code
    codes      code → element numbers
    edges      state → (element, next state); element -1 is any word
    accepts    state → pattern numbers that end there
    starts     first state of every pattern
    patterns   pattern number → (act number, 1 for a hit or 0 for what looks like it and is not)
    """

    forms: dict[str, int] = field(default_factory=dict)
    codes: list[tuple[int, ...]] = field(default_factory=lambda: [(), (), ()])
    edges: list[list[tuple[int, int]]] = field(default_factory=list)
    accepts: list[list[int]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    patterns: list[tuple[int, int]] = field(default_factory=list)
    number_code: int = 0
    name_code: int = 0


class CompiledPack(Struct):
    """A pack ready to run; `checks` are as in pack.py, as plain data."""

    label: str
    name: str
    version: str
    digest: str
    path: str
    languages: list[str]
    acts: list[str]
    learned: dict[str, tuple[float, float]]
    speakers: dict[str, str]
    questions: list[str]
    checks: dict[str, dict[str, Any]]
    tables: dict[str, Tables]
    names: NameTable
    minimum_words: int
    minimum_chats: int
