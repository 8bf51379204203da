"""How long a client waited, and whether the wait was announced beforehand."""

from __future__ import annotations

from audit.frame import Frame

ANNOUNCES = frozenset(("wait-notice", "promise"))
HANDS_OVER = frozenset(("transfer", "human-offer"))
NUDGES = frozenset(("nudge",))
PIECES = 120.0  # messages of the client closer than this are one message sent in pieces


class Wait:
    """A wait: the turn it began after, the turn that ended it, seconds, and the notice that announced it."""

    __slots__ = ("notice", "seconds", "since", "turn")

    def __init__(self, since: int, turn: int, seconds: float, notice: int | None) -> None:
        self.since, self.turn, self.seconds, self.notice = since, turn, seconds, notice

    @property
    def announced(self) -> bool:
        """Whether it was announced before it began to be too long."""
        return self.notice is not None


def find_waits(frame: Frame, mine: set[int], limit: float) -> list[Wait]:
    """Waits over `limit` seconds that end in a turn of `mine`, and announced look-ups of any length, in order."""
    waits: list[Wait] = []
    since: int | None = None  # the client's message that waits for a reply
    notice: int | None = None  # what announced a wait, if nothing but the client has spoken since
    for i, turn in enumerate(frame.turns):
        if turn.kind not in ("text", "auto", "file"):
            continue
        if turn.role == "client":
            since = _waiting_since(frame, since, i)
        elif turn.role == "system" or turn.kind == "auto" or (turn.role == "bot" and frame.subject == "operator"):
            if "wait-notice" in frame.acts(i) or _says_how_long(frame, i):
                notice = i
        elif turn.role == frame.subject:
            begin = since if since is not None else notice
            seconds = frame.seconds(begin, i) if begin is not None else None
            if begin is not None and seconds is not None and seconds > limit and i in mine:
                waits.append(Wait(begin, i, seconds, notice))
            elif i in mine and _announced(frame, i):
                waits.append(Wait(i, i, 0.0, i))
            since, notice = None, None if frame.acts(i).isdisjoint(ANNOUNCES) else i
    return waits


def _says_how_long(frame: Frame, turn: int) -> bool:
    """A bot that hands over and names a number: «Отдаю живому мастеру, до 5 минут», «перед вами 3 человека»."""
    handed = frame.turns[turn].role == "bot" and not frame.acts(turn).isdisjoint(HANDS_OVER)
    return handed and any(map(str.isdigit, frame.turns[turn].text))


def _announced(frame: Frame, turn: int) -> bool:
    """An announced look-up, whether or not it takes long; never to come back from it is another check's business."""
    return "wait-notice" in frame.acts(turn)


def _waiting_since(frame: Frame, since: int | None, turn: int) -> int | None:
    """The message the client waits on: the last of a run sent in pieces, the first where a silence lay between."""
    if not frame.pends(turn):
        return since
    if since is None:
        return turn
    gap = frame.seconds(frame.client_before(turn)[-1], turn)
    if not frame.acts(turn).isdisjoint(NUDGES) or (gap is not None and gap > PIECES and frame.asks(since)):
        return since
    return turn
