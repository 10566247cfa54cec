import asyncio
import gzip
import logging
import socket
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.autotask.answers import Answer, Kind
from bot.autotask.failures import Failure
from bot.autotask.wire import Wire
from bot.domain.errors import ConfigurationError
from bot.domain.observation import Cause
from bot.domain.secret import Secret
from bot.trust import trusted
from tests.autotask.certificates import certify
from tests.autotask.conftest import WireFactory
from tests.autotask.far_side import BUDGET, Heard, far_side, http, js, listening


async def ask(wire: Wire, address: str, **headers: str) -> Answer | Failure:
    return await wire.get(f"{address}/x", endpoint="x", headers=headers)


async def cause_of(wire: Wire, address: str) -> Cause:
    failure = await ask(wire, address)
    assert isinstance(failure, Failure), failure
    return failure.cause


async def nothing(heard: Heard) -> None:
    """The line stays open."""


class Nameless(AbstractResolver):
    """Knows no name, or never comes to an end."""

    def __init__(self, *, slow: bool = False) -> None:
        self.slow = slow

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self.slow:
            await asyncio.Event().wait()
        raise OSError("no such name")

    async def close(self) -> None:
        """Nothing is open."""


async def test_an_answer_comes_with_its_json(wire: Wire) -> None:
    async with far_side(lambda _: js(BUDGET)) as far:
        assert await ask(wire, far.address) == Answer(200, Kind.JSON, BUDGET)

    assert far.heard[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (b"", Cause.CONNECTION_LOST),
        (b"HTTP/1.1 200 -\r\nContent-Length: 100\r\n\r\n{", Cause.CONNECTION_LOST),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Cause.ODD_ANSWER),
        (b"HTTP/1.1 200 -\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", Cause.ODD_ANSWER),
        (b"HTTP/1.1 200 Tr\xe8s bien\r\nContent-Length: 2\r\n\r\n{}", Cause.ODD_ANSWER),
    ],
    ids=["closed", "half a body", "not HTTP", "endless header", "a reason in Latin-1"],
)
async def test_a_hostile_answer_has_its_own_cause(wire: Wire, said: bytes, cause: Cause) -> None:
    async with far_side(lambda _: said) as far:
        assert await cause_of(wire, far.address) is cause


async def test_silence_ends_at_the_deadline(wire: Wire) -> None:
    async with far_side(nothing) as far:
        assert await cause_of(wire, far.address) is Cause.TIME_OUT


async def test_a_dripping_body_ends_at_the_deadline_though_each_byte_is_in_time(wire: Wire) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 -\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.01)

    async with listening(drip) as address:
        assert await cause_of(wire, address) is Cause.SLOW_ANSWER


async def test_an_answer_with_a_header_in_latin_1_is_an_answer(wire: Wire) -> None:
    said = b"HTTP/1.1 200 -\r\nServer: \xe8\r\nContent-Length: 2\r\n\r\n{}"
    async with far_side(lambda _: said) as far:
        assert await ask(wire, far.address) == Answer(200, Kind.JSON, {})


REFUSAL = b"HTTP/1.1 401 -\r\n"


