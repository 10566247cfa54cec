"""Starting the sandbox beside whatever else runs on the machine."""

import socket

from bot.sandbox.play import _start_at_next_free
from bot.sandbox.slack import SlackWorld


async def test_a_taken_port_makes_it_move_on_to_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        world = SlackWorld()
        await _start_at_next_free(world, port)
        page = world.announcement()["page_url"]
        await world.stop()

    assert int(page.rstrip("/").rpartition(":")[2]) > port
