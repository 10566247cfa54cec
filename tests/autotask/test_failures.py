import ssl

import aiohttp
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey
from yarl import URL

from bot.autotask.failures import classify
from bot.domain.observation import Cause

KEY = ConnectionKey(
    "zone.example", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)
REQUEST = aiohttp.RequestInfo(URL("https://zone.example"), "GET", None, URL())  # type: ignore[arg-type]

CASES: list[tuple[Cause, BaseException]] = [
    (Cause.DNS, aiohttp.ClientConnectorDNSError(KEY, OSError("no such name"))),
    (Cause.CONNECTION_REFUSED, aiohttp.ClientConnectorError(KEY, ConnectionRefusedError())),
    (Cause.CONNECTION_REFUSED, aiohttp.ClientProxyConnectionError(KEY, ConnectionRefusedError())),
    (Cause.CONNECTION_REFUSED, aiohttp.ClientHttpProxyError(REQUEST, (), status=407)),
    (Cause.CONNECTION_LOST, aiohttp.ClientConnectorError(KEY, ConnectionResetError())),
    (Cause.TIME_OUT, aiohttp.ClientConnectorError(KEY, TimeoutError())),
    (Cause.TLS, aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError())),
    (Cause.TLS, aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError())),
    (Cause.TIME_OUT, aiohttp.ConnectionTimeoutError()),
    (Cause.TIME_OUT, aiohttp.SocketTimeoutError()),
    (Cause.CONNECTION_LOST, aiohttp.ServerDisconnectedError()),
    (Cause.CONNECTION_LOST, aiohttp.ClientOSError(104, "reset")),
    (Cause.CONNECTION_LOST, aiohttp.ClientPayloadError()),
    (Cause.ODD_ANSWER, aiohttp.ClientResponseError(REQUEST, (), status=400)),
]


@pytest.mark.parametrize(("cause", "origin"), CASES, ids=lambda case: type(case).__name__)
def test_what_counts_is_the_error_below_and_not_the_one_that_httpx_shows(
    cause: Cause, origin: BaseException
) -> None:
    shown = httpx.ConnectTimeout("")
    shown.__cause__ = origin

    assert classify(shown).cause is cause


@pytest.mark.parametrize(
    ("cause", "error"),
    [
        (Cause.TIME_OUT, TimeoutError()),
        (Cause.ODD_ANSWER, aiohttp.ClientResponseError(REQUEST, (), status=400)),
        (Cause.ODD_ANSWER, httpx.RemoteProtocolError("")),
        (Cause.CONNECTION_LOST, OSError()),
        (Cause.OURS, UnicodeEncodeError("ascii", "ü", 0, 1, "")),
    ],
)
def test_an_error_without_one_below_counts_itself(cause: Cause, error: Exception) -> None:
    assert classify(error).cause is cause


def test_once_the_request_is_sent_nothing_is_our_own_fault() -> None:
    assert classify(UnicodeEncodeError("utf-8", "é", 0, 1, ""), sent=True).cause is Cause.ODD_ANSWER


def test_a_time_out_after_the_answer_has_begun_is_a_slow_answer() -> None:
    assert classify(TimeoutError(), sent=True, answered=True).cause is Cause.SLOW_ANSWER
    assert classify(OSError(), sent=True, answered=True).cause is Cause.CONNECTION_LOST


def test_a_summary_holds_nothing_of_the_errors_own_text() -> None:
    assert "hunter2" not in classify(OSError("https://user:hunter2@proxy.example")).summary
