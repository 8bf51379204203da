"""Where a sentence stands in its dialogue, as numbers: the second, small layer of the learned acts reads them.

Words alone cannot tell an answer from small talk. So what is known without any model (who spoke before, how many
turns, how long, a question or not) and the word scores of the neighbours (the other side's last words, the sentence
before and after in the same turn, the same side's earlier turns) correct the scores. Nothing later than the turn itself
is looked at, so that a dialogue's continuation does not change what was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LENGTHS = (2, 3, 5, 9, 15)
PLAIN = 11 + len(LENGTHS) + 1  # number of features that no model makes


class Places:
    """The sentences of a batch in order; those of one dialogue stand together, those of one turn too."""

    def __init__(self, rows: list[tuple[int, int, bool, bool, bool, int]] | Array) -> None:
        """Rows: dialogue, turn, whether the client speaks, whether a bot, whether a question, number of words."""
        import numpy as np

        table = np.asarray(rows, np.int64).reshape(-1, 6)
        self.client, self.bot, self.question = table[:, 2] > 0, table[:, 3] > 0, table[:, 4] > 0
        self.words = table[:, 5]
        self.new_dialogue = np.append(True, table[1:, 0] != table[:-1, 0])[: len(table)]
        self.new_turn = self.new_dialogue | np.append(True, table[1:, 1] != table[:-1, 1])[: len(table)]
        self.new_run = self.new_dialogue | np.append(True, self.client[1:] != self.client[:-1])[: len(table)]
        self.dialogue, self.turn = np.cumsum(self.new_dialogue) - 1, np.cumsum(self.new_turn) - 1
        self.run = np.cumsum(self.new_run) - 1

    def features(self, client: bool, own: Array, other: Array) -> Array:
        """Features of the sentences of one side from the word scores of both, sentences × columns."""
        import numpy as np

        mine = np.flatnonzero(self.client == client)
        if not len(mine):
            return np.zeros((0, PLAIN + other.shape[1] + 3 * own.shape[1]), np.float32)
        columns = (
            self._known(mine),
            self._before(mine, client, other),
            *self._beside(mine, own),
            self._earlier(mine, own),
        )
        return np.concatenate(columns, axis=1, dtype=np.float32)

    def _known(self, mine: Array) -> Array:
        import numpy as np

        opening = np.flatnonzero(self.new_turn)
        turn = self.turn[mine]
        opens, changes = self.new_dialogue[opening], self.new_run[opening]
        speaks = self.client[opening] == self.client[mine[0]]
        earlier = np.cumsum(speaks) - speaks
        earlier -= earlier[np.flatnonzero(opens)][self.dialogue[opening]]
        asked = np.bincount(self.run, weights=self.question) > 0
        first, last = self.new_turn[mine], np.append(self.new_turn, True)[mine + 1]
        after = changes[turn] & ~opens[turn]
        linked = ~self.new_dialogue[np.flatnonzero(self.new_run)][self.run[mine]]
        length = np.searchsorted(LENGTHS, self.words[mine], side="right")
        found = (
            opens[turn], after, ~changes[turn], linked & asked[self.run[mine] - 1],
            earlier[turn] == 0, earlier[turn] == 1,
            first, last, first & last, self.bot[mine], self.question[mine],
        )  # fmt: skip
        return np.column_stack((*found, length[:, None] == np.arange(len(LENGTHS) + 1)))

    def _before(self, mine: Array, client: bool, other: Array) -> Array:
        """The other side's best scores in its last turns before."""
        import numpy as np

        theirs = np.flatnonzero(self.client != client)
        best = np.zeros((self.run[-1] + 1, other.shape[1]), np.float32)
        if len(theirs):
            runs = self.run[theirs]
            starts = np.flatnonzero(np.append(True, runs[1:] != runs[:-1]))
            best[runs[starts]] = np.maximum.reduceat(other, starts, axis=0)
        linked = ~self.new_dialogue[np.flatnonzero(self.new_run)][self.run[mine]]
        result: Array = best[self.run[mine] - 1] * linked[:, None]
        return result

    def _beside(self, mine: Array, own: Array) -> tuple[Array, Array]:
        """The scores of the sentences before and after in the same turn."""
        import numpy as np

        before, after = np.zeros_like(own), np.zeros_like(own)
        joined = np.flatnonzero(~self.new_turn[mine])
        before[joined], after[joined - 1] = own[joined - 1], own[joined]
        return before, after

    def _earlier(self, mine: Array, own: Array) -> Array:
        """The same side's best scores in earlier turns; a running maximum, lifted by two for every dialogue."""
        import numpy as np

        level = 2.0 * self.dialogue[mine]
        best = np.maximum.accumulate(own + level[:, None], axis=0)
        number = np.arange(len(mine))
        before = np.maximum.accumulate(np.where(self.new_turn[mine], number, 0)) - 1
        known = (before >= 0) & (level[before] == level)
        result: Array = (best[before] - level[:, None]) * known[:, None]
        return result
