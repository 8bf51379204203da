"""map.yaml: which column is what, in the user's words; strict keys, errors with file, line and field."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from audit.errors import MapError

_LIMIT = 1_000_000

# YAML reads 1 and 2026-03-02 as numbers and dates; here they are words.
Word = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value)]
Role = Literal["operator", "client", "bot", "system", "unknown"]
Kind = Literal["text", "auto", "note", "event", "file"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(_Strict):
    """A column by its header or its number from 1; what is left out is looked for among the known headers."""

    dialogue_id: Word | None = None
    role: Word | None = None
    author: Word | None = None
    name: Word | None = None
    author_id: Word | None = None
    text: Word | None = None
    time: Word | None = None
    date: Word | None = None
    clock: Word | None = None
    kind: Word | None = None
    operator: Word | None = None
    operator_id: Word | None = None
    client_name: Word | None = None
    client_id: Word | None = None
    channel: Word | None = None
    category: Word | None = None
    mark: Word | None = None
    rating: Word | None = None
    rating_comment: Word | None = None
    closed_by: Word | None = None
    lang: Word | None = None
    thread: Word | None = None


class Mapping(_Strict):
    """What a map.yaml may say; every key may be left out.

    `header_row` counts rows from 1. `time_format` is strptime's. `extra` lists the unmapped columns to keep
    (all by default). `date` is the day of times without one, ISO.
    """

    format: Literal["jsonl", "csv", "tsv", "xlsx", "text"] | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    sheet: Word | None = None
    header_row: Annotated[int, Field(ge=1, le=1000)] | None = None
    columns: Columns = Columns()
    roles: dict[Word, Role] = {}
    kinds: dict[Word, Kind] = {}
    extra: list[Word] | None = None
    time_format: str | None = None
    date_order: Literal["day", "month"] = "day"
    date: Annotated[str, BeforeValidator(str)] | None = None
    tz: str | None = None


def load(path: Path) -> Mapping:
    """The map of a file; MapError says file, line, field and, for a misspelt key, what was meant."""
    tree = _tree(path)
    try:
        return Mapping.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = [part for part in first["loc"] if part != "[key]"]
        raise MapError(path, _line(tree, where), ".".join(map(str, where)) or None, *_words(first, where)) from None


def _tree(path: Path) -> Any:
    try:
        if path.stat().st_size > _LIMIT:
            raise MapError(path, None, None, f"the map is over {_LIMIT} bytes", "a map is a page of YAML")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MapError(path, None, None, f"cannot be opened: {error.strerror or error}", "check the path") from None
    except UnicodeDecodeError:
        raise MapError(path, None, None, "not UTF-8", "save the map as UTF-8") from None
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise MapError(path, line, None, f"not YAML: {error.problem}", "check indents, colons and quotes") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise MapError(
            path, None, None, f"not YAML: {str(error).splitlines()[0]}", "save it as plain UTF-8 text"
        ) from None
    if not isinstance(tree, dict):
        raise MapError(path, 1, None, "a map is keys and values", "for example: columns: {text: Сообщение}")
    return tree


def _line(tree: Any, where: list[Any]) -> int | None:
    """The 1-based line of the deepest key of `where` that stands in the file."""
    line: int | None = None
    for part in where:
        try:
            line = tree.lc.data[part][0] + 1
            tree = tree[part]
        except (AttributeError, KeyError, TypeError, IndexError):
            # A key that YAML read as a number is looked for by its text.
            match = next((key for key in tree if str(key) == str(part)), None) if isinstance(tree, dict) else None
            if match is None:
                break
            line, tree = tree.lc.key(match)[0] + 1, tree[match]
    return line


def _words(error: Any, where: list[Any]) -> tuple[str, str]:
    """What is wrong and the remedy, in words."""
    if error["type"] == "extra_forbidden":
        names = list((Columns if where[0] == "columns" and len(where) > 1 else Mapping).model_fields)
        near = get_close_matches(str(where[-1]), names, 1)
        return "no such key", f"did you mean {near[0]}?" if near else f"keys are {', '.join(names)}"
    if error["type"] == "literal_error":
        return "no such value", f"one of {error['ctx']['expected']}"
    return str(error["msg"]), "see the reference of map.yaml"
