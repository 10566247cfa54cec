"""A file that an app uploads, and the doors for its bytes."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.slack.documents import Json

_SHOWN = ("image/png", "image/jpeg", "image/gif")


@dataclass
class File:
    """`key` is the secret part of the address where its bytes go; `content` is None until then."""

    id: str
    key: str
    name: str
    length: int
    alt: str
    title: str = ""
    content: bytes | None = None

    @property
    def kind(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def document(self) -> Json:
        """`file` in answers and messages (docs.slack.dev, the file object), as far as it matters
        here."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.kind,
            "size": self.length,
            "alt_txt": self.alt,
            "url_private": f"/files/{self.id}",
        }


class Shelf:
    """Takes the bytes of files, and shows pictures to the page."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self._files = files

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/upload/v1/{key}", self._take), web.get("/files/{id}", self._show)]

    async def _take(self, request: web.Request) -> web.Response:
        """Raw, or as a form's one file; exactly as many bytes as were announced."""
        key = request.match_info["key"]
        file = next((each for each in self._files.values() if each.key == key), None)
        if file is None or file.content is not None:
            return web.Response(status=404, text="no such upload")
        content = await _content(request)
        if len(content) != file.length:
            return web.Response(status=400, text=f"{file.length} bytes were announced")
        file.content = content
        return web.Response(text=f"OK - {file.length}")

    async def _show(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["id"])
        if file is None or file.content is None or file.kind not in _SHOWN:
            return web.Response(status=404, text="no such picture")
        return web.Response(body=file.content, content_type=file.kind)


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    parts = [each for each in (await request.post()).values() if isinstance(each, web.FileField)]
    return parts[0].file.read() if parts else b""
