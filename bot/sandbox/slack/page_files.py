"""The page's own files, read afresh each time."""

from pathlib import Path

from aiohttp import web

DIRECTORY = Path(__file__).parent.parent / "page"
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


async def serve(request: web.Request) -> web.StreamResponse:
    """A file of the directory, or 404. Nothing outside of it, and nothing of an unknown kind."""
    name = request.match_info["name"] or "index.html"
    file = (DIRECTORY / name).resolve()
    kind = _TYPES.get(file.suffix)
    if kind is None or not file.is_relative_to(DIRECTORY.resolve()) or not file.is_file():
        return web.Response(status=404, text=f"There is no {name} here.")
    headers = {"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": "no-store"}
    return web.FileResponse(file, headers=headers)
