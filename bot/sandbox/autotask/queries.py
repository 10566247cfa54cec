"""One query of an entity: which rows, how many at a time, which fields."""

import gzip
import json
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.sandbox.autotask.filters import Row, compile_filter, invalid, lowered

MOST_RECORDS = 500
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked, its keys in lower case, and which page of it, counted from 1."""

    asked: dict[str, Any]
    page: int = 1

    @classmethod
    def parse(cls, search: bytes, *, page: str = "1") -> "Query":
        """From the body of a POST or the `search` of a GET. Raises Refused (500).

        Bodies marked as gzip may be plain JSON and the other way round, depending on the client
        (asachs01/autotask-node): the first bytes decide.
        """
        try:
            text = gzip.decompress(search) if search.startswith(_GZIP) else search
            return cls(lowered(json.loads(text)), max(1, int(page)))
        except (ValueError, OSError, EOFError, zlib.error) as error:
            raise invalid("the query is not valid JSON") from error

    def count(self, rows: list[Row]) -> dict[str, Any]:
        """The answer of `/query/count`."""
        return {"queryCount": len(self._matching(rows))}

    def answer(self, rows: list[Row], *, url: str) -> dict[str, Any]:
        """One page of matching rows; `url` is the entity's query address, for the page links."""
        size, matching = self._size(), self._matching(rows)
        start = (self.page - 1) * size
        items = [self._shown(row) for row in matching[start : start + size]]
        more = start + size < len(matching)
        return {
            "items": items,
            "pageDetails": {
                "count": len(items),
                "requestCount": size,
                "prevPageUrl": self._link(url, self.page - 1) if self.page > 1 else None,
                "nextPageUrl": self._link(url, self.page + 1) if more else None,
            },
        }

    def _matching(self, rows: list[Row]) -> list[Row]:
        if not rows:
            return []
        test = compile_filter(self.asked.get("filter"), rows[0])
        return [row for row in rows if test(row)]

    def _size(self) -> int:
        size = self.asked.get("maxrecords", MOST_RECORDS)
        if not str(size).isdigit() or not 1 <= int(size) <= MOST_RECORDS:
            raise invalid(f"MaxRecords is between 1 and {MOST_RECORDS}")
        return int(size)

    def _shown(self, row: Row) -> Row:
        wanted = {str(name).lower() for name in self.asked.get("includefields") or row}
        return {name: cell for name, cell in row.items() if name.lower() in wanted | {"id"}}

    def _link(self, url: str, page: int) -> str:
        """Carries the whole query, so that it can be fetched with GET or POST alike."""
        return f"{url}?{urlencode({'page': page, 'search': json.dumps(self.asked)})}"
