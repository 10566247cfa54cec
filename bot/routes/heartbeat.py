"""The dead man's switch: an address that is asked as long as somebody watches. Whoever runs it
raises the alarm when nobody asks any more.
"""

import asyncio
import logging
import ssl

from bot.domain.secret import Secret
from bot.outbound import RAISED, open_client

log = logging.getLogger(__name__)

DEADLINE = 10.0
"""Seconds, whatever the other side does."""


class HttpHeartbeat:
    """The port `Heartbeat`: one GET request. The address is as good as a password, so it stands in
    no log."""

    def __init__(
        self,
        url: Secret,
        *,
        trust: ssl.SSLContext,
        proxy: Secret | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        """To be made inside the running loop."""
        self._url = url
        self._deadline = deadline
        self._client = open_client(
            trust=trust, proxy=proxy, connections=1, headers={"Accept": "*/*"}
        )
        self._fails = False

    async def ping(self) -> bool:
        """As the port has it. Trouble is logged once, and that it is over."""
        reason = await self._ask()
        if bool(reason) is not self._fails:
            self._fails = bool(reason)
            if reason:
                log.warning("heartbeat_fails", extra={"reason": reason})
            else:
                log.info("heartbeat_works")
        return not reason

    async def aclose(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def _ask(self) -> str:
        """What went wrong; empty: nothing. The answer's text is not read."""
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._client.stream("GET", self._url.reveal()) as response,
            ):
                return "" if response.is_success else f"HTTP {response.status_code}"
        except RAISED as error:
            return type(error).__name__
