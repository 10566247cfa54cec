"""Where a tenant's Autotask is: a zone's address, rebuilt from constants, never taken as typed."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.errors import BadInput

API_PATH = "/ATServicesRest/V1.0"
"""Pinned: zones list V2.0 beside V1.0, but answer 404 there (Autotask PowerShell module, PR 76)."""

_LONGEST = 200
_FORBIDDEN = re.compile(r"[\s\\\"'<>|@#?%]")
_ZONE_HOST = re.compile(r"(?:webservices|ww)([1-9][0-9]?)?\.autotask\.net", re.ASCII)
_GERMAN_AND_SPANISH = {"prde.autotask.net", "pres.autotask.net"}


@dataclass(frozen=True, slots=True)
class AutotaskOrigin:
    """One zone of Autotask (`https://webservices3.autotask.net`) or an operator's extra host."""

    address: str

    @classmethod
    def parse(cls, text: str, *, extra_hosts: Collection[str] = ()) -> "AutotaskOrigin":
        """The zone that `text` names, however it was pasted: without scheme, with a path, the SOAP
        address, or the address of the web interface (`ww5` is served by `webservices5`).

        The host is matched whole, by pattern and not by a list, because Autotask adds zones
        (official page API_Zones). `extra_hosts` are the operator's `host:port`.
        Raises BadInput, field `url`, with a sentence saying what to paste instead.
        """
        pasted = text.strip()
        if len(pasted) > _LONGEST or not pasted.isascii() or _FORBIDDEN.search(pasted):
            raise _not_a_zone()
        try:
            parts = urlsplit(pasted if "://" in pasted else f"https://{pasted}")
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            raise _not_a_zone() from error
        if f"{host}:{port}" in extra_hosts:
            return cls(_extra(host, port))
        if parts.scheme != "https" or port not in (None, 443):
            raise _not_a_zone()
        return cls(f"https://{_zone_host(host)}")

    @property
    def api(self) -> str:
        """The REST API's base, without a slash at the end."""
        return self.address + API_PATH

    @property
    def host(self) -> str:
        """Host and, where it is not 443, port: what people see."""
        return self.address.partition("://")[2]


def _zone_host(host: str) -> str:
    if host in _GERMAN_AND_SPANISH:
        return host
    match = _ZONE_HOST.fullmatch(host)
    if match is None:
        raise _not_a_zone()
    return f"webservices{match[1] or ''}.autotask.net"


def _extra(host: str, port: int | None) -> str:
    """Plain http stays on this machine; anything farther is https."""
    return f"{'http' if is_loopback(host) else 'https'}://{host}:{port}"


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
