"""Render all stories to one HTML file that opens from disk: python -m tests.slack.stories.gallery.

A browser loads no module from a file beside the page, so the page's own modules are put inside,
each as it is but for the names it imports by: those stand in an import map.
"""

import asyncio
import base64
import json
import logging
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bot.sandbox.slack.page_files import DIRECTORY as PAGE
from tests.slack.stories.cast import CHANNELS, HOSTILE, KIND, NOW, PEOPLE
from tests.slack.stories.shelf import Book, crowded, every_story
from tests.slack.stories.story import Json, Story

HERE = Path(__file__).parent
FILE = Path("build/gallery.html")
STYLES = ("style", "controls", "chat", "blocks", "rich_text", "emoji", "modal", "menus")
EVIL = ("An alert: credentials refused", "The Home tab of who manages", "A bulletin", "News")
"""The groups that are shown with evil names, too."""
_IMPORT = re.compile(r'(?<=from )"\./([\w.]+)"')


async def told() -> Book:
    """All of them, told just now. One is about a fault of ours, whose log nobody has to read."""
    logging.getLogger("bot").addHandler(logging.NullHandler())
    with tempfile.TemporaryDirectory() as directory:
        kind, evil, large = (Path(directory) / name for name in ("kind", "evil", "large"))
        for each in (kind, evil, large):
            each.mkdir()
        told = [*await every_story(KIND, kind), *await crowded(large)]
        return Book(told, await every_story(HOSTILE, evil))


def page_of(book: Book) -> str:
    """The page."""
    harm = [replace(each, group="Names that mean harm") for each in book.evil if each.group in EVIL]
    return _page([_shown(number, each) for number, each in enumerate([*book.kind, *harm])])


def _shown(number: int, story: Story) -> Json:
    shown: Json = {"id": f"story-{number}", "group": story.group, "name": story.name}
    if story.message:
        ephemeral = "response_type" in story.message
        return {**shown, "message": story.message, "ephemeral": ephemeral}
    return {**shown, "view": story.views[0], "errors": dict(story.errors)}


def _page(stories: list[Json]) -> str:
    people = [{"id": id_, "name": name, "role": "member"} for id_, name in PEOPLE.items()]
    channels = [{"id": id_, "name": name, "kind": "public"} for id_, name in CHANNELS.items()]
    data = {"stories": stories, "people": people, "channels": channels, "now": NOW.timestamp()}
    styles = [*(PAGE / f"{name}.css" for name in STYLES), HERE / "gallery.css"]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Gallery</title>
<link rel="icon" href="data:,">
<style>{"".join(each.read_text() for each in styles)}</style>
<script type="importmap">{json.dumps({"imports": _modules()})}</script>
<script type="application/json" id="stories">{_inside(data)}</script>
</head>
<body><script type="module">import "page/gallery.js";</script></body>
</html>
"""


def _inside(data: Json) -> str:
    """JSON that does not end the script that it stands in."""
    return json.dumps(data).replace("<", "\\u003c")


def _modules() -> dict[str, str]:
    """Every module that the gallery needs, by the name it is imported by."""
    found: dict[str, str] = {}
    wanted = ["gallery.js"]
    while wanted:
        name = wanted.pop()
        own = HERE / name
        source = (own if own.exists() else PAGE / name).read_text()
        wanted += [each for each in _IMPORT.findall(source) if f"page/{each}" not in found]
        renamed = _IMPORT.sub(r'"page/\1"', source).encode()
        found[f"page/{name}"] = f"data:text/javascript;base64,{base64.b64encode(renamed).decode()}"
    return found


def main() -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(page_of(asyncio.run(told())))
    sys.stdout.write(f"{FILE.resolve().as_uri()}\n")


if __name__ == "__main__":
    main()
