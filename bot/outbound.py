"""How requests leave this process: one proxy, one trust, nothing from the environment."""

import ssl
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from httpx_aiohttp import AiohttpTransport

from bot.domain.secret import Secret
from bot.proxy import way_by

RAISED = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError)
"""All that comes up from below: what is not HTTP gets through the transport as aiohttp's own error,
and a redirect to nonsense is an InvalidURL though it is not followed (measured).
"""


def open_client(  # noqa: PLR0913 - what one connection pool differs in from another
    *,
    trust: ssl.SSLContext,
    proxy: Secret | None,
    connections: int,
    headers: Mapping[str, str],
    resolver: AbstractResolver | None = None,
    trace_configs: Sequence[aiohttp.TraceConfig] = (),
) -> httpx.AsyncClient:
    """A client that keeps up to `connections` connections, follows no redirect and keeps no cookie.
    To be made inside the running loop. It has no deadline of its own: that is the caller's.
    """
    connector = aiohttp.TCPConnector(limit=connections, ssl=trust, resolver=resolver)
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        proxy=way_by(proxy),
        trace_configs=list(trace_configs),
    )
    return httpx.AsyncClient(
        transport=AiohttpTransport(verify=trust, client=session),
        trust_env=False,
        follow_redirects=False,
        headers=headers,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=None,  # noqa: S113 - each caller's deadline ends the whole call
    )
