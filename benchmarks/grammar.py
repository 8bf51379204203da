"""What `audit/grammar.py` brings: acts and verdicts with and without it, on dialogues the models have not seen.

    python benchmarks/grammar.py [--packs FOLDER]

For every fold a pack is trained without the fold's files (a minute each; kept in FOLDER and used again, if one is
given). The rules were written on d1–d4, looked at again on r1–r5; for r1–r5 there are labels of acts, none of verdicts.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from audit import grammar  # noqa: E402
from audit.compile import load_pack  # noqa: E402
from audit.compiled import CompiledPack  # noqa: E402
from audit.evaluate import evaluate  # noqa: E402
from audit.model import Dialogue, Turn  # noqa: E402
from audit.recognise import Recogniser  # noqa: E402

ACTS, DEV, RULES = ROOT / "corpora/ru/acts", ROOT / "corpora/ru/dev", ROOT / "rules/standard"
FOLDS = (("d1", "d2"), ("d3", "d4"), ("r1", "r2", "r3", "r4", "r5"))
ROLES = {"C": "client", "O": "operator", "B": "bot"}


def trained(fold: Sequence[str], folder: Path) -> CompiledPack:
    """The standard pack as it is now, with models that have not seen the fold's files."""
    pack, utterances = folder / f"without-{fold[0]}", folder / f"acts-{fold[0]}"
    for part in ("acts", "checks", "names"):
        shutil.copytree(RULES / part, pack / part, dirs_exist_ok=True)
    shutil.copy(RULES / "pack.yaml", pack)
    if not (pack / "models").is_dir():
        utterances.mkdir(exist_ok=True)
        for path in ACTS.glob("*.tsv"):
            if path.stem not in fold:
                shutil.copy(path, utterances)
        command = [sys.executable, "-m", "audit.train", str(pack), str(utterances), "--lang", "ru"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return load_pack(pack)


def talks(stem: str) -> tuple[list[Dialogue], dict[tuple[str, int, int], set[str]]]:
    """The dialogues of a table of acts, and the acts of their sentences by dialogue, turn and number."""
    gold: dict[tuple[str, int, int], set[str]] = {}
    turns: dict[str, dict[int, tuple[str, list[str]]]] = defaultdict(dict)
    for line in (ACTS / f"{stem}.tsv").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if not line.startswith("#") and len(fields) == 4:
            dialogue, turn, number = fields[3].rsplit(".", 2)
            gold[dialogue, int(turn), int(number)] = {act.replace("_", "-") for act in fields[1].split()}
            turns[dialogue].setdefault(int(turn), (ROLES[fields[0]], []))[1].append(fields[2])
    return [
        Dialogue(id=name, lang="ru", turns=tuple(Turn(role=role, text=" ".join(said)) for role, said in found.values()))
        for name, found in turns.items()
    ], gold


def labelled(dialogues: Sequence[Dialogue], gold: dict[tuple[str, int, int], set[str]]) -> dict[str, list[int]]:
    """The numbers of the labelled turns of every dialogue, in the order of its turns."""
    numbers: dict[str, dict[int, None]] = defaultdict(dict)
    for name, turn, _number in gold:
        numbers[name][turn] = None
    return {dialogue.id: list(numbers[dialogue.id]) for dialogue in dialogues}


class Ablation:
    """`settle` with a clock and a count, or switched off."""

    def __init__(self) -> None:
        self.settle, self.on, self.seen, self.seconds = grammar.settle, True, 0, 0.0
        grammar.settle = self

    def __call__(self, *arguments: Any) -> int:
        """Settle, timed; nothing while switched off."""
        began = time.process_time()
        seen = self.settle(*arguments) if self.on else 0
        self.seconds += time.process_time() - began
        self.seen += seen
        return seen


def acts(fold: Sequence[str], pack: CompiledPack, ablation: Ablation) -> tuple[Counter[tuple[str, str]], int, int]:
    """Acts found, missed and invented with and without; turns and dialogues."""
    counts: Counter[tuple[str, str]] = Counter()
    recogniser = Recogniser(pack)
    turns = size = 0
    for stem in fold:
        dialogues, gold = talks(stem)
        numbers = labelled(dialogues, gold)
        turns, size = turns + sum(len(d.turns) for d in dialogues), size + len(dialogues)
        for ablation.on in (False, True):
            for dialogue, (_lang, lines) in zip(dialogues, recogniser.batch(dialogues), strict=True):
                for turn, line in zip(numbers[dialogue.id], lines, strict=True):
                    for number, sentence in enumerate(line.sentences):
                        right, got = gold.get((dialogue.id, turn, number), set()), set(sentence.acts)
                        mode = "with" if ablation.on else "without"
                        counts.update((act, f"{mode} hit") for act in right & got)
                        counts.update((act, f"{mode} false") for act in got - right)
                        counts.update((act, f"{mode} missed") for act in right - got)
    return counts, turns, size


def shown(counts: Counter[tuple[str, str]], act: str, mode: str) -> str:
    """Precision and recall of an act."""
    hit, false, missed = (counts[act, f"{mode} {what}"] for what in ("hit", "false", "missed"))
    return f"{hit / max(hit + false, 1):.3f} / {hit / max(hit + missed, 1):.3f} ({false} false, {missed} missed)"


def report(fold: Sequence[str], pack: CompiledPack, ablation: Ablation) -> None:
    """Print one fold."""
    print(f"\n{' '.join(fold)}")
    ablation.seen, ablation.seconds = 0, 0.0
    counts, turns, size = acts(fold, pack, ablation)
    print(f"  turns seen: {ablation.seen} of {turns}, {ablation.seen / turns:.1%}")
    print(f"  cost: {ablation.seconds / size * 1e6:.0f} µs a dialogue, first meeting of every word included")
    for act in sorted({rule.act for rule in grammar.RULES}):
        print(f"  {act:12}  without {shown(counts, act, 'without')}  with {shown(counts, act, 'with')}")
    files = [DEV / f"{stem}.jsonl" for stem in fold if (DEV / f"{stem}.jsonl").is_file()]
    for ablation.on in (False, True) if files else ():
        result = evaluate(files, pack)
        total = result.totals[0]
        mode = "with" if ablation.on else "without"
        kappas = f"kappa pooled {total.pooled_kappa:.4f}, macro {total.macro_kappa:.4f}"
        print(f"  verdicts {mode:7}  {len(result.errors)} wrong of {total.n}, {kappas}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packs", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    list(grammar.patterns().say(grammar.RULES, ["образец"]))
    print(f"start-up when needed: {time.perf_counter() - began:.2f} s (spaCy, pymorphy3, patterns)")
    ablation = Ablation()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.packs or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for fold in FOLDS:
            report(fold, trained(fold, folder), ablation)


if __name__ == "__main__":
    main()
