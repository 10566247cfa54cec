"""Why no answer came: exceptions sorted into causes."""

import ssl
from dataclasses import dataclass

import aiohttp

from bot.domain.observation import Cause

FAILURES: tuple[tuple[type[BaseException], Cause, str], ...] = (
    (aiohttp.ClientConnectorDNSError, Cause.DNS, "name not found"),
    (aiohttp.ClientConnectorCertificateError, Cause.TLS, "certificate not trusted"),
    (aiohttp.ClientSSLError, Cause.TLS, "no secure connection"),
    (ssl.SSLError, Cause.TLS, "no secure connection"),
    (aiohttp.ClientProxyConnectionError, Cause.CONNECTION_REFUSED, "proxy not reached"),
    (aiohttp.ClientHttpProxyError, Cause.CONNECTION_REFUSED, "refused by the proxy"),
    (TimeoutError, Cause.TIME_OUT, "no answer in time"),
    (ConnectionResetError, Cause.CONNECTION_LOST, "connection lost"),
    (aiohttp.ClientConnectorError, Cause.CONNECTION_REFUSED, "connection refused"),
    (aiohttp.ClientConnectionError, Cause.CONNECTION_LOST, "connection lost"),
    (aiohttp.ClientPayloadError, Cause.CONNECTION_LOST, "answer broken off"),
    (OSError, Cause.CONNECTION_LOST, "connection lost"),
    (ValueError, Cause.OURS, "not sent: the request cannot be written as HTTP"),
    (Exception, Cause.ODD_ANSWER, "not HTTP"),
)
"""Class of error, its cause, and what people read; the first match counts, special ones first."""


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. `summary` is a fixed phrase: an exception's own text may hold an address."""

    cause: Cause
    summary: str


_NOT_HTTP = Failure(Cause.ODD_ANSWER, "not HTTP")
_SLOW = Failure(Cause.SLOW_ANSWER, "the answer did not end in time")


def classify(error: Exception, *, sent: bool = False, answered: bool = False) -> Failure:
    """The failure behind `error`. Once the request has been `sent`, nothing is our own fault any
    more; once the far side has begun to answer (`answered`), a time-out is a slow answer.

    The class that httpx raises over aiohttp's transport misleads (DNS, refusal and TLS trouble all
    come as ConnectTimeout), so what counts is the aiohttp error that caused it (measured with httpx
    0.28 and httpx-aiohttp 0.2), and below a connection that failed the operating system's. What
    caused a TimeoutError is a cancellation, which is no Exception and tells nothing.
    """
    below = error.__cause__
    origin = below if isinstance(below, Exception) else error
    system = origin.os_error if type(origin) is aiohttp.ClientConnectorError else origin
    special = system if isinstance(system, TimeoutError | ConnectionResetError) else origin
    failure = next(
        Failure(cause, summary) for kind, cause, summary in FAILURES if isinstance(special, kind)
    )
    if failure.cause is Cause.OURS and sent:
        return _NOT_HTTP
    return _SLOW if failure.cause is Cause.TIME_OUT and answered else failure
