"""The main story, through the public doors of the running sandbox alone."""

from tests.end_to_end.conftest import Sandbox
from tests.end_to_end.player import Player, words


async def connect(player: Player) -> None:
    """`/autotask connect` with the values that the page shows."""
    await player.say("/autotask connect")
    form = await player.view("API Integration Code")
    assert (await player.submit(form, **await player.good_values()))["ok"]


async def test_connect_break_alert_mend_recover(player: Player, running: Sandbox) -> None:
    await connect(player)
    shown = await player.view("is *Active*")
    assert "Brightwater IT" in words(shown)
    assert "America East" in words(shown)

    right = await player.api_user()
    await player.panel("regenerate_secret", username=right["username"])
    alert = await player.alert("is *Inactive*")
    assert "credentials refused" in alert["text"]
    assert "*Next step:* In Autotask open Admin → Resources" in alert["text"]

    await player.panel("set_secret", username=right["username"], secret=right["secret"])
    recovered = await player.alert("is *Active* again")
    assert recovered["ts"] == alert["ts"]
    assert "It was inactive for" in recovered["text"]

    samples, hello, only_alert = await player.posted()
    assert "alerts will appear here" in samples["text"]
    assert "alerts will appear here" in hello["text"]
    assert only_alert["ts"] == alert["ts"]
    line = await player.line_below(alert)
    assert line["text"].startswith("Active again after")
    assert right["secret"] not in running.log()
