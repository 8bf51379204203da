"""The pattern notation of acts, for people who do not program.

    до свидания                    words in this order; case, ё, typos and look-alike letters are forgiven
    всего вам? (доброго|хорошего)  ? may be missing, (a|b) one of
    приятного ~вечер               ~word any inflected form of the same part of speech
    можете … перезвонить           … up to three words of the same sentence
    меня зовут <name>              <name> a personal name, <number> a number

A pattern is parsed into a small tree and then into states of one automaton that all acts share.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

SLOTS = ("<name>", "<number>")
_PIECE = re.compile(r"\s*(<[a-z]+>\??|…\??|\.\.\.|[()|]\??|~?[\w'’-]+\??)")
GAP = 3


class Word(Struct, frozen=True):
    """One token: a literal form, any form of a word (`~`), or a slot."""

    text: str
    inflected: bool = False


class Gap(Struct, frozen=True):
    """Up to `GAP` words of the same sentence."""


class Seq(Struct, frozen=True):
    """Parts in order."""

    parts: tuple[object, ...]


class Alt(Struct, frozen=True):
    """One of several."""

    options: tuple[object, ...]


class Opt(Struct, frozen=True):
    """May be missing."""

    part: object


class PatternError(ValueError):
    """The pattern cannot be read; `str()` says what is wrong and where."""


def parse(pattern: str, fold: Callable[[str], str]) -> Seq:
    """Parse one pattern; raise PatternError with the place of the mistake."""
    pieces: list[str] = []
    at = 0
    text = pattern.rstrip()
    while at < len(text):
        match = _PIECE.match(text, at)
        if not match:
            raise PatternError(
                f"cannot read {text[at:].strip()!r}; words, ~word, ?, (a|b), … and <name> <number> are known"
            )
        pieces.append(match.group(1))
        at = match.end()
    tree, rest = _alternatives(pieces, 0, fold)
    if rest != len(pieces):
        raise PatternError(f"')' without '(' in {pattern!r}")
    if _can_be_empty(tree):
        raise PatternError(f"{pattern!r} would match nothing at all; leave one word without '?'")
    return tree if isinstance(tree, Seq) else Seq((tree,))


def _alternatives(pieces: list[str], at: int, fold: Callable[[str], str]) -> tuple[object, int]:
    options: list[object] = []
    parts: list[object] = []
    while at < len(pieces) and pieces[at][0] != ")":
        piece = pieces[at]
        if piece == "|":
            options.append(Seq(tuple(parts)))
            parts = []
            at += 1
            continue
        part, at = _part(pieces, at, fold)
        parts.append(part)
    options.append(Seq(tuple(parts)))
    return (options[0] if len(options) == 1 else Alt(tuple(options))), at


def _part(pieces: list[str], at: int, fold: Callable[[str], str]) -> tuple[object, int]:
    piece = pieces[at]
    if piece == "(":
        inner, at = _alternatives(pieces, at + 1, fold)
        if at >= len(pieces):
            raise PatternError("'(' without ')'")
        return (Opt(inner) if pieces[at].endswith("?") else inner), at + 1
    if piece.startswith(("…", "...")):
        return Gap(), at + 1
    optional, body = piece.endswith("?"), piece.rstrip("?")
    if body.startswith("<"):
        if body not in SLOTS:
            raise PatternError(f"no slot {body}; known: {' '.join(SLOTS)}")
        word: object = Word(body)
    else:
        inflected = body.startswith("~")
        words = [Word(fold(part), inflected) for part in re.split(r"[-'’]", body.lstrip("~")) if part]
        word = words[0] if len(words) == 1 else Seq(tuple(words))
    return (Opt(word) if optional else word), at + 1


def _can_be_empty(node: object) -> bool:
    match node:
        case Word():
            return False
        case Seq(parts):
            return all(map(_can_be_empty, parts))
        case Alt(options):
            return any(map(_can_be_empty, options))
        case _:
            return True


class Automaton:
    """States of all patterns: `edges[state]` lists (element, next state); element -1 is any word."""

    def __init__(self) -> None:
        self.edges: list[list[tuple[int, int]]] = []
        self.jumps: list[list[int]] = []
        self.accepts: dict[int, list[int]] = {}
        self.starts: list[int] = []

    def state(self) -> int:
        """A new state."""
        self.edges.append([])
        self.jumps.append([])
        return len(self.edges) - 1

    def add(self, tree: Seq, pattern_id: int, element: Callable[[Word], int]) -> None:
        """Add one pattern's states; `element` gives the number of a word element."""
        start = self.state()
        end = self._add(tree, start, element)
        self.starts.append(start)
        self.accepts.setdefault(end, []).append(pattern_id)

    def _add(self, node: object, start: int, element: Callable[[Word], int]) -> int:
        match node:
            case Word():
                end = self.state()
                self.edges[start].append((element(node), end))
                return end
            case Seq(parts):
                for part in parts:
                    start = self._add(part, start, element)
                return start
            case Alt(options):
                end = self.state()
                for option in options:
                    self.jumps[self._add(option, start, element)].append(end)
                return end
            case Opt(part):
                end = self._add(part, start, element)
                self.jumps[start].append(end)
                return end
            case _:
                end = self.state()
                self.jumps[start].append(end)
                for _step in range(GAP):
                    step = self.state()
                    self.edges[start].append((-1, step))
                    self.jumps[step].append(end)
                    start = step
                return end

    def closed(self) -> tuple[list[list[tuple[int, int]]], list[list[int]]]:
        """Edges and accepted patterns by state with the jumps worked in."""
        closures = [self._closure(state) for state in range(len(self.edges))]
        edges = [sorted({edge for state in closure for edge in self.edges[state]}) for closure in closures]
        accepts = [sorted({p for state in closure for p in self.accepts.get(state, ())}) for closure in closures]
        return edges, accepts

    def _closure(self, state: int) -> set[int]:
        seen, todo = {state}, [state]
        while todo:
            for target in self.jumps[todo.pop()]:
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        return seen
