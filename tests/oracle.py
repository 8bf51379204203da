"""A slow, readable second opinion on the scanner: spaCy's Matcher over the same tokens and the same word forms.

It shares with the product only what is not under test here: the tokens of a text, the reading of a pattern into a
tree, the forms of a word, and which word a typo was meant to be. How patterns are matched and chosen is written anew.
"""

from __future__ import annotations

import re
from itertools import chain, product
from typing import Any

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

from audit.compiled import END, QUESTION, CompiledPack
from audit.lang import LANGUAGES
from audit.pack import Pack
from audit.pattern import GAP, Alt, Opt, Seq, Word, parse
from audit.recognise import CLOSED
from audit.scan import Scanned, Scanner

BREAK = "<end>"
ANY = {"NORM": {"NOT_IN": [BREAK]}, "OP": f"{{0,{GAP}}}"}
Token = dict[str, Any]


class Oracle:
    """Hits of one language's patterns, found with spaCy."""

    def __init__(self, written: Pack, pack: CompiledPack, lang: str, scanner: Scanner) -> None:
        self.lang, self.scanner, self.names = lang, scanner, pack.names
        self.language = LANGUAGES[lang]
        self.vocab = spacy.blank(lang).vocab
        self.matcher = Matcher(self.vocab)
        self.forms: dict[Word, frozenset[str]] = {}
        self.speakers = {name: act.who for name, act in written.acts.items()}
        self.questions = {name for name, act in written.acts.items() if act.question}
        for name, act in written.acts.items():
            for sign, lines in (("+", act.patterns), ("-", act.not_)):
                chains = [c for text in lines.get(lang, ()) for c in self.chains(parse(str(text), self.language.fold))]
                if chains:
                    self.matcher.add(sign + name, chains)
        self.known = frozenset(form for forms in self.forms.values() for form in forms) | pack.names.forms.keys()

    def chains(self, node: object) -> list[list[Token]]:
        """All token chains that a pattern's tree stands for; alternatives of single words stay one token."""
        match node:
            case Word(text="<name>"):
                return [[{"LEMMA": "<name>"}]]
            case Word(text="<number>"):
                return [[{"TAG": "<number>"}]]
            case Word():
                return [[self.one_of(self.expand(node))]]
            case Seq(parts):
                return [list(chain(*chosen)) for chosen in product(*map(self.chains, parts))]
            case Alt(options):
                return self.joined([one for option in options for one in self.chains(option)])
            case Opt(part):
                return [[], *self.chains(part)]
            case _:
                return [[ANY]]

    def joined(self, chains: list[list[Token]]) -> list[list[Token]]:
        """Single words side by side become one token with all of their forms."""
        forms: set[str] = set()
        rest = []
        for one in chains:
            if len(one) == 1 and set(one[0]) == {"NORM"}:
                norm = one[0]["NORM"]
                forms.update([norm] if isinstance(norm, str) else norm["IN"])
            else:
                rest.append(one)
        return [*rest, [self.one_of(frozenset(forms))]] if forms else rest

    def expand(self, word: Word) -> frozenset[str]:
        """The forms of a word of a pattern."""
        if word not in self.forms:
            self.forms[word] = self.language.inflect(word.text) if word.inflected else frozenset((word.text,))
        return self.forms[word]

    @staticmethod
    def one_of(forms: frozenset[str]) -> Token:
        """A token that has one of these forms."""
        return {"NORM": next(iter(forms)) if len(forms) == 1 else {"IN": sorted(forms)}}

    def doc(self, scanned: Scanned) -> Doc:
        """The text's tokens with what the patterns look at; the end of a sentence is a token that no word matches."""
        words, norms, names, numbers = [], [], [], []
        for (start, end), code in zip(scanned.offsets, scanned.codes, strict=True):
            raw = scanned.text[start:end]
            norm = BREAK if code in (END, QUESTION) else self.language.fold(raw)
            is_number = norm != BREAK and (raw.isdigit() or (norm not in self.known and any(c.isdigit() for c in norm)))
            if norm != BREAK and norm not in self.known and not is_number:
                norm = self.scanner.meant(norm) or norm
            words.append(raw or BREAK)
            norms.append(norm)
            names.append("<name>" if norm in self.names.forms and not is_number else "-")
            numbers.append("<number>" if is_number else "-")
        doc = Doc(self.vocab, words=words, lemmas=names, tags=numbers)
        for token, norm in zip(doc, norms, strict=True):
            token.norm_ = norm
        return doc

    def hits(self, text: str, role: str) -> list[tuple[str, int, int]]:
        """(act, start, end) of every hit in a text said by `role`, in the order of places."""
        scanned = self.scanner.scan(text)
        asked = {i for first, last, question in scanned.sentences() if question for i in range(first, last)}
        found: dict[str, set[tuple[int, int]]] = {}
        for key, start, end in self.matcher(self.doc(scanned)) if scanned.codes else ():
            found.setdefault(self.vocab.strings[key], set()).add((start, end))
        hits = []
        for key, ranges in found.items():
            act = key[1:]
            if key[0] == "+" and self.may_say(act, role):
                clean = [one for one in ranges if not any(overlap(one, no) for no in found.get("-" + act, ()))]
                for first, after in leftmost(clean):
                    begin = scanned.offsets[first][0]
                    quoted = act in CLOSED and re.search(r'\w.*[«“„"]\Z', text[:begin], re.DOTALL)
                    if (first in asked or act not in self.questions) and not quoted:
                        hits.append((act, begin, scanned.offsets[after - 1][1]))
        return sorted(hits, key=lambda hit: (hit[1], hit[0], hit[2]))

    def may_say(self, act: str, role: str) -> bool:
        """Whether the act is one of this speaker's side: the client's, or anybody else's."""
        who = self.speakers[act]
        return who == "any" or (who == "client") == (role == "client")


def overlap(one: tuple[int, int], two: tuple[int, int]) -> bool:
    """Whether two token ranges share a token."""
    return one[0] < two[1] and two[0] < one[1]


def leftmost(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """From the left, of those that begin together the longest, and nothing that overlaps it."""
    chosen: list[tuple[int, int]] = []
    for one in sorted(ranges, key=lambda r: (r[0], -r[1])):
        if not chosen or one[0] >= chosen[-1][1]:
            chosen.append(one)
    return chosen
