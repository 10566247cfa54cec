"""The Web API's door: reads a call, sees who asks, lets the method answer, remembers refusals."""

import asyncio
import json

from aiohttp import web

from bot.sandbox.slack import accounts, chat, conversations, files, modals
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.cloud import Cloud, Mishap
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.installation import Installation
from bot.sandbox.slack.method import Method
from bot.sandbox.slack.refusal import Refused

METHODS = {
    **accounts.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **modals.METHODS,
}


class WebApi:
    """Every answer is HTTP 200 with `ok`, but for rate limits (429) and an outage (503)."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def serve(self, request: web.Request) -> web.Response:
        if self._cloud.outage:
            return web.Response(status=503, text="Service Unavailable")
        name = request.match_info["method"]
        try:
            answer = self._answer(name, request, await _read(request))
        except Refused as refused:
            self._cloud.note(name, refused)
            return self._refusal(refused)
        if name == "chat.postMessage" and self._cloud.mishaps:
            mishap = self._cloud.mishaps.pop(0)
            if mishap.kind == "late":
                await asyncio.sleep(mishap.seconds)
            else:
                return _lost(request, mishap)
        return web.json_response({"ok": True, **answer}, headers=self._headers(name))

    def _answer(self, name: str, request: web.Request, arguments: Arguments) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        require(self._cloud.installation, method, token or arguments.text("token"))
        self._cloud.rate.spend(name, arguments.text("channel"))
        return method.run(self._cloud, arguments)

    def _headers(self, name: str) -> dict[str, str]:
        scopes = {"X-OAuth-Scopes": ",".join(self._cloud.installation.scopes)}
        scope = METHODS[name].scope
        return {**scopes, "X-Accepted-OAuth-Scopes": scope} if scope else scopes

    def _refusal(self, refused: Refused) -> web.Response:
        if refused.error != "ratelimited":
            return web.json_response(refused.answer())
        headers = {"Retry-After": str(refused.more["retry_after"])}
        body = {"ok": False, "error": refused.error}
        return web.json_response(body, status=429, headers=headers)


def _lost(request: web.Request, mishap: Mishap) -> web.Response:
    """The call was obeyed, and the app does not hear of it."""
    if mishap.kind == "drop" and request.transport:
        request.transport.abort()
    return web.Response(status=500, text="Internal Server Error")


def require(installation: Installation, method: Method, token: str) -> None:
    """The right token of the right kind, with the scope. Raises Refused."""
    if method.token == "none":
        return
    if not token:
        raise Refused("not_authed")
    kinds = {installation.bot_token: "bot", installation.app_token: "app"}
    if token not in kinds:
        raise Refused("invalid_auth")
    if method.token not in (kinds[token], "any"):
        raise Refused("not_allowed_token_type")
    if kinds[token] == "bot" and installation.revoked:
        raise Refused("token_revoked")
    if method.scope and not installation.may(method.scope):
        provided = ",".join(installation.scopes)
        raise Refused("missing_scope", needed=method.scope, provided=provided)


async def _read(request: web.Request) -> Arguments:
    """From the query, and from a form or a JSON object. Raises Refused(invalid_json, ...)."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= _json(await request.text())
    elif request.content_type.startswith(("application/x-www-form", "multipart/")):
        given |= dict(await request.post())
    elif await request.read():
        raise Refused("invalid_post_type")
    return Arguments(given)


def _json(text: str) -> Json:
    try:
        given = json.loads(text or "{}")
    except ValueError:
        raise Refused("invalid_json") from None
    if not isinstance(given, dict):
        raise Refused("json_not_object")
    return given
