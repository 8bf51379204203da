"""Floors: agreement that must not be lost again, kept in `corpora/floors.yaml`.

    ru/dev: {pooled_kappa: 0.8, macro_f1: 0.7, checks: {greeting: {kappa: 0.9, f1: 0.9}}}

A key is the end of a corpus folder's path. Floors bind a result over exactly that folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from audit.errors import ReadError
from audit.evaluate_types import CheckScore, EvalResult

TOTALS = ("pooled_kappa", "macro_kappa", "macro_f1", "coverage")
CHECK = ("kappa", "f1", "precision", "recall", "coverage")
NAME = "floors.yaml"


def floors_near(paths: Sequence[str | Path]) -> Path | None:
    """The nearest `floors.yaml` in a folder above a single corpus; None for several paths or where there is none."""
    if len(paths) != 1:
        return None
    folders = Path(paths[0]).resolve().parents
    return next((folder / NAME for folder in list(folders)[:3] if (folder / NAME).is_file()), None)


def against_floors(result: EvalResult, floors: str | Path) -> list[str]:
    """One line for every floor that does not hold; a number that is missing does not hold its floor.

    Raises ReadError where the file is not as above. Empty, too, where the file has no floors for this corpus.
    """
    found = _load(Path(floors))
    if len(result.paths) != 1:
        return []
    place = Path(result.paths[0]).resolve().as_posix()
    below: list[str] = []
    for key, wanted in found.items():
        if f"/{place}".endswith(f"/{key}"):
            below.extend(_below(key, wanted, result, Path(floors)))
    return below


def _below(key: str, wanted: dict[str, Any], result: EvalResult, path: Path) -> Iterator[str]:
    checks = wanted.get("checks", {})
    for name, floor in wanted.items():
        if name in TOTALS:
            yield from _short(f"{key} {name}", getattr(result.overall, name, None), floor)
        elif name != "checks":
            raise ReadError(path, None, f"{key}.{name}", "unknown key", f"known: {', '.join((*TOTALS, 'checks'))}")
    for check, bounds in checks.items():
        scores: list[CheckScore | None] = [score for score in result.checks if score.check == check]
        for name, floor in bounds.items():
            if name not in CHECK:
                raise ReadError(path, None, f"{key}.checks.{check}.{name}", "unknown key", f"known: {', '.join(CHECK)}")
            for score in scores or [None]:
                label = f"{key} {check} {name}" + (f" {score.lang}" if score and len(scores) > 1 else "")
                yield from _short(label, getattr(score, name, None), floor)


def _short(label: str, value: float | None, floor: float) -> Iterator[str]:
    if value is None:
        yield f"{label}: undefined, floor {floor:g}"
    elif value < floor:
        yield f"{label}: {value:.4f}, floor {floor:g}"


def _load(path: Path) -> dict[str, dict[str, Any]]:
    try:
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(path, None, None, f"cannot be read ({error.strerror})", "floors are a YAML file") from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise ReadError(path, None, None, f"YAML: {str(error).splitlines()[0]}", "check indents and quotes") from error
    if not isinstance(data, dict) or not all(_sound(body) for body in data.values()):
        raise ReadError(
            path, None, None, "is no table of floors", "ru/dev: {pooled_kappa: 0.8, checks: {greeting: {kappa: 0.9}}}"
        )
    return {str(key): body for key, body in data.items()}


def _sound(body: Any) -> bool:
    if not isinstance(body, dict) or not isinstance(body.get("checks", {}), dict):
        return False
    numbers = [value for key, value in body.items() if key != "checks"]
    for bounds in body.get("checks", {}).values():
        if not isinstance(bounds, dict):
            return False
        numbers.extend(bounds.values())
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers)
