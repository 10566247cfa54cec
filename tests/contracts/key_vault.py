"""An own fake of Azure Key Vault, written from the shape of its REST API: as much of it as
Microsoft's unmodified client needs to fetch, version, wrap and unwrap RSA keys."""

import asyncio
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from aiohttp import web
from azure.core.credentials import AccessToken
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

HOST = "made-up.vault.azure.net"
TOKEN = "made-up-token"
CHALLENGE = (
    'Bearer authorization="https://login.example/made-up-tenant", '
    'resource="https://vault.azure.net"'
)


class Identity:
    """Whom the client asks as, without the way to Microsoft's sign-in."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken(TOKEN, int(time.time()) + 3600)


@dataclass
class Version:
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))
    id: str = field(default_factory=lambda: token_hex(16))
    enabled: bool = True


@dataclass
class KeyVault:
    """The keys by name, the newest version last; `trouble` answers everything, where it is set."""

    keys: dict[str, list[Version]] = field(default_factory=dict)
    trouble: int = 0
    token: str = TOKEN
    """Who has this one may do everything."""
    asked: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._at_the_door])
        app.router.add_get("/keys/{name}/{version:.*}", self._get)
        app.router.add_post("/keys/{name}/{version}/unwrapkey", self._unwrap)
        return app

    @web.middleware
    async def _at_the_door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        if self.trouble:
            return _error(self.trouble, "MadeUpTrouble")
        given = request.headers.get("Authorization")
        if given is None:
            headers = {"WWW-Authenticate": CHALLENGE}
            return web.json_response(
                {"error": {"code": "Unauthorized"}}, status=401, headers=headers
            )
        if given != f"Bearer {self.token}":
            return _error(403, "Forbidden")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _get(self, request: web.Request) -> web.Response:
        found = self._find(request)
        if found is None:
            return _error(404, "KeyNotFound")
        numbers = found.key.public_key().public_numbers()
        key = {
            "kid": f"https://{HOST}/keys/{request.match_info['name']}/{found.id}",
            "kty": "RSA",
            "key_ops": ["wrapKey", "unwrapKey"],
            "n": _encoded(numbers.n.to_bytes(256, "big")),
            "e": _encoded(numbers.e.to_bytes(3, "big")),
        }
        return web.json_response({"key": key, "attributes": {"enabled": found.enabled}})

    async def _unwrap(self, request: web.Request) -> web.Response:
        found, asked = self._find(request), await request.json()
        if found is None:
            return _error(404, "KeyNotFound")
        if not found.enabled:
            return _error(403, "Forbidden")
        try:
            assert asked["alg"] == "RSA-OAEP-256"
            padding = OAEP(MGF1(SHA256()), SHA256(), None)
            wrapped = urlsafe_b64decode(asked["value"] + "==")
            plain = await asyncio.to_thread(found.key.decrypt, wrapped, padding)
        except ValueError:
            return _error(400, "BadParameter")
        kid = f"https://{HOST}/keys/{request.match_info['name']}/{found.id}"
        return web.json_response({"kid": kid, "value": _encoded(plain)})

    def _find(self, request: web.Request) -> Version | None:
        versions = self.keys.get(request.match_info["name"], [])
        wanted = request.match_info["version"]
        return next((each for each in versions[::-1] if wanted in ("", each.id)), None)


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "made up"}}, status=status)
