"""Making chat text harmless where it is shown: terminals obey escape codes, spreadsheets obey formulas."""

from __future__ import annotations

import re

# Everything a terminal could obey or that a table cannot hold; tab and line feed stay.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BIDI = {
    "\u061c": "ALM",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
_BADGES = {ord(char): f"‹{name}›" for char, name in _BIDI.items()}
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # Excel obeys the wide ones too


def terminal(text: str) -> str:
    """Text without control characters, lone surrogates replaced, invisible direction marks shown as ‹RLO›.

    Offsets into `text` do not hold in the result: cut first, then clean.
    """
    if text.isascii() and text.isprintable():
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text)).translate(_BADGES)


def line(text: str) -> str:
    """Terminal text on one line."""
    return " ".join(terminal(text).split())


def cell(text: str) -> str:
    """Text for a spreadsheet cell: no control characters, and an apostrophe before what would be a formula.

    The rule is OWASP's (CSV injection) with the full-width signs added; a phone number «+7…» gets one too.
    """
    clean = text if text.isprintable() else _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))
    return f"'{clean}" if text.startswith(_FORMULA) or clean.startswith(_FORMULA) else clean
