"""The door behind response URLs."""

import json

from aiohttp import web

from bot.sandbox.slack.answers import answer
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.refusal import Refused

_GONE = ("expired_url", "used_url", "invalid_url", "channel_not_found")


class ResponseUrls:
    """Answers `ok`; 404 and a code where the URL is no longer good, 400 where the answer is bad."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def serve(self, request: web.Request) -> web.Response:
        try:
            hook = self._cloud.hooks.use(request.match_info["key"])
            answer(self._cloud, hook, Arguments(await _read(request)))
        except Refused as refused:
            self._cloud.note("response_url", refused)
            if refused.error in _GONE:
                return web.json_response({"ok": False, "error": refused.error}, status=404)
            return web.Response(status=400, text=refused.error)
        return web.Response(text="ok")


async def _read(request: web.Request) -> Json:
    """JSON, or a form with it as `payload`. Raises Refused(invalid_payload)."""
    text = await request.text()
    if request.content_type.startswith("application/x-www-form"):
        text = str((await request.post()).get("payload", ""))
    try:
        given = json.loads(text)
    except ValueError:
        raise Refused("invalid_payload") from None
    if not isinstance(given, dict):
        raise Refused("invalid_payload")
    return given
