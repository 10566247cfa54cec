"""Once each: what Slack delivers twice has its effect once, and is acknowledged alike each time.

An event whose acknowledgement Slack did not see comes again at once, after a minute and after five
(docs.slack.dev, the Events API): with the same `event_id`, newly signed, and in Socket Mode in
another envelope. Every other payload has a `trigger_id` of its own. But of a form whose button is
pressed twice, each press comes with one: there, the view as it was drawn and filled in is the same.
"""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

Json = dict[str, Any]

REMEMBERED = 900.0
"""Seconds."""
_MOST = 2_000


class Once:
    """The deliveries of the last while, and how each was acknowledged."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._answers: OrderedDict[str, tuple[float, asyncio.Task[Json]]] = OrderedDict()

    async def __call__(
        self, body: Mapping[str, Any], work: Callable[[], Coroutine[Any, Any, Json]]
    ) -> Json:
        """What `work` answers; where this was delivered before, what it answered then."""
        key = _key(body)
        if not key:
            return await work()
        self._forget()
        if key not in self._answers:
            self._answers[key] = (self._monotonic(), asyncio.create_task(work()))
        answer = await asyncio.shield(self._answers[key][1])
        if answer.get("response_action") == "errors":  # to submit the same once more is meant
            self._answers.pop(key, None)
        return answer

    def _forget(self) -> None:
        horizon = self._monotonic() - REMEMBERED
        while self._answers and (len(self._answers) >= _MOST or self._oldest() < horizon):
            self._answers.popitem(last=False)

    def _oldest(self) -> float:
        return next(iter(self._answers.values()))[0]


def _key(body: Mapping[str, Any]) -> str:
    """By what the payload is known again. Of what a form holds, a hash alone is kept."""
    view = body.get("view") or {}
    if body.get("type") == "view_submission" and view.get("hash"):
        filled_in = hash(json.dumps(view.get("state"), sort_keys=True))
        return f"{view.get('id')}:{view['hash']}:{filled_in}"
    return str(body.get("event_id") or body.get("trigger_id") or "")
