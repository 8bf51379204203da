"""What a rule pack may say: strict models of acts, checks and the pack itself, read from YAML.

A pack is a folder: `pack.yaml`, `acts/<act>.yaml`, `checks/<check>.yaml`, `names/`. The file name is the id.
Every mistake is a PackError with file, line, field and a remedy; an unknown key is a mistake.
"""

from __future__ import annotations

import difflib
import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from audit.errors import PackError
from audit.options import mistake

MAX_FILE = 1_000_000
Texts = dict[str, str]
Lines = dict[str, list[str]]
Places = Literal["all", "contact", "before-answer", "after-answer", "closing"]
Owners = Literal["first", "last", "answerer", "author", "comforter", "holder", "bot"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Learned(_Strict):
    """Thresholds of the learned scorer (probabilities); between `unsure` and `threshold` a hit is not made."""

    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    unsure: Annotated[float, Field(gt=0, lt=1)] = 0.3


class ActExamples(_Strict):
    """Sentences the act must be found in, and sentences it must not."""

    hit: Lines = {}
    miss: Lines = {}


class Act(_Strict):
    """A recognisable thing that somebody says; `question`: its patterns count only in a sentence that ends in «?»."""

    what: Texts
    who: Literal["any", "client", "operator"] = "any"
    question: bool = False
    patterns: Lines = {}
    not_: Lines = Field(default={}, alias="not")
    learned: Learned | None = None
    examples: ActExamples = ActExamples()

    @model_validator(mode="after")
    def _found_somehow(self) -> Act:
        if not self.patterns and self.learned is None:
            raise ValueError("an act needs patterns, learned thresholds or both")
        return self


class Ignore(_Strict):
    """A hit does not count when one of these acts stands with it in the turn, or was said before it by the client."""

    with_: list[str] = Field(default=[], alias="with")
    after_client: list[str] = []


class CheckExamples(_Strict):
    """Short dialogues by outcome and language; `[[ ]]` marks the evidence."""

    pass_: Lines = Field(default={}, alias="pass")
    fail: Lines = {}
    na: Lines = {}


class Check(_Strict):
    """A criterion: where to look, what to find there, and whether finding it is good.

    `na_if`: facts under which the check does not apply; `excused_if`: facts under which a fail becomes na.
    """

    title: Texts
    why: Texts
    weight: Annotated[float, Field(ge=0)] = 0
    critical: bool = False
    owner: Owners = "author"
    where: Places = "all"
    expect: list[str | dict[str, dict[str, Any]]] = []
    forbid: list[str | dict[str, dict[str, Any]]] = []
    ignore: Ignore = Ignore()
    na_if: list[str] = []
    excused_if: list[str] = []
    options: dict[str, Any] = {}
    examples: CheckExamples = CheckExamples()

    @model_validator(mode="after")
    def _one_polarity(self) -> Check:
        if bool(self.expect) == bool(self.forbid):
            raise ValueError("a check has either expect or forbid")
        return self

    def items(self) -> list[tuple[str, dict[str, Any]]]:
        """What is looked for: the names of acts and finders with the options given to them."""
        listed = self.expect or self.forbid
        return [(item, {}) if isinstance(item, str) else next(iter(item.items())) for item in listed]


class PackFile(_Strict):
    """`pack.yaml`: the pack's name, languages, the order its checks are shown in, and what it changes for them."""

    name: str
    version: str
    title: Texts
    languages: list[str]
    order: list[str] = []
    weights: dict[str, Annotated[float, Field(ge=0)]] = {}
    critical: list[str] = []
    off: dict[str, str] = {}
    options: dict[str, dict[str, Any]] = {}
    minimum_words: Annotated[int, Field(ge=0)] = 10
    minimum_chats: Annotated[int, Field(ge=1)] = 5


class Pack(_Strict):
    """A whole pack in memory; `digest` is the SHA-256 of its files' names and bytes."""

    path: str
    file: PackFile
    acts: dict[str, Act]
    checks: dict[str, Check]
    digest: str

    @property
    def label(self) -> str:
        """Name, version and content hash as they stand on every scorecard."""
        return f"{self.file.name}@{self.file.version}+sha256:{self.digest[:16]}"


def pack_files(folder: Path) -> list[Path]:
    """Every file that makes the pack, in a fixed order."""
    parts = ("acts", "checks", "names", "models")
    return [folder / "pack.yaml", *(file for part in parts for file in sorted((folder / part).glob("*.*")))]


def digest(folder: Path) -> str:
    """SHA-256 over names and contents of the pack's files."""
    found = hashlib.sha256()
    for path in pack_files(folder):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise PackError(
                path, None, None, f"cannot be read ({error.strerror})", "a pack is a folder with pack.yaml"
            ) from error
        found.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
    return found.hexdigest()


def load_pack_files(folder: Path) -> Pack:
    """Read and validate a pack folder; raise PackError at the first mistake."""
    content = digest(folder)
    head = _read(folder / "pack.yaml", PackFile)
    acts = {path.stem: _read(path, Act) for path in sorted((folder / "acts").glob("*.yaml"))}
    checks = {path.stem: _read(path, Check) for path in sorted((folder / "checks").glob("*.yaml"))}
    for field, names in (
        ("order", head.order),
        ("weights", head.weights),
        ("critical", head.critical),
        ("off", head.off),
        ("options", head.options),
    ):
        for name in names:
            if name not in checks:
                raise PackError(folder / "pack.yaml", None, f"{field}.{name}", "no such check", _mean(name, checks))
    _check_options(folder, head, checks)
    return Pack(path=str(folder), file=head, acts=acts, checks=_configured(head, checks), digest=content)


def _check_options(folder: Path, head: PackFile, checks: dict[str, Check]) -> None:
    for name, check in checks.items():
        finders = [finder for finder, _options in check.items()] + check.ignore.with_
        given: list[tuple[Path, list[int | str], list[str], dict[str, Any]]] = [
            (folder / "pack.yaml", ["options", name], finders, head.options.get(name, {})),
            (folder / "checks" / f"{name}.yaml", ["options"], finders, check.options),
        ]
        side = "expect" if check.expect else "forbid"
        for number, (finder, options) in enumerate(check.items()):
            given.append((folder / "checks" / f"{name}.yaml", [side, number, finder], [finder], options))
        for path, loc, known, options in given:
            if wrong := mistake(known, options):
                option, what, remedy = wrong
                field = [*loc, option]
                raise PackError(path, _line(_loaded(path), field), ".".join(map(str, field)), what, remedy)


def _configured(head: PackFile, checks: dict[str, Check]) -> dict[str, Check]:
    ready: dict[str, Check] = {}
    for name in dict.fromkeys((*head.order, *checks)):
        check = checks[name]
        if name in head.off:
            continue
        change: dict[str, Any] = {"options": {**check.options, **head.options.get(name, {})}}
        if name in head.weights:
            change["weight"] = head.weights[name]
        if name in head.critical:
            change["critical"] = True
        ready[name] = check.model_copy(update=change)
    return ready


_M = TypeVar("_M", bound=BaseModel)


def _read(path: Path, model: type[_M]) -> _M:
    if path.stat().st_size > MAX_FILE:
        raise PackError(path, None, None, "larger than 1 MB", "split the file")
    try:
        data = _loaded(path)
    except UnicodeDecodeError as error:
        raise PackError(path, None, None, "is not UTF-8", "save the file as UTF-8") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise PackError(
            path, line, None, f"YAML: {error.problem or 'cannot be parsed'}", "check indents and quotes"
        ) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise PackError(path, None, None, f"YAML: {str(error).splitlines()[0]}", "check indents and quotes") from error
    if not isinstance(data, CommentedMap):
        raise PackError(path, 1, None, "holds no keys", f"known keys: {', '.join(_keys(model))}")
    try:
        return model.model_validate(_plain(data))
    except ValidationError as error:
        raise _placed(path, data, model, error) from error


def _loaded(path: Path) -> Any:
    return YAML(typ="rt").load(path.read_text(encoding="utf-8"))


def _plain(node: Any, depth: int = 0) -> Any:
    if depth > 32:
        raise ValueError("nested deeper than 32 levels")
    if isinstance(node, dict):
        return {str(key): _plain(value, depth + 1) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value, depth + 1) for value in node]
    return node


def _placed(path: Path, data: CommentedMap, model: type[BaseModel], error: ValidationError) -> PackError:
    """The first mistake with its line; unknown keys come before missing ones, as one is often the other."""
    first = min(error.errors(), key=lambda e: (e["type"] != "extra_forbidden", e["type"] == "missing"))
    loc = [part for part in first["loc"] if not str(part).startswith(("function-", "dict[", "list["))]
    field = ".".join(str(part) for part in loc) or None
    line = _line(data, loc)
    if first["type"] == "extra_forbidden":
        return PackError(path, line, field, "unknown key", _mean(str(loc[-1]), _keys(model)))
    return PackError(path, line, field, first["msg"].removeprefix("Value error, "), "")


def _line(data: Any, loc: list[int | str]) -> int | None:
    line: int | None = 1
    for part in loc:
        if isinstance(data, CommentedMap) and part in data:
            line = data.lc.key(part)[0] + 1
        elif isinstance(data, CommentedSeq) and isinstance(part, int) and part < len(data):
            line = data.lc.item(part)[0] + 1
        else:
            break
        data = data[part]
    return line


def _keys(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _mean(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(known)}"
