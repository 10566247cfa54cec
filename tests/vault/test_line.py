"""What every vendor's library is given: a deadline, a proxy, and whom to trust."""

import asyncio
import ssl
import threading
import time
from pathlib import Path

import certifi
import pytest

from bot.domain.errors import KeyUnavailable, UnknownKey
from bot.vault.sdk.line import THREADS, Line, Way
from tests.autotask.certificates import certify


async def test_what_a_call_returns_or_raises_comes_back() -> None:
    line = Line("made up")

    def fail() -> None:
        raise UnknownKey("made up")

    assert await line.ask(lambda: 42) == 42
    with pytest.raises(UnknownKey, match="made up"):
        await line.ask(fail)


async def test_calls_that_hang_are_left_in_time_even_those_that_were_never_begun() -> None:
    line, over = Line("Made-up KMS", within=0.2), threading.Event()
    start = time.monotonic()
    calls = [line.ask(over.wait) for _ in range(THREADS + 2)]

    ends = await asyncio.gather(*calls, return_exceptions=True)
    over.set()

    assert [type(each) for each in ends] == [KeyUnavailable] * (THREADS + 2)
    assert str(ends[0]) == "Made-up KMS is not available: no answer within 0.2 s."
    assert time.monotonic() - start < 10


def test_nothing_but_the_operators_proxy_is_used() -> None:
    assert Way().proxies == {}
    proxy = "http://proxy.example:3128"
    assert Way(proxy).proxies == {"http": proxy, "https": proxy}


def test_the_operators_authorities_are_trusted_besides_the_public_ones(tmp_path: Path) -> None:
    _, own = certify(tmp_path)
    assert Way().authorities == certifi.where()

    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_verify_locations(Way(ca_file=own).authorities)
    public = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    public.load_verify_locations(certifi.where())

    assert len(trust.get_ca_certs()) == len(public.get_ca_certs()) + 1
    assert Way(ca_file=own).authorities == Way(ca_file=own).authorities
