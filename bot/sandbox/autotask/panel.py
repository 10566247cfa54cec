"""The admin panel's JSON API: see everything, break and mend everything."""

from typing import Any

from aiohttp import web

from bot.sandbox.autotask.cloud import Cloud
from bot.sandbox.autotask.order import Order
from bot.sandbox.autotask.switches import obey
from bot.sandbox.autotask.tenants import Tenant, User
from bot.sandbox.autotask.zones import Zone


def panel_app(cloud: Cloud) -> web.Application:
    """An application of its own each time: `GET /state`, `POST /do`, to be mounted anywhere."""

    async def state(request: web.Request) -> web.Response:
        return web.json_response(snapshot(cloud))

    async def do(request: web.Request) -> web.Response:
        try:
            obey(cloud, Order.parse(await request.read()))
        except (LookupError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(snapshot(cloud))

    app = web.Application()
    app.router.add_get("/state", state)
    app.router.add_post("/do", do)
    return app


def snapshot(cloud: Cloud) -> dict[str, Any]:
    """The whole state as JSON; `requests` are the latest 50, newest first."""
    now = cloud.clock()
    return {
        "zones": [_zone(zone) for zone in cloud.directory.zones],
        "tenants": [_tenant(tenant, now) for tenant in cloud.directory.tenants],
        "requests": cloud.journal.entries(),
        "requests_total": cloud.journal.total,
        "thread_cap": cloud.threads.cap,
        "quirks": {name: getattr(cloud.quirks, name) for name in cloud.quirks.__slots__},
    }


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "number": zone.number,
        "name": zone.name,
        "base_url": zone.address,
        "fault": zone.fault.kind,
    }


def _tenant(tenant: Tenant, now: float) -> dict[str, Any]:
    return {
        "name": tenant.name,
        "ci": tenant.ci,
        "zone": tenant.zone.number,
        "lock_after": tenant.lock_after,
        "hourly_limit": tenant.quota.limit,
        "hourly_used": tenant.quota.used(now),
        "users": [_user(user) for user in tenant.users],
    }


def _user(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "secret": user.secret,
        "integration_code": user.integration_code,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "kind": user.kind,
        "active": user.active,
        "locked": user.locked,
        "expired": user.expired,
        "failures": user.failures,
        "denied": sorted(user.denied),
    }
