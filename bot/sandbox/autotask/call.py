"""One call of the REST API, read to its end, and the shapes of its answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.autotask.refusal import Refused
from bot.sandbox.autotask.zones import Zone


@dataclass(slots=True)
class Call:
    """Paths and query keys in lower case, as Autotask takes them in any (every public client spells
    them differently); empty path segments are dropped (go-autotask sends `ATServicesRest//v1.0`).
    """

    zone: Zone
    method: str
    uri: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    delay: float = 0.0
    """Seconds until the answer is sent."""

    @classmethod
    async def read(cls, request: web.Request, zone: Zone, *, latency: float) -> "Call":
        return cls(
            zone=zone,
            method=request.method,
            uri=str(request.url),
            path=tuple(part for part in request.path.lower().split("/") if part),
            query=query_of(request),
            headers=request.headers,
            body=await request.read(),
            delay=zone.fault.latency + latency,
        )

    def allow(self, *methods: str) -> None:
        """Raises Refused (405) for any other method."""
        if self.method not in methods:
            raise Refused(
                405, f"The requested resource does not support http method '{self.method}'."
            )

    def not_found(self) -> Refused:
        return Refused(
            404, f"No HTTP resource was found that matches the request URI '{self.uri}'."
        )

    def refusal(self, refused: Refused) -> web.Response:
        """A bare 401, ASP.NET's own message for what is not there, else Autotask's envelope."""
        if refused.status == 401:
            realm = f'Basic Realm="webservices{self.zone.number}.autotask.net"'
            return web.Response(status=401, headers={"WWW-Authenticate": realm})
        if refused.status in (404, 405):
            return web.json_response({"Message": refused.text}, status=refused.status)
        return web.json_response({"errors": [refused.text]}, status=refused.status)


def query_of(request: web.Request) -> dict[str, str]:
    """The query with its keys in lower case."""
    return {key.lower(): value for key, value in request.query.items()}
