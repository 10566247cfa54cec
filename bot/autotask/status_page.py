"""What the vendor's status page says of a zone. Asked only where a zone fails, and only evidence:
it never makes a connection healthy or sick.

The vendor's page is an Atlassian Statuspage (status.kaseya.com); its components are named by
region, as zones are, and not by zone number. Seen in the client of a workflow platform (w6w).
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.autotask.answers import Answer, printable
from bot.autotask.wire import Wire

PATH = "/api/v2/components.json"
GROUP = "autotask psa"
PATIENCE = 3.0
"""Seconds; a check must not wait long for what is only said beside it."""
FRESH = 60.0
"""Seconds that an answer serves all connections."""


class StatusPage:
    """One page, asked at most once a minute. `monotonic` tells seconds."""

    def __init__(self, wire: Wire, url: str, monotonic: Callable[[], float]) -> None:
        self._wire = wire
        self._url = url.rstrip("/") + PATH
        self._monotonic = monotonic
        self._asked_at = float("-inf")
        self._regions: Mapping[str, str] = {}

    async def says(self, zone: str) -> str | None:
        """A line of evidence, such as "Status page: America East, major outage"; None where the
        page does not know the zone or does not answer."""
        if self._monotonic() - self._asked_at >= FRESH:
            self._asked_at = self._monotonic()
            self._regions = await self._ask()
        status = self._regions.get(_region(zone))
        return f"Status page: {zone}, {status}" if status else None

    async def _ask(self) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._wire.get(self._url, endpoint="status page")
        except TimeoutError:
            return {}
        return _parse(answer.body) if isinstance(answer, Answer) else {}


def _parse(page: Mapping[str, Any]) -> Mapping[str, str]:
    """Region to status in words, of the components in Autotask's group."""
    listed = page.get("components")
    components = [
        each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, dict)
    ]
    groups = {
        str(each.get("id"))
        for each in components
        if each.get("group") and str(each.get("name")).casefold() == GROUP
    }
    return {
        _region(str(each.get("name"))): (printable(each.get("status")) or "").replace("_", " ")
        for each in components
        if str(each.get("group_id")) in groups
    }


def _region(name: str) -> str:
    """The name without what follows in brackets: "UK (United Kingdom)" is "UK", while "America
    East" and "America East 2" stay two."""
    return re.sub(r"\s*[(/].*", "", name).strip().casefold()
