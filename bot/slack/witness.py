"""Slack as a witness: whether it takes the bot's token, and what time it is there."""

import logging
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.sending import Later
from bot.slack.messenger import FAILURES
from bot.slack.outcomes import classify
from bot.usecases.watching import Glance

log = logging.getLogger(__name__)


class SlackWitness:
    """Implements the port `Witness`: one auth.test each time."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._refused = ""

    async def look(self) -> Glance:
        """As the port has it. A refusal is logged once, and so is its end."""
        glance = await self._look()
        if glance.answered and glance.refused != self._refused:
            self._refused = glance.refused
            if glance.refused:
                log.error("slack_refuses", extra={"reason": glance.refused})
            else:
                log.warning("slack_takes_the_token_again")
        return glance

    async def _look(self) -> Glance:
        try:
            answer = await self._client.auth_test()
        except FAILURES as error:
            return _failed(error)
        return Glance(answered=True, time=_date(answer.headers))


def _failed(error: Exception) -> Glance:
    """A busy Slack is there; one that has an error of its own is as good as away."""
    meant, time = classify(error), _date(getattr(getattr(error, "response", None), "headers", None))
    if isinstance(meant, Later):
        return Glance(answered=meant.after is not None, time=time)
    return Glance(answered=True, refused=getattr(meant, "reason", ""), time=time)


def _date(headers: Any) -> datetime | None:
    """When Slack says that it has answered; it says so in whole seconds."""
    found: Mapping[str, str] = {k.lower(): v for k, v in dict(headers or {}).items()}
    try:
        date = parsedate_to_datetime(found.get("date", ""))
    except ValueError:
        return None
    return date if date.tzinfo else None
