"""What is odd about a dialogue that was read: looked for in every one, whatever file it came from."""

from __future__ import annotations

import re
from array import array
from datetime import datetime

from audit.model import Finding, Turn
from audit.readers import findings as f
from audit.readers.roles import sounds_like_operator

_SPEAKING = frozenset(("operator", "bot"))
# UTF-8 read as cp1251 is half Р and С; as cp1252, half Ð and Ñ; cp1251 read as cp1252 is å, î, à, è, ò, í.
_MOJIBAKE = re.compile(
    r"(?:[РС][\u0080-\u00bf\u0400-\u040f\u0450-\u045f‚ѓ„…†‡€‰Ђ‘’“”•–—™°±µ¶·»]){3}|(?:[ÐÑ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]){3}|[à-ÿ]{4}.{0,60}[à-ÿ]{4}",
    re.DOTALL,
)


def examine(turns: tuple[Turn, ...], max_text: int) -> list[Finding]:
    """Findings about turns: order of times, sides, names, swapped roles, size, mojibake. A few µs for 18 turns."""
    if not turns:
        return [Finding(f.NO_TURNS)]
    found: list[Finding] = []
    sides = {turn.role for turn in turns}
    if "operator" in sides:
        _unnamed(turns, found)
    if "client" not in sides or not sides & _SPEAKING:
        if "unknown" not in sides:
            found.append(Finding(f.ONE_SIDED, detail=", ".join(sorted(sides))))
    elif _swapped(turns):
        found.append(Finding(f.SWAPPED_ROLES, turn=next(i for i, turn in enumerate(turns) if turn.role == "client")))
    _order(turns, found)
    _texts(turns, max_text, found)
    return found


def _unnamed(turns: tuple[Turn, ...], found: list[Finding]) -> None:
    for number, turn in enumerate(turns):
        if turn.role == "operator" and not turn.name and not turn.id and turn.kind != "auto":
            found.append(Finding(f.OPERATOR_UNNAMED, turn=number))
            return


def _swapped(turns: tuple[Turn, ...]) -> bool:
    """Whether the client's first words are an operator's and the operator's own are not."""
    for turn in turns:
        if turn.role == "client":
            if not sounds_like_operator(turn.text):
                return False
            break
    heard = [turn.text for turn in turns if turn.role == "operator" and turn.kind == "text"]
    return bool(heard) and not any(sounds_like_operator(text) for text in heard[:2])


def _order(turns: tuple[Turn, ...], found: list[Finding]) -> None:
    last: datetime | None = None
    for number, turn in enumerate(turns):
        now = turn.time
        if now is None:
            continue
        try:
            if last is not None and now < last:
                found.append(Finding(f.TIME_ORDER, turn=number))
                return
        except TypeError:  # one time with a zone, one without: they cannot be compared
            found.append(Finding(f.BAD_TIME, turn=number, detail="with and without a zone"))
            return
        last = now


def _texts(turns: tuple[Turn, ...], max_text: int, found: list[Finding]) -> None:
    whole = "".join([turn.text for turn in turns])
    if len(whole) > max_text:
        found.extend(
            Finding(f.LONG_TEXT, turn=i, detail=str(len(t.text))) for i, t in enumerate(turns) if len(t.text) > max_text
        )
    # A cheap look first: half of all letters Р and С, or Latin letters that Russian turns into.
    if whole.count("Р") * 10 > len(whole) or "Ð" in whole or "à" in whole or "î" in whole:
        bad = next((i for i, turn in enumerate(turns) if _MOJIBAKE.search(turn.text)), None)
        if bad is not None:
            found.append(Finding(f.MOJIBAKE, turn=bad))


class SeenIds:
    """Which ids were met, in 16 to 32 bytes each: an open-addressing table of 64-bit hashes.

    Two ids share a hash once in 10^19 pairs; a set of strings would cost ten times the memory.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 4096))
        self._count = 0

    def add(self, key: str) -> bool:
        """Remember `key`; True when it was there before."""
        # Forcing the lowest bit keeps 0 for an empty slot.
        if self._put(hash(key) & 0xFFFFFFFFFFFFFFFF | 1):
            return True
        self._count += 1
        if self._count * 2 > len(self._slots):
            self._grow()
        return False

    def _put(self, mark: int) -> bool:
        slots = self._slots
        mask = len(slots) - 1
        at = (mark >> 1) & mask
        while slots[at]:
            if slots[at] == mark:
                return True
            at = (at + 1) & mask
        slots[at] = mark
        return False

    def _grow(self) -> None:
        old = self._slots
        self._slots = array("Q", bytes(16 * len(old)))
        for mark in old:
            if mark:
                self._put(mark)
