"""What came of the form: the status, where alerts go, and what is said to who closed it."""

from slack_sdk.models.blocks import AlertBlock, Block, SectionBlock
from slack_sdk.models.views import View

from bot.domain.diagnosis import diagnose
from bot.slack.text import MARKS, person, plain, plain_sentence, status_word
from bot.slack.views import note_view
from bot.usecases.alert_channel import READ_ALONG
from bot.usecases.connect import Connected, Doubtful, Refused

Outcome = Connected | Refused | Doubtful


def connected_view(connected: Connected) -> View:
    """What came of it: the status, and where alerts go. The secret's field is gone."""
    connection, watch = connected.connection, connected.watch
    tenant = f" to *{plain(connection.company)}*" if connection.company else ""
    text = (
        f"{MARKS[watch.status]} *{plain(connection.name)}* is *{status_word(watch)}*: connected"
        f"{tenant}, zone {plain(connection.zone or connection.origin.host)}."
    )
    blocks: list[Block] = []
    if watch.cause:
        words = diagnose(watch.cause)
        text += f" But: {words.title}."
        blocks.append(
            AlertBlock(text=f"{words.why} *Next step:* {words.next_step}", level="warning")
        )
    if connected.replaced:
        blocks.append(
            SectionBlock(text="The new credentials have taken the place of the old ones.")
        )
    blocks.append(SectionBlock(text=_where_alerts_go(connected)))
    return note_view("Autotask", text, *blocks)


def in_a_line(outcome: Outcome) -> str:
    """For a person who closed the form before the answer came."""
    match outcome:
        case Connected(connection, watch):
            believed = f"{plain(connection.title)} is {watch.status.capitalize()}."
            return f"{believed} {_where_alerts_go(outcome)}"
        case Refused(errors, banner):
            return plain_sentence(f"Nothing was stored. {banner or ' '.join(errors.values())}")
        case Doubtful():
            return "Nothing was sent. Type `/autotask connect` and look at the values once more."


def _where_alerts_go(connected: Connected) -> str:
    connection = connected.connection
    if connection.channel:
        beware = f" {READ_ALONG}" if connected.shared else ""
        return (
            f"Alerts go to <#{connection.channel}>.{beware} `/autotask alerts` chooses another "
            "channel."
        )
    to_person = f"Alerts go to {person(connection.connected_by)} in a direct message."
    if connected.channel_refused:
        return (
            f"{to_person} I cannot post in <#{connected.channel_refused}>: invite me there, then "
            "choose it with `/autotask alerts`."
        )
    if connected.left_out:
        return f"{to_person} {_why_left_out(connected)} `/autotask alerts` chooses a channel."
    return f"{to_person} `/autotask alerts` chooses a channel."


def _why_left_out(connected: Connected) -> str:
    channel = f"<#{connected.left_out}>"
    if connected.shared:
        return f"{channel} is shared with another organisation, and alerts name customers."
    return (
        f"I cannot see whether {channel} is shared with another organisation, and alerts name "
        "customers."
    )
