"""How fast the full audit is, beside `orjson.loads` and spaCy's tokenizer on the same dialogues, in one run.

    python benchmarks/throughput.py [--sizes 1000 10000 100000] [--rules rules/standard] [--keep FOLDER]

Every measurement has a process of its own, on one core: peak memory is that process's, and no cache is warm. Rates
are by wall clock; ratios are of CPU seconds, which a busy machine disturbs less. Where the two differ much, run again.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]
SIZES = (1_000, 10_000, 100_000)
SPACY_SAMPLE = 5_000  # dialogues; the tokenizer's rate does not grow with more
CORPUS = ROOT / "corpora" / "ru" / "dev"


def parse_json(path: Path, _rules: Path) -> Iterator[int]:
    """`orjson.loads` of every line."""
    import orjson

    yield 0
    with path.open("rb") as file:
        yield sum(1 for line in file if orjson.loads(line))


def tokenize(path: Path, _rules: Path) -> Iterator[int]:
    """The blank Russian tokenizer of spaCy over the texts of all turns; parsing the JSON is not timed."""
    import orjson
    import spacy

    make_doc = spacy.blank("ru").make_doc
    with path.open("rb") as file:
        lines = [line for _number, line in zip(range(SPACY_SAMPLE), file, strict=False)]
    texts = [turn["text"] for line in lines for turn in orjson.loads(line)["turns"]]
    yield 0
    for text in texts:
        make_doc(text)
    yield len(lines)


def full_audit(path: Path, rules: Path) -> Iterator[int]:
    """File in, scorecards with evidence as JSONL out; loading the pack is start-up and not timed."""
    from audit.compile import load_pack
    from audit.engine import audit, uncollected
    from audit.model import Rejected
    from audit.readers import read
    from audit.writers.jsonl import dump

    pack = load_pack(rules)
    count = 0
    yield 0
    with uncollected(), path.with_suffix(".out").open("wb") as out:
        for item in audit(read([path]), pack):
            if isinstance(item, Rejected):
                raise SystemExit(f"{path}: rejected: {item}")
            for card in item.scorecards:
                out.write(dump(card) + b"\n")
            count += 1
    yield count


STEPS: dict[str, tuple[str, Callable[[Path, Path], Iterator[int]]]] = {
    "orjson": ("orjson.loads", parse_json),
    "spacy": ("spaCy tokenizer", tokenize),
    "audit": ("full audit", full_audit),
}


def measure(step: str, path: Path, rules: Path) -> dict[str, Any]:
    """Run one step in this process: dialogues, wall and CPU seconds, peak memory in MB."""
    running = STEPS[step][1](path, rules)
    next(running)
    wall, cpu = time.perf_counter(), time.process_time()
    count = next(running)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    return {"dialogues": count, "wall": wall, "cpu": cpu, "peak_mb": peak, "rate": count / wall}


def acts(path: Path, rules: Path, most: int = 1000) -> dict[str, float]:
    """Per dialogue of up to `most`: acts as the engine counts them, those found by patterns, turns, bytes of JSON."""
    from itertools import islice

    from audit.compile import load_pack
    from audit.model import Dialogue
    from audit.readers import read
    from audit.recognise import Recogniser

    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    found = [item for item in islice(read(files), most) if isinstance(item, Dialogue)]
    hits = [hit for _lang, lines in Recogniser(load_pack(rules)).batch(found) for line in lines for hit in line.hits]
    raw = [line for file in files for line in file.read_bytes().splitlines()][:most]
    n = len(found)
    return {
        "dialogues": n, "acts": len(hits) / n, "by pattern": sum(hit.score == 1.0 for hit in hits) / n,
        "turns": sum(len(d.turns) for d in found) / n, "bytes": sum(map(len, raw)) / n,
    }  # fmt: skip


def child(*arguments: object) -> dict[str, Any]:
    """One measurement in a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def compare_acts(made: Path, rules: Path) -> None:
    """Both figures; they are per dialogue, and a synthetic dialogue is longer than one of the corpus."""
    rows = [("synthetic", child("--acts", made, "--rules", rules))]
    if CORPUS.is_dir():
        rows.append((str(CORPUS.relative_to(ROOT)), child("--acts", CORPUS, "--rules", rules)))
    for name, row in rows:
        print(f"{name}: " + ", ".join(f"{value:.1f} {key}" for key, value in row.items()) + " (a dialogue)")
    if len(rows) == 2:
        ratio = rows[0][1]["acts"] / rows[1][1]["acts"]
        print(
            f"acts a dialogue: {ratio:.2f} of the corpus"
            + ("" if 0.8 <= ratio <= 1.2 else "; set COURTEOUS in synthetic.py anew")
        )
        print("per dialogue, not per turn: the corpus has fewer turns in a dialogue")


def report(size: int, path: Path, rules: Path) -> None:
    """The table of one size."""
    rows = {step: child("--measure", step, path, "--rules", rules) for step in STEPS}
    base = rows["orjson"]
    print(f"\n{size} dialogues, {path.stat().st_size / 1e6:.1f} MB")
    print(f"{'':18}{'dialogues/s':>12}{'wall s':>9}{'CPU s':>9}{'× orjson':>10}{'peak MB':>9}")
    for step, row in rows.items():
        ratio = _cost(row) / _cost(base)
        note = f"   on {row['dialogues']}" if row["dialogues"] != size else ""
        print(
            f"{STEPS[step][0]:18}{row['rate']:12,.0f}{row['wall']:9.2f}{row['cpu']:9.2f}{ratio:10.1f}{row['peak_mb']:9.0f}{note}"
        )
    share = _cost(rows["audit"]) / _cost(rows["spacy"])
    print(f"the full audit takes {share:.2f} of the time of spaCy's tokenizer alone", flush=True)


def _cost(row: dict[str, Any]) -> float:
    """CPU seconds a dialogue."""
    return float(row["cpu"]) / float(row["dialogues"])


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rules", type=Path, default=ROOT / "rules" / "standard")
    parser.add_argument("--keep", type=Path, help="a folder for the dialogues; one made before is used again")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--acts", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure[0], Path(options.measure[1]), options.rules)))
    elif options.make:
        from synthetic import make

        make(Path(options.make[0]), int(options.make[1]))
        print("{}")
    elif options.acts:
        print(json.dumps(acts(options.acts, options.rules)))
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(options.keep or Path(folder), options.sizes, options.rules)


def run(folder: Path, sizes: list[int], rules: Path) -> None:
    """Make what is missing, then measure every size."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, size in enumerate(sorted(sizes)):
        path = folder / f"synthetic-{size}.jsonl"
        if not path.exists():
            child("--make", path, size)  # not here: a child's peak memory counts from its parent's
        if number == 0:
            compare_acts(path, rules)
        report(size, path, rules)


if __name__ == "__main__":
    main()
