"""Where a tenant's Autotask is: a zone's address, rebuilt from constants, never taken as typed."""

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.domain.errors import BadInput

API_PATH = "/ATServicesRest/V1.0"
"""Pinned: zones list V2.0 beside V1.0, but answer 404 there (Autotask PowerShell module, PR 76)."""

LONGEST = 1000
"""Characters that are looked at; what people copy from a browser can be long."""
_AROUND = (
    " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff\"'`\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
)
"""What comes along with something pasted, at its ends only: spaces, seen or not, and quotes."""
_LINK = re.compile(r"<([^<>|]*)(?:\|[^<>|]*)?>")
"""How Slack wraps an address that was pasted into a message."""
_ADDRESS = re.compile(
    r"(?:(https?)://)?"
    r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)"
    r"(?::([0-9]{1,5}))?"
    r"(?:[/?#][!#-&(-;=?-\[\]-_a-{}~]*)?",
    re.ASCII | re.IGNORECASE,
)
"""Scheme, host and port; what follows them is dropped. No user, no escape, no backslash before it,
and in it nothing that somebody could take for an end of the address.
"""
_ZONE_HOST = re.compile(r"(?:webservices|ww)([1-9][0-9]?)?\.autotask\.net", re.ASCII)
_GERMAN_AND_SPANISH = {"prde.autotask.net", "pres.autotask.net"}
_NO_ZONE = {f"{name}autotask.net" for name in ("", "www.", "ww.", "webservices.")}
"""Autotask's, but of no zone: where people sign in, and where zones are looked up."""


@dataclass(frozen=True, slots=True)
class AutotaskOrigin:
    """One zone of Autotask (`https://webservices3.autotask.net`) or an operator's extra host."""

    address: str

    @classmethod
    def parse(cls, text: str, *, extra_hosts: Collection[str] = ()) -> "AutotaskOrigin":
        """The zone that `text` names, however it was pasted: as a link or in quotes, without or
        with another scheme, with a path or a query, the SOAP address, or the address of the web
        interface (`ww5` is served by `webservices5`). The result is https whatever was pasted.

        The host is matched whole, by pattern and not by a list, because Autotask adds zones
        (official page API_Zones). `extra_hosts` are the operator's `host:port`.
        Raises BadInput, field `url`, with a sentence saying what to paste instead.
        """
        scheme, host, port = _parts(text)
        if f"{host}:{port}" in extra_hosts:
            return cls(_extra(host, port, scheme))
        if port not in _PORTS[scheme or "https"]:
            raise _not_a_zone()
        return cls(f"https://{_zone_host(host)}")

    @classmethod
    def named_in(cls, text: str, *, extra_hosts: Collection[str] = ()) -> "AutotaskOrigin | None":
        """As `parse`, but None where nothing is named: no text at all, or an address of Autotask's
        that belongs to no zone, such as www.autotask.net."""
        if not text.strip(_AROUND):
            return None
        scheme, host, port = _parts(text)
        if host in _NO_ZONE and port in _PORTS[scheme or "https"]:
            return None
        return cls.parse(text, extra_hosts=extra_hosts)

    @property
    def api(self) -> str:
        """The REST API's base, without a slash at the end."""
        return self.address + API_PATH

    @property
    def host(self) -> str:
        """Host and, where it is not 443, port: what people see."""
        return self.address.partition("://")[2]


_PORTS: Mapping[str, tuple[str | None, ...]] = {"http": (None, "80"), "https": (None, "443")}


def _parts(text: str) -> tuple[str, str, str | None]:
    """Scheme (empty where none was pasted), host and port, in small letters."""
    pasted = text.strip(_AROUND)
    if link := _LINK.fullmatch(pasted):
        pasted = link[1].strip(_AROUND)
    match = _ADDRESS.fullmatch(pasted) if len(pasted) <= LONGEST else None
    if match is None:
        raise _not_a_zone()
    host = match[2].lower().strip("[]").removesuffix(".")
    return (match[1] or "").lower(), host, match[3]


def _zone_host(host: str) -> str:
    if host in _GERMAN_AND_SPANISH:
        return host
    match = _ZONE_HOST.fullmatch(host)
    if match is None:
        raise _not_a_zone()
    return f"webservices{match[1] or ''}.autotask.net"


def _extra(host: str, port: str | None, scheme: str) -> str:
    """Plain http stays on this machine, unless https was named; anything farther is https."""
    plain = is_loopback(host) and scheme != "https"
    return f"{'http' if plain else 'https'}://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether this name can only mean the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_a_zone() -> BadInput:
    return BadInput(
        "This is not the address of an Autotask zone.",
        field="url",
        hint="It looks like https://webservices3.autotask.net; leave it empty and it is found "
        "from the username.",
    )
