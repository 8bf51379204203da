"""How well acts are recognised: patterns alone, models alone, both; and how far two labellings of the same words agree.

    python benchmarks/acts.py [--corpus corpora/ru] [--dialogues corpora/ru/test corpora/ru/dev]

Utterances come from `held/h*.tsv`, by writers who wrote nothing else; no model has seen them. Second labellings, made
without sight of the first, stand beside them (`held/*.second.tsv`: `file.line<TAB>acts`); `tenth` is a tenth of the
utterances the models are made of. Verdicts are those of the dialogues' gold labels, judged by the same engine with its
patterns or its models taken away.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from audit.compile import load_pack  # noqa: E402
from audit.compiled import CompiledPack  # noqa: E402
from audit.engine import Engine  # noqa: E402
from audit.evaluate import score_items  # noqa: E402
from audit.model import Dialogue, Turn  # noqa: E402
from audit.pack import load_pack_files  # noqa: E402
from audit.readers import read  # noqa: E402
from audit.recognise import Line, Recogniser, _Act  # noqa: E402
from audit.scan import Match  # noqa: E402

RULES = ROOT / "rules/standard"
ROLES = {"O": "operator", "B": "bot", "C": "client"}
MODES = ("patterns", "models", "both")
Labelled = dict[str, tuple[str, str, frozenset[str]]]  # place → speaker, text, acts


class ModelsAlone(Recogniser):
    """A recogniser that reads no patterns of the acts that models are made for."""

    def _hits(self, line: Line, matches: list[Match], acts: list[_Act], role: str) -> None:
        kept = [match for match in matches if acts[match.pattern].name not in self.pack.learned]
        super()._hits(line, kept, acts, role)


def recogniser(pack: CompiledPack, mode: str) -> Recogniser:
    """The recogniser of one mode."""
    made = ModelsAlone(pack) if mode == "models" else Recogniser(pack)
    if mode == "patterns":
        made.models.clear()
    return made


def acts(written: str) -> frozenset[str]:
    """The acts of a table's field."""
    return frozenset(act.replace("_", "-") for act in written.split() if act != "-")


def table(path: Path) -> Labelled:
    """The utterances of a file by `file.line`; those of a file labelled for some acts only are left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if any(line.startswith("# acts:") for line in lines):
        return {}
    fields = ((number, line.split("\t")) for number, line in enumerate(lines, 1) if not line.startswith("#"))
    return {f"{path.stem}.{n}": (f[0], f[2], acts(f[1])) for n, f in fields if len(f) >= 3}


def pairs(corpus: Path, second: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Both labellings of the same utterances."""
    first: Labelled = {}
    for folder in ("acts", "held"):
        for path in sorted((corpus / folder).glob("[uh]?.tsv")):
            first |= table(path)
    for line in (corpus / "held" / f"{second}.second.tsv").read_text(encoding="utf-8").splitlines():
        place, written = line.split("\t")
        if place in first:
            yield first[place][2], acts(written)


def agreement(corpus: Path) -> None:
    """Cohen's kappa of the two labellings, each act of each utterance a yes or no, pooled over the acts."""
    print("agreement of two labellings")
    for second in ("tenth", "h1", "h2"):
        found = list(pairs(corpus, second))
        names = sorted({act for one, two in found for act in one | two})
        counts = Counter((act in one, act in two) for one, two in found for act in names)
        n = sum(counts.values())
        same = (counts[True, True] + counts[False, False]) / n
        one = (counts[True, True] + counts[True, False]) / n
        two = (counts[True, True] + counts[False, True]) / n
        chance = one * two + (1 - one) * (1 - two)
        print(f"  {second:6} {len(found):5} utterances, {len(names)} acts: kappa {(same - chance) / (1 - chance):.3f}")


def found_acts(pack: CompiledPack, mode: str, said: Labelled) -> dict[str, frozenset[str]]:
    """The acts that a mode finds in every utterance, each a dialogue of one turn."""
    dialogues = [Dialogue(place, (Turn(ROLES[who], text),), "ru") for place, (who, text, _acts) in said.items()]
    lines = recogniser(pack, mode).batch(dialogues)
    return {d.id: frozenset(turns[0].acts) for d, (_lang, turns) in zip(dialogues, lines, strict=True)}


def utterances(pack: CompiledPack, corpus: Path) -> None:
    """Precision, recall and F1 of every learned act, by mode."""
    said: Labelled = {}
    for path in sorted((corpus / "held").glob("h?.tsv")):
        said |= table(path)
    got = {mode: found_acts(pack, mode, said) for mode in MODES}
    count = Counter[str]()
    for name, act in load_pack_files(RULES).acts.items():
        count[name] = len(act.patterns.get("ru", ())) + len(act.not_.get("ru", ()))
    print(f"\n{len(said)} held-back utterances: F1 (precision / recall), and the number of patterns")
    print(f"{'':20}{'n':>5}" + "".join(f"{mode:>22}" for mode in MODES) + f"{'patterns':>10}")
    scores: dict[str, list[float]] = defaultdict(list)
    names = [act for act in sorted(pack.learned) if sum(act in right for _who, _text, right in said.values()) >= 8]
    for act in names:
        cells = []
        wanted = {place for place, (_who, _text, right) in said.items() if act in right}
        for mode in MODES:
            made = {place for place, names_ in got[mode].items() if act in names_}
            hit = len(wanted & made)
            f1 = 2 * hit / max(1, len(wanted) + len(made))
            scores[mode].append(f1)
            cells.append(f"{f1:.2f} ({hit / max(1, len(made)):.2f} / {hit / len(wanted):.2f})")
        print(f"{act:20}{len(wanted):5}" + "".join(f"{cell:>22}" for cell in cells) + f"{count[act]:10}")
    print(f"{'mean':25}" + "".join(f"{sum(scores[mode]) / len(names):>9.3f}{'':13}" for mode in MODES))


def verdicts(pack: CompiledPack, folders: Sequence[Path]) -> None:
    """Agreement of verdicts with gold labels, by mode."""
    print("\nverdicts: pooled kappa, mean F1 of fail, false accusations")
    for folder in folders:
        dialogues = [item for item in read([folder]) if isinstance(item, Dialogue)]
        for mode in MODES:
            engine = Engine(pack)
            engine.recogniser = recogniser(pack, mode)
            total = score_items(engine.batch(dialogues), pack.label, "operator", [str(folder)], 1).totals[0]
            figures = (total.pooled_kappa or 0.0, total.macro_f1 or 0.0, total.false_accusation or 0.0)
            print(f"  {folder.name:12}{mode:10}{figures[0]:8.3f}{figures[1]:8.3f}{figures[2]:8.1%}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpora/ru")
    parser.add_argument("--dialogues", type=Path, nargs="*", default=[ROOT / "corpora/ru/test"])
    options = parser.parse_args()
    pack = load_pack(RULES)
    agreement(options.corpus)
    utterances(pack, options.corpus)
    verdicts(pack, options.dialogues)


if __name__ == "__main__":
    main()
