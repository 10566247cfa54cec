"""What a person finds who types into a menu that the app fills (docs.slack.dev, select menus of an
external data source).

Slack shows "no result" where the app offers more than 100 options, or nothing in time (bolt-js
issue 1630). So does this world, and notes what was wrong with the offer.
"""

from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.composition import GROUP, PLAIN_OPTION
from bot.sandbox.slack.delivery import Kind
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.elements import MODAL
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Impossible, Refused, Undelivered
from bot.sandbox.slack.shapes import Inspection, Shape, items

LEAST_TYPED = 3
"""Characters before the app is asked, where the element does not say (its min_query_length)."""
_OFFER = Shape(
    {"options": items(PLAIN_OPTION, 100, least=0), "option_groups": items(GROUP, 100, least=0)}
)


async def suggest(
    cloud: Cloud, person: Person, view_id: str, *, where: tuple[str, str], text: str
) -> list[Json]:
    """Groups of options, those without a heading in one whose label is None; none where too little
    was typed. What is offered can be chosen from then on. Raises Impossible.
    """
    view = cloud.views.seen_by(person, view_id)
    placed = view.form.find(*where)
    if "external_select" not in placed.element["type"]:
        raise Impossible("Only a menu that the app fills is searched.")
    if len(text) < placed.element.get("min_query_length", LEAST_TYPED):
        return []
    payload = payloads.block_suggestion(cloud, person, view, placed=placed, text=text)
    try:
        groups = _groups(await cloud.courier.ask(Kind.INTERACTIVE, payload))
    except Undelivered:
        return []
    except Refused as refused:
        cloud.note("block_suggestion", refused)
        return []
    view.form.offer(*where, [option for group in groups for option in group["options"]])
    return groups


def _groups(offer: Any) -> list[Json]:
    """Raises Refused(invalid_options)."""
    seen = Inspection(MODAL)
    _OFFER(seen, "", offer)
    if not seen.complaints and ("options" in offer) == ("option_groups" in offer):
        seen.complain("", "must define either options or option_groups")
    if seen.complaints:
        raise Refused("invalid_options", messages=seen.complaints)
    groups: list[Json] = offer.get("option_groups") or [
        {"label": None, "options": offer.get("options") or []}
    ]
    return groups
