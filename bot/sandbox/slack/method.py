"""One Web API method: what it does, and who may call it."""

from collections.abc import Callable
from typing import NamedTuple

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json


class Method(NamedTuple):
    """`run` returns the answer without `ok`, or raises Refused. `token` is bot, app, any or none;
    `scope` may be empty.
    """

    run: Callable[[Cloud, Arguments], Json]
    scope: str = ""
    token: str = "bot"
