"""The log's last wall: no secret that there is, however it is spelled, and nothing shaped like one.

A text is looked at once, however many secrets there are: only where four of its characters begin a
spelling of one, it is compared.
"""

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from bot.domain import secret

SCRUBBED = "[redacted]"
_START = 4
"""Characters. What is shorter is no secret worth the name, and in every text."""
_SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+"
    r"|(?i:(?:api-?integration-?code|secret|user-?name|authorization)"
    r"\\*[\"']?\s*[:=]\s*\\*[\"']?)[^\s\"',}\\]+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|(?:(?<=[?&]user=)|(?<=[?&]ticket=))[^&\s\"'\\]+"
)
Span = tuple[int, int]
_PERCENT = re.compile("%[0-9A-F]{2}")


class Redaction:
    """Scrubs texts, with what it knows of the secrets at hand: as many as there are just now."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._changes = -1
        self._by_start: dict[str, list[str]] = {}

    def scrub(self, text: str) -> str:
        """`text` without any secret or anything that has the shape of one."""
        if self._changes != secret.changes():
            self._look_around()
        spans = [found.span() for found in _SHAPES.finditer(text)]
        spans += self._secrets_in(text)
        return _without(text, sorted(spans)) if spans else text

    def _look_around(self) -> None:
        """Which secrets have come and gone since the last text. What is gone is not looked for:
        the log is no reason to keep a secret in memory."""
        self._changes, living = secret.changes(), secret.living()
        for value in self._known - living:
            for each in spellings(value):
                there = self._by_start.get(each[:_START], [])
                if each in there:
                    there.remove(each)
                if not there:
                    self._by_start.pop(each[:_START], None)
        for value in living - self._known:
            for each in spellings(value):
                there = self._by_start.setdefault(each[:_START], [])
                there.append(each)
                there.sort(key=len, reverse=True)
        self._known = living

    def _secrets_in(self, text: str) -> Iterator[Span]:
        starts = self._by_start
        grams = map("".join, zip(text, text[1:], text[2:], text[3:], strict=False))
        if starts.keys().isdisjoint(grams):  # nearly always
            return
        for at in range(len(text) - _START + 1):
            there = starts.get(text[at : at + _START], ())
            found = next((each for each in there if text.startswith(each, at)), "")
            if found:
                yield at, at + len(found)


def _without(text: str, spans: list[Span]) -> str:
    """What overlaps is cut out as one: of two secrets of which one begins the other, too."""
    pieces, kept = [], 0
    for start, end in spans:
        if start >= kept:
            pieces += [text[kept:start], SCRUBBED]
        kept = max(kept, end)
    return "".join([*pieces, text[kept:]])


def spellings(value: str) -> set[str]:
    """As it is; inside JSON, a form, an address, a repr, and each of these inside a log line, which
    quotes them again; and inside base64 wherever it begins."""
    raw = value.encode()
    found = {value, json.dumps(value)[1:-1], *_quoted(value), repr(raw)[2:-1]}
    for address in (quote_plus(value), quote(value, safe=""), quote(value)):
        found |= {address, _PERCENT.sub(lambda digits: digits[0].lower(), address)}
    found |= set(_inside_base64(raw))
    for each in tuple(found):
        found |= _quoted(each)
    return {each for each in found if len(each) >= _START}


def _quoted(value: str) -> set[str]:
    """As log lines hold it: in JSON, and in a repr, whatever quotes stand elsewhere in that."""
    in_repr = repr(value)[1:-1]
    return {
        json.dumps(value, ensure_ascii=False)[1:-1],
        in_repr,
        in_repr.replace("\\'", "'").replace("'", "\\'"),
    }


def _inside_base64(raw: bytes) -> Iterator[str]:
    """Three bytes are four characters, so there are three ways; without those at the edges that
    what is beside it has a part in."""
    for before in range(3):
        padded = b"\0" * before + raw
        whole = len(padded) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(padded).decode()[-(-before * 8 // 6) : whole]
