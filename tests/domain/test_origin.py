"""Whatever is pasted is rebuilt as a zone of Autotask, or refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.origin import AutotaskOrigin

ZONE_5 = "https://webservices5.autotask.net"


@pytest.mark.parametrize(
    "pasted",
    [
        "https://webservices5.autotask.net",
        "https://webservices5.autotask.net/ATServicesRest/V1.0",
        "https://webservices5.autotask.net/atservicesrest/v1.0/",
        "https://webservices5.autotask.net:443/ATServicesRest/",
        "webservices5.autotask.net",
        "  WEBSERVICES5.Autotask.Net  ",
        "https://webservices5.autotask.net/ATServices/1.6/ATWS.asmx",
        "https://ww5.autotask.net/Autotask35/views/dashboard.aspx",
        "ww5.autotask.net",
        "http://webservices5.autotask.net",
        "HTTP://WEBSERVICES5.AUTOTASK.NET:80/ATSERVICESREST/",
        "https://webservices5.autotask.net/ATServices/1.6/ATWS.asmx?wsdl",
        "https://webservices5.autotask.net/?a=b%20c&d=e@f",
        "https://ww5.autotask.net/#/home",
        "https://ww5.autotask.net?x",
        "<https://webservices5.autotask.net/ATServicesRest/>",
        "<https://webservices5.autotask.net/|webservices5.autotask.net>",
        "<http://ww5.autotask.net|the zone, they say>",
        "webservices5.autotask.net./ATServicesRest",
        '"https://webservices5.autotask.net"',
        "'webservices5.autotask.net'",
        "`https://webservices5.autotask.net`",
        "“https://webservices5.autotask.net”",
        "\u200bhttps://webservices5.autotask.net\ufeff\u00a0",
        "https://webservices5.autotask.net/" + "a" * 300,
    ],
)
def test_a_zone_is_understood_however_it_is_pasted(pasted: str) -> None:
    assert AutotaskOrigin.parse(pasted).address == ZONE_5


@pytest.mark.parametrize("host", ["webservices", "webservices29", "prde", "pres"])
def test_zones_are_known_by_their_pattern_not_by_a_list(host: str) -> None:
    origin = AutotaskOrigin.parse(f"{host}.autotask.net")

    assert origin.api == f"https://{host}.autotask.net/ATServicesRest/V1.0"


HOSTILE = [
    "",
    " ",
    "ftp://webservices5.autotask.net",
    "https://www.autotask.net",
    "https://autotask.net",
    "https://webservices5.autotask.net.evil.example",
    "https://webservices5.autotask.net@evil.example",
    "https://evil.example/webservices5.autotask.net",
    "https://evil.example#webservices5.autotask.net",
    "https://evil.example?webservices5.autotask.net",
    "https://evilwebservices5.autotask.net",
    "https://webservices5-autotask.net",
    "https://webservices5.autotask.net:8443",
    "https://webservices5.autotask.net:80",
    "https://webservices5。autotask。net",
    "https://webservices５.autotask.net",
    "https://webservices5.autotask.net\\@evil.example",
    "https://webservices5.autotask.net%2eevil.example",
    "https://webservices0.autotask.net",
    "https://webservices123.autotask.net",
    "https://user:word@webservices5.autotask.net",
    "https://[::1]/",
    "https://127.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "//webservices5.autotask.net\n.evil.example",
    "javascript:alert(1)",
    "https://webservices5.autotask.net:99999",
    "https://[webservices5.autotask.net",
    "https://" + "a" * 300,
    "https://webservices5.autotask.net@127.0.0.1",
    "https://127.0.0.1@webservices5.autotask.net",
    "https://webservices5.autotask.net:443@evil.example",
    "https://webservices5.autotask.net%00.evil.example",
    "https://webservices5.autotask.net%252eevil.example",
    "https://webservices5%2Eautotask%2Enet",
    "https://webservices5.autotask.net\t.evil.example",
    "https://webservices5.autotask.net\r\nHost: evil.example",
    "https://webservices5.autotask.net\x00.evil.example",
    "https://webservices5.autotask.net|evil.example",
    "https://webservices5.autotask.net<evil.example",
    'https://webservices5.autotask.net"evil.example',
    "https://webservices5.autotask.net'.evil.example",
    "https://evil.example\\.webservices5.autotask.net",
    "https://evil.example\\@webservices5.autotask.net",
    "https://webservices5.autotask.net:443.evil.example",
    "https://webservices5.autotask.net:-443",
    "https://webservices5.autotask.net:4 43",
    "https://webservices5.аutotask.net",
    "https://ＷEBSERVICES5.autotask.net",
    "https://webservices5.autotask.net\u2024evil.example",
    "https://webservices5.autotask\uff0enet",
    "https://webservices-5.autotask.net",
    "https://webservices5x.autotask.net",
    "https://xwebservices5.autotask.net",
    "https://webservices5.evil.autotask.net",
    "https://evil.webservices5.autotask.net",
    "https://webservices05.autotask.net",
    "https://webservices5.autotask.net.autotask.net",
    "https://webservices5.autotask.com",
    "https://webservices5.autotasknet",
    "https://ww.evil.autotask.net",
    "https://localhost",
    "https://[::ffff:127.0.0.1]",
    "https://2130706433",
    "https://0x7f000001",
    "file:///etc/passwd",
    "gopher://webservices5.autotask.net",
    "data:text/plain,webservices5.autotask.net",
    "https:webservices5.autotask.net",
    "https:///webservices5.autotask.net",
    "http://webservices5.autotask.net:443",
    "wss://webservices5.autotask.net",
    "https://webservices3.autotask.net.evil.com",
    "webservices3.autotask.net.evil.com/?x=webservices3.autotask.net",
    "evil.com/<https://webservices3.autotask.net>",
    "<https://evil.com|https://webservices3.autotask.net>",
    "<https://evil.com|webservices3.autotask.net",
    "<<https://webservices3.autotask.net>>",
    "<https://webservices3.autotask.net><https://evil.com>",
    "<https://webservices3.autotask.net|x|y>",
    "<mailto:someone@webservices3.autotask.net|x>",
    "<!subteam^S1|https://webservices3.autotask.net>",
    "<@U1>",
    "https://evil.com/?https://webservices3.autotask.net",
    "https://evil.com/#https://webservices3.autotask.net",
    "https://evil.com\\webservices3.autotask.net",
    "https://webservices3.autotask.net\\.evil.com",
    "https:\\\\webservices3.autotask.net",
    "https://@webservices3.autotask.net",
    "https://:@webservices3.autotask.net",
    "https://webservices3.autotask.net:@evil.com",
    "https://a@b@webservices3.autotask.net",
    "https://webservices3.autotask.net%40evil.com",
    "https://evil.com%2f@webservices3.autotask.net",
    "https://evil.com%23.webservices3.autotask.net",
    "https://webservices3%00.autotask.net",
    "https://webservices3\u3002autotask\u3002net",
    "https://webservices3\uff61autotask.net",
    "https://webservices3.autotask.net\u2025",
    "https://webservices\u0663.autotask.net",
    "https://webſervices3.autotask.net",
    "https://webservices3.autotasK.net".replace("K", "\u212a"),
    "https://[webservices3.autotask.net]",
    "https://[::ffff:7f00:1]:443",
    "https://[fe80::1%25eth0]/",
    "https://webservices3.autotask.net:0443",
    "https://webservices3.autotask.net:4430",
    "https://webservices3.autotask.net:65979",
    "https://webservices3.autotask.net:443:443",
    "https://webservices3.autotask.net:٤٤٣",
    "https://webservices3.autotask.net:",
    "http://webservices3.autotask.net:8080",
    "https://webservices3.autotask.net..",
    "https://.webservices3.autotask.net",
    "https://webservices3..autotask.net",
    "https://https://webservices3.autotask.net",
    "https://webservices3.autotask.net https://evil.com",
    "https://webservices3.autotask.net/\nhttps://evil.com",
    "https://webservices3.autotask.net/\x00",
    "https://evil.com/\u2028https://webservices3.autotask.net",
    "javascript://webservices3.autotask.net/%0aalert(1)",
    "https://webservices3.autotask.net/" + "a" * 2000,
    "0x7f.1",
    "http://0/",
]


@pytest.mark.parametrize("pasted", HOSTILE)
def test_anything_else_is_refused_with_what_to_do(pasted: str) -> None:
    with pytest.raises(BadInput) as refused:
        AutotaskOrigin.parse(pasted)

    assert refused.value.field == "url"
    assert "leave it empty" in refused.value.sentence()


MARKS = ["/", "@", ":443", "#", "?", "..", "\\", "<", ">", "|x>", '"', "%2e", "\u3002", "[", ":"]
PIECES = st.sampled_from([*HOSTILE, *MARKS, "webservices5", "www", ".autotask.net", "https://"])


@given(st.lists(PIECES | st.text(max_size=5), max_size=6).map("".join))
def test_what_is_accepted_is_always_a_host_of_autotask(pasted: str) -> None:
    for read in (AutotaskOrigin.parse, AutotaskOrigin.named_in):
        try:
            origin = read(pasted)
        except BadInput:
            continue
        if origin is not None:
            assert _is_autotask(origin)


def _is_autotask(origin: AutotaskOrigin) -> bool:
    zone = r"https://(webservices([1-9][0-9]?)?|prde|pres)\.autotask\.net"
    return bool(re.fullmatch(zone, origin.address))


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "  ",
        '""',
        "https://www.autotask.net",
        "<http://autotask.net|autotask.net>",
        "autotask.net/#/sign-in",
        "WW.autotask.net.",
        "https://webservices.autotask.net/ATServicesRest/V1.0/zoneInformation?user=x",
    ],
)
def test_an_address_of_no_zone_names_none(pasted: str) -> None:
    assert AutotaskOrigin.named_in(pasted) is None


@pytest.mark.parametrize("pasted", [each for each in HOSTILE if each.strip()])
def test_what_is_hostile_does_not_pass_for_naming_none(pasted: str) -> None:
    if pasted in ("https://www.autotask.net", "https://autotask.net"):
        return
    with pytest.raises(BadInput):
        AutotaskOrigin.named_in(pasted)


def test_a_zone_that_is_named_is_the_one_it_parses_to() -> None:
    assert AutotaskOrigin.named_in("http://ww5.autotask.net/?x") == AutotaskOrigin(ZONE_5)


def test_an_operators_extra_host_is_let_in_and_nothing_beside_it() -> None:
    extra = {"127.0.0.1:8001", "relay.example:8443"}

    near = AutotaskOrigin.parse("http://127.0.0.1:8001/ATServicesRest/", extra_hosts=extra)
    far = AutotaskOrigin.parse("http://relay.example:8443", extra_hosts=extra)

    assert near.address == "http://127.0.0.1:8001"
    assert AutotaskOrigin.parse("127.0.0.1:8001", extra_hosts=extra) == near
    named = AutotaskOrigin.parse("https://127.0.0.1:8001", extra_hosts=extra)
    assert named.address == "https://127.0.0.1:8001"
    assert far.address == "https://relay.example:8443"
    with pytest.raises(BadInput):
        AutotaskOrigin.parse("http://127.0.0.1:8002", extra_hosts=extra)
