"""The REST API of every zone: each call is decided at once, then answered after its delay."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from aiohttp import web

from bot.sandbox.autotask.call import Call
from bot.sandbox.autotask.cloud import Cloud
from bot.sandbox.autotask.entities import ENTITIES, Entity
from bot.sandbox.autotask.filters import Row
from bot.sandbox.autotask.queries import Query
from bot.sandbox.autotask.quota import WINDOW
from bot.sandbox.autotask.refusal import ZONE_UNKNOWN, Refused
from bot.sandbox.autotask.signin import SignIn
from bot.sandbox.autotask.visit import Visit

Json = dict[str, Any]
Answer = Callable[[Visit], Json]


class RestApi:
    """`/ATServicesRest/` of one cloud; a call carries the zone that it reached."""

    def __init__(self, cloud: Cloud, *, pause: Callable[[float], Awaitable[object]]) -> None:
        self._cloud = cloud
        self._pause = pause

    async def answer(self, call: Call) -> web.Response:
        """The answer; the call's thread is held until it leaves."""
        with ExitStack() as thread:
            try:
                response = web.json_response(self._decide(call, thread))
            except Refused as refused:
                response = call.refusal(refused)
            await self._pause(call.delay)
            return response

    def _decide(self, call: Call, thread: ExitStack) -> Json:
        match call.path:
            case ("atservicesrest", "versioninformation"):
                call.allow("GET")
                return _versions()
            case ("atservicesrest", "v1.0", "zoneinformation"):
                call.allow("GET")
                return self._zone_information(call.query.get("user", ""))
            case ("atservicesrest", "v1.0", endpoint, *rest):
                answer = self._route(call, endpoint, rest)
                visit = self._admit(call)
                code = visit.user.integration_code
                thread.enter_context(self._cloud.threads.hold(code, endpoint))
                return answer(visit)
            case _:
                raise call.not_found()

    def _zone_information(self, username: str) -> Json:
        """Where the tenant of this username lives, whoever asks (official page
        REST_ZoneInformation); humans have a zone as well (py-autotask)."""
        by_domain = self._cloud.quirks.zone_by_domain
        tenant = self._cloud.directory.find_tenant(username, by_domain=by_domain)
        if tenant is None:
            raise Refused(500, ZONE_UNKNOWN)
        return {
            "zoneName": tenant.zone.name,
            "url": tenant.zone.api_url,
            "webUrl": f"{tenant.zone.address}/",
            "ci": tenant.ci,
        }

    def _route(self, call: Call, endpoint: str, rest: list[str]) -> Answer:
        """What answers, before anybody is asked who they are."""
        if endpoint in ENTITIES:
            return _entity_route(call, ENTITIES[endpoint], rest)
        routes = {"thresholdinformation": self._threshold_information, "version": _version}
        if rest or endpoint not in routes:
            raise call.not_found()
        call.allow("GET")
        return routes[endpoint]

    def _admit(self, call: Call) -> Visit:
        """Who calls, with the call booked on the hourly budget."""
        cloud, now = self._cloud, self._cloud.clock()
        sign_in = SignIn.of(call.headers)
        tenant, user = sign_in.admit(cloud.directory, call.zone, quirks=cloud.quirks, now=now)
        if cloud.quirks.latency_bands:
            call.delay += tenant.quota.latency(now)
        if not tenant.quota.book(now):
            limit = tenant.quota.limit
            raise Refused(
                cloud.quirks.quota_status,
                f"The hourly threshold of {limit} external requests has been exceeded.",
            )
        return Visit(tenant, user, cloud.quirks)

    def _threshold_information(self, visit: Visit) -> Json:
        quota = visit.tenant.quota
        return {
            "externalRequestThreshold": quota.limit,
            "requestThresholdTimeframe": WINDOW // 60,
            "currentTimeframeRequestCount": quota.used(self._cloud.clock()),
        }


def _versions() -> Json:
    """V2.0 is listed, yet nothing is there (KelvinTegelaar/AutotaskAPI pull request 76)."""
    return {"apiVersions": ["V1.0", "V2.0"]}


def _version(visit: Visit) -> Json:
    return {"majorVersion": "2026", "minorVersion": "3", "build": "1", "customerType": "Standard"}


def _entity_route(call: Call, entity: Entity, rest: list[str]) -> Answer:
    match rest:
        case ["entityinformation"]:
            call.allow("GET")
            return partial(_information, entity)
        case ["query"]:
            call.allow("GET", "POST")
            url = f"{call.zone.api_url}V1.0/{entity.path}/query"
            return partial(_query, call, entity, partial(Query.answer, url=url))
        case ["query", "count"]:
            call.allow("GET", "POST")
            return partial(_query, call, entity, Query.count)
        case [number] if number.isdecimal():
            call.allow("GET")
            return partial(_item, entity, int(number))
        case _:
            raise call.not_found()


def _information(entity: Entity, visit: Visit) -> Json:
    return {"info": entity.information(visit.user)}


def _query(
    call: Call, entity: Entity, ask: Callable[[Query, list[Row]], Json], visit: Visit
) -> Json:
    """A page link carries its query in the address, also where it is fetched with POST."""
    rows = visit.rows(entity)
    search = call.query.get("search", "").encode() or call.body
    return ask(Query.parse(search, page=call.query.get("page", "1")), rows)


def _item(entity: Entity, number: int, visit: Visit) -> Json:
    """An id that does not exist is no error (django-autotask, w6w)."""
    return {"item": next((row for row in visit.rows(entity) if row["id"] == number), None)}
