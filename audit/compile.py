"""From a pack's words to tables: word form → code → elements → automaton.

Two levels keep a pack small however many forms a word has: every form known to the pack has a *code* (forms that
play the same parts share one), and patterns are automata over the elements a code stands for, never multiplied out.
The result is plain data, kept in the cache folder under the pack's content hash.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from audit import __version__
from audit.compiled import CompiledPack, Tables
from audit.errors import PackError
from audit.lang import LANGUAGES
from audit.names import load_names
from audit.nametable import NameTable
from audit.pack import Pack, digest, load_pack_files, pack_files
from audit.paths import cache_dir
from audit.pattern import Automaton, PatternError, Word, parse

FORMAT = 8


def load_pack(folder: str | Path) -> CompiledPack:
    """The compiled pack of a folder, from the cache where its files have not changed.

    Raises PackError for any mistake in the pack.
    """
    folder = Path(folder)
    if not (folder / "pack.yaml").is_file():
        raise PackError(
            folder / "pack.yaml", None, None, "no such file", "a pack is a folder with pack.yaml, acts/ and checks/"
        )
    shipped = folder / "compiled.msgpack"
    key = compile_key(folder)
    for cached in (shipped, cache_dir() / f"{key}.msgpack"):
        pack = _cached(cached, key)
        if pack is not None:
            pack.path = str(folder)  # it may have been compiled elsewhere: a build, a clone that has moved
            return pack
    pack = compile_pack(load_pack_files(folder))
    store(pack, cache_dir() / f"{key}.msgpack", key)
    return pack


def compile_key(folder: Path) -> str:
    """What a compiled pack is stored under: it changes with the program, the format and every byte of the pack."""
    return f"{__version__}-{FORMAT}-{digest(folder)}"


def _cached(path: Path, key: str) -> CompiledPack | None:
    try:
        stored_key, body = msgspec.msgpack.decode(path.read_bytes(), type=tuple[str, msgspec.Raw])
        return msgspec.msgpack.decode(body, type=CompiledPack) if stored_key == key else None
    except (OSError, msgspec.DecodeError):
        return None  # a missing, old or torn cache entry is simply made again


def store(pack: CompiledPack, path: Path, key: str) -> None:
    """Write a compiled pack so that a reader never sees half of it; a folder that cannot be written is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".pack-")
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.msgpack.encode((key, pack)))
        Path(name).replace(path)
    except OSError:
        return


def compile_pack(pack: Pack) -> CompiledPack:
    """Compile every language of the pack; raise PackError for a pattern that cannot be read."""
    names = load_names(Path(pack.path) / "names", LANGUAGES[pack.file.languages[0]].ordinary)
    checks = {name: check.model_dump(by_alias=True, exclude={"examples"}) for name, check in pack.checks.items()}
    for body in checks.values():
        body["weight"] = int(body["weight"]) if body["weight"] == int(body["weight"]) else body["weight"]
    _check_references(pack)
    return CompiledPack(
        label=pack.label, name=pack.file.name, version=pack.file.version, digest=pack.digest, path=pack.path,
        languages=pack.file.languages, acts=list(pack.acts),
        learned={name: (act.learned.threshold, act.learned.unsure) for name, act in pack.acts.items() if act.learned},
        speakers={name: act.who for name, act in pack.acts.items() if act.who != "any"},
        questions=[name for name, act in pack.acts.items() if act.question],
        checks=checks, names=names,
        tables={lang: _compile_acts(lang, pack, names) for lang in pack.file.languages},
        minimum_words=pack.file.minimum_words, minimum_chats=pack.file.minimum_chats,
    )  # fmt: skip


def _check_references(pack: Pack) -> None:
    from audit.finders import FACTS, FINDERS  # here, for the finders have a pack's phrases compiled

    known = {*pack.acts, *FINDERS}
    for name, check in pack.checks.items():
        path = _file(pack, "checks", name)
        for word, _options in (
            *check.items(),
            *((word, {}) for word in (*check.ignore.with_, *check.ignore.after_client)),
        ):
            if word not in known:
                raise PackError(path, None, "expect/forbid/ignore", f"no act or finder '{word}'", _close(word, known))
        for fact in (*check.na_if, *check.excused_if):
            if fact not in FACTS:
                raise PackError(path, None, "na_if", f"no fact '{fact}'", _close(fact, FACTS))


def _close(word: str, known: Any) -> str:
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean '{close[0]}'?" if close else "known: " + ", ".join(sorted(known))


def _file(pack: Pack, kind: str, name: str) -> Path:
    return next(path for path in pack_files(Path(pack.path)) if path.parent.name == kind and path.stem == name)


def compile_phrases(lang: str, phrases: Iterable[str]) -> Tables:
    """The tables of a few phrases by themselves, numbered in their order; raises PatternError."""
    compiler = _Compiler(lang)
    for number, phrase in enumerate(phrases):
        compiler.add(number, 1, phrase)
    return compiler.finish(NameTable())


def _compile_acts(lang: str, pack: Pack, names: NameTable) -> Tables:
    if lang not in LANGUAGES:
        raise PackError(
            Path(pack.path) / "pack.yaml", None, "languages", f"no language '{lang}'", _close(lang, LANGUAGES)
        )
    compiler = _Compiler(lang)
    for number, (name, act) in enumerate(pack.acts.items()):
        for sign, lines in ((1, act.patterns), (0, act.not_)):
            for text in lines.get(lang, ()):
                try:
                    compiler.add(number, sign, str(text))
                except PatternError as error:
                    raise PackError(_file(pack, "acts", name), None, f"patterns.{lang}", str(error)) from error
    return compiler.finish(names)


class _Compiler:
    """Builds one language's tables."""

    def __init__(self, lang: str) -> None:
        self.language = LANGUAGES[lang]
        self.tables = Tables()
        self.elements: dict[Word, int] = {}
        self.members: dict[str, set[int]] = {}
        self.automaton = Automaton()

    def add(self, number: int, sign: int, text: str) -> None:
        """One pattern of act `number`: a hit (1) or what looks like it and is not (0)."""
        self.automaton.add(parse(text, self.language.fold), len(self.tables.patterns), self._element)
        self.tables.patterns.append((number, sign))

    def finish(self, names: NameTable) -> Tables:
        """The tables of what was added."""
        self.tables.edges, self.tables.accepts = self.automaton.closed()
        self.tables.starts = self.automaton.starts
        self._codes(names)
        return self.tables

    def _element(self, word: Word) -> int:
        element = self.elements.setdefault(word, len(self.elements))
        if not word.text.startswith("<"):
            forms = self.language.inflect(word.text) if word.inflected else (word.text,)
            for form in forms:
                self.members.setdefault(form, set()).add(element)
        return element

    def _codes(self, names: NameTable) -> None:
        numbers: dict[tuple[int, ...], int] = {}
        name = self.elements.get(Word("<name>"), -2)
        number = self.elements.get(Word("<number>"), -2)

        def code(elements: set[int]) -> int:
            key = tuple(sorted(e for e in elements if e >= 0))
            if key not in numbers:
                numbers[key] = len(self.tables.codes)
                self.tables.codes.append(key)
            return numbers[key]

        self.tables.name_code = code({name})
        self.tables.number_code = code({number})
        for form in names.forms:
            self.tables.forms[form] = code(self.members.get(form, set()) | {name})
        for form in sorted(self.members):
            extra = {number} if form.isdigit() else set()
            self.tables.forms.setdefault(form, code(self.members[form] | extra))
