"""Roles by elimination and by first words: an assumption is made only where one finding can say it."""

from __future__ import annotations

from msgspec import structs

from audit.model import Finding, Turn
from audit.readers import findings as f
from audit.readers.roles import sounds_like_operator

_OTHER = {"operator": "client", "client": "operator"}


def assume(turns: list[Turn], found: list[Finding]) -> list[Turn]:
    """Turns with roles assumed for one or two unknown authors, and the finding about it; else the same turns.

    One unknown author opposite a known side is the other side. Of two unknown ones, he who alone greets and offers
    help is the operator. A third author, or a turn without a name, leaves all as it is.
    """
    authors = list(dict.fromkeys(turn.name for turn in turns if turn.role == "unknown"))
    sides = {turn.role for turn in turns} & _OTHER.keys()
    given: dict[str | None, str] = {}
    if None in authors:
        return turns
    if len(authors) == 1 and len(sides) == 1:
        given = {authors[0]: _OTHER[sides.pop()]}
    elif len(authors) == 2 and not sides:
        heard = [name for name in authors if _sounds(turns, name)]
        if len(heard) == 1:
            given = {name: "operator" if name == heard[0] else "client" for name in authors}
    if not given:
        return turns
    found[:] = [finding for finding in found if finding.code != f.UNKNOWN_ROLE]
    found.append(Finding(f.ROLES_ASSUMED, detail=", ".join(f"{name}={role}" for name, role in given.items())))
    return [structs.replace(turn, role=given[turn.name]) if turn.role == "unknown" else turn for turn in turns]


def _sounds(turns: list[Turn], name: str | None) -> bool:
    texts = [turn.text for turn in turns if turn.name == name]
    return any(sounds_like_operator(text) for text in texts[:2])