@pytest.mark.parametrize(
    "said",
    [
        REFUSAL + b"Content-Length: 100\r\n\r\n{",
        REFUSAL + b"Content-Length: 10000000000\r\n\r\n" + b"x" * 2_000_000,
        REFUSAL + b"Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b",
        b"HTTP/1.1 401 Refus\xe9\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["breaks off", "too long", "compressed", "a reason in Latin-1"],
)
async def test_a_401_is_one_at_its_head_whatever_becomes_of_its_body(
    wire: Wire, said: bytes
) -> None:
    async with far_side(lambda _: said) as far:
        refused = await ask(wire, far.address)

    assert isinstance(refused, Answer)
    assert refused.status == 401


async def test_a_401_whose_body_never_ends_is_one_too(new_wire: WireFactory) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(REFUSAL + b"Content-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.01)

    async with listening(drip) as address:
        assert await ask(new_wire(deadline=0.1), address) == Answer(401, Kind.UNREAD)


async def test_who_asks_is_told_when_the_request_leaves(wire: Wire, tmp_path: Path) -> None:
    """Where no connection came about, nothing was sent, however it ended."""
    tls, _ = certify(tmp_path)
    sent: list[str] = []

    async def sent_to(address: str, wire: Wire = wire) -> list[str]:
        sent.clear()
        await wire.get(address, endpoint="x", on_sent=lambda: sent.append(address))
        return sent

    async with far_side(lambda _: js({})) as far, far_side(nothing) as mute:
        assert await sent_to(far.address) == [far.address]
        assert await sent_to(mute.address) == [mute.address]
    async with far_side(lambda _: js({}), tls) as foreign:
        assert await sent_to(foreign.address) == []
    assert await sent_to(far.address) == []  # refused
    assert await sent_to("https://127.0.0.1:9") == []


async def test_a_name_or_a_proxy_that_fails_has_been_sent_nothing(new_wire: WireFactory) -> None:
    sent: list[None] = []
    async with far_side(lambda _: http(407)) as proxy:
        for wire in (new_wire(resolver=Nameless(slow=True)), new_wire(proxy=Secret(proxy.address))):
            await wire.get("https://zone.example", endpoint="x", on_sent=lambda: sent.append(None))

    assert sent == []


async def test_a_body_that_is_too_long_is_not_read_to_its_end(wire: Wire) -> None:
    head = b"HTTP/1.1 200 -\r\nContent-Length: 10000000000\r\n\r\n"
    async with far_side(lambda _: head + b"x" * 2_000_000) as far:
        assert await ask(wire, far.address) == Answer(200, Kind.TOO_LONG)


async def test_what_comes_compressed_unasked_is_not_unpacked(wire: Wire) -> None:
    bomb = http(401, gzip.compress(b" " * 5_000_000), Content_Encoding="gzip")
    async with far_side(lambda _: bomb) as far:
        assert await ask(wire, far.address) == Answer(401, Kind.COMPRESSED)


async def test_a_redirect_is_an_answer_and_the_foreign_host_hears_nothing(wire: Wire) -> None:
    async with (
        far_side(lambda _: js({})) as foreign,
        far_side(lambda _: http(302, Location=f"{foreign.address}/x")) as far,
    ):
        assert await ask(wire, far.address, Secret="made up") == Answer(302, Kind.EMPTY)

    assert foreign.heard == []


@pytest.mark.parametrize("location", ["http://zone.example:port/", "nonsense:x"])
async def test_a_redirect_to_nonsense_is_one_all_the_same(wire: Wire, location: str) -> None:
    async with far_side(lambda _: http(302, Location=location)) as far:
        assert await ask(wire, far.address) == Answer(302, Kind.UNREAD)


async def test_a_request_that_may_have_been_served_is_not_sent_again(wire: Wire) -> None:
    async with far_side(lambda _: b"") as far:
        assert await cause_of(wire, far.address) is Cause.CONNECTION_LOST

    assert len(far.heard) == 1


async def test_a_kept_connection_that_was_closed_is_replaced(wire: Wire) -> None:
    """Many a server closes what has been idle just when the next request is on its way."""
    conversations = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal conversations
        conversations += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 -\r\nContent-Length: 2\r\n\r\n{}")
        await reader.readuntil(b"\r\n\r\n")

    async with listening(once) as address:
        assert await ask(wire, address) == Answer(200, Kind.JSON, {})
        assert await ask(wire, address) == Answer(200, Kind.JSON, {})

    assert conversations == 2


async def test_no_cookie_is_sent_back(wire: Wire) -> None:
    cookie = http(200, b"{}", Set_Cookie="tenant=1; Path=/")
    async with far_side(lambda _: cookie) as far:
        await ask(wire, far.address)
        await ask(wire, far.address)

    assert ["cookie" in heard.headers for heard in far.heard] == [False, False]


async def test_a_closed_port_refuses(wire: Wire) -> None:
    async with far_side(nothing) as far:
        address = far.address

    assert await cause_of(wire, address) is Cause.CONNECTION_REFUSED


async def test_an_unknown_name_is_told_from_a_slow_one(new_wire: WireFactory) -> None:
    unknown, slow = new_wire(resolver=Nameless()), new_wire(resolver=Nameless(slow=True))

    assert await cause_of(unknown, "http://zone.example") is Cause.DNS
    assert await cause_of(slow, "http://zone.example") is Cause.TIME_OUT


async def test_the_operators_authority_is_trusted(new_wire: WireFactory, tmp_path: Path) -> None:
    tls, authority = certify(tmp_path)
    async with far_side(lambda _: js({}), tls) as far:
        trusting, wary = new_wire(trust=trusted(authority)), new_wire()

        assert isinstance(await ask(trusting, far.address), Answer)
        assert await cause_of(wary, far.address) is Cause.TLS
    assert len(far.heard) == 1


async def test_a_certificate_for_another_host_is_refused(
    new_wire: WireFactory, tmp_path: Path
) -> None:
    tls, authority = certify(tmp_path, address="127.0.0.9")
    async with far_side(lambda _: js({}), tls) as far:
        assert await cause_of(new_wire(trust=trusted(authority)), far.address) is Cause.TLS


async def test_a_certificate_that_has_expired_is_refused(
    new_wire: WireFactory, tmp_path: Path
) -> None:
    tls, authority = certify(tmp_path, valid_for=-1)
    async with far_side(lambda _: js({}), tls) as far:
        assert await cause_of(new_wire(trust=trusted(authority)), far.address) is Cause.TLS
    assert far.heard == []


async def test_a_server_without_tls_gets_nothing(wire: Wire) -> None:
    received = bytearray()

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await reader.read(5000))
        writer.write(http(400))

    async with listening(plain) as address:
        assert await cause_of(wire, address.replace("http:", "https:")) is Cause.TLS
    assert b"/x" not in received


async def test_a_ca_file_without_certificates_is_the_operators_to_mend(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("nothing")

    with pytest.raises(ConfigurationError, match="CA_FILE"):
        trusted(empty)


async def test_everything_goes_through_the_proxy_with_its_password(new_wire: WireFactory) -> None:
    async with far_side(lambda _: js({})) as proxy:
        wire = new_wire(proxy=Secret(proxy.address.replace("//", "//someone:hunter2@")))
        assert isinstance(await ask(wire, "http://zone.example"), Answer)

    assert proxy.heard[0].target == "http://zone.example/x"
    assert proxy.heard[0].headers["proxy-authorization"].startswith("Basic ")


async def test_a_proxy_that_refuses_is_named(new_wire: WireFactory) -> None:
    async with far_side(lambda _: http(407)) as proxy:
        refused = await ask(new_wire(proxy=Secret(proxy.address)), "https://zone.example")
    gone = await ask(new_wire(proxy=Secret(proxy.address)), "https://zone.example")

    assert refused == Failure(Cause.CONNECTION_REFUSED, "refused by the proxy")
    assert gone == Failure(Cause.CONNECTION_REFUSED, "proxy not reached")


async def test_the_environment_names_no_proxy(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with far_side(lambda _: js({})) as far:
        assert isinstance(await ask(wire, far.address), Answer)


async def test_a_value_that_is_no_header_is_our_own_fault_and_is_not_sent(wire: Wire) -> None:
    async with far_side(lambda _: js({})) as far:
        for value in ("sécret", "a\r\nb"):
            assert (await ask(wire, far.address, Secret=value)) == Failure(
                Cause.OURS, "not sent: the request cannot be written as HTTP"
            )
    assert far.heard == []


async def test_the_log_holds_the_endpoint_and_the_status_alone(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot.autotask")
    async with far_side(lambda _: http(401)) as far:
        await wire.get(
            far.address, endpoint="Here", headers={"Secret": "hunter2"}, params={"user": "who@x"}
        )

    line = caplog.messages[0]
    assert line.startswith("GET Here: 401, empty, ")
    assert not any(hidden in line for hidden in ("hunter2", "who", far.host))
