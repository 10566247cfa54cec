"""What a person does with a modal as a whole: submit it, or close it."""

from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.delivery import Kind
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.elements import MODAL
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Impossible, Refused, Undelivered
from bot.sandbox.slack.view_rules import checked_view
from bot.sandbox.slack.views import View

TROUBLE = "We had some trouble connecting. Try again?"


async def submit(cloud: Cloud, person: Person, view_id: str, values: Json) -> Json:
    """`values` are typed first; then the app is asked. Returns what the page is answered: how it
    ended, or errors by block_id, or a sentence. Raises Impossible.
    """
    view = _modal(cloud, person, view_id)
    view.form.enter_all(values)
    if complaints := view.form.complaints():
        return {"ok": False, "errors": complaints}
    payload = payloads.view_submission(cloud, person, view)
    try:
        reply = await cloud.courier.ask(Kind.INTERACTIVE, payload)
        return _obey(cloud, person, view, reply)
    except Undelivered as failure:
        return {"ok": False, "error": f"{TROUBLE} ({failure})"}
    except Refused as refused:
        cloud.note("view_submission", refused)
        return {"ok": False, "error": TROUBLE}


def close(cloud: Cloud, person: Person, view_id: str, *, everything: bool) -> None:
    """Close one view and what lies on it, or `everything`; the app hears of it where it asked to,
    of the root when everything is closed. Raises Impossible.
    """
    view = _modal(cloud, person, view_id)
    cleared = everything or bool(view.body.get("clear_on_close"))
    if cleared:
        view = cloud.views.stack(person)[0]
    payload = payloads.view_closed(cloud, person, view, cleared=cleared)
    cloud.views.close(view)
    if view.body.get("notify_on_close"):
        cloud.courier.announce(Kind.INTERACTIVE, payload)


def _modal(cloud: Cloud, person: Person, view_id: str) -> View:
    view = cloud.views.seen_by(person, view_id)
    if view.body["type"] != MODAL:
        raise Impossible("Only a modal is submitted or closed.")
    return view


def _obey(cloud: Cloud, person: Person, view: View, reply: Json) -> Json:
    """The app's `response_action` (docs.slack.dev, modals). Raises Refused for nonsense."""
    if view not in cloud.views.stack(person):  # the person closed it meanwhile
        return _ended("closed")
    match reply.get("response_action"):
        case None:
            cloud.views.close(view)
            return _ended("closed")
        case "clear":
            cloud.views.clear(person)
            return _ended("cleared")
        case "errors":
            return {"ok": False, "errors": _errors(view, reply.get("errors"))}
        case "update":
            cloud.views.update(view, checked_view(reply.get("view"), MODAL))
            return _ended("updated")
        case "push":
            cloud.views.push(person, checked_view(reply.get("view"), MODAL))
            return _ended("pushed")
        case other:
            raise Refused("invalid_response_action", response_action=other)


def _ended(how: str) -> Json:
    return {"ok": True, "result": how}


def _errors(view: View, errors: Any) -> dict[str, str]:
    """Errors stand below input blocks and nowhere else. Raises Refused."""
    if not isinstance(errors, dict) or not errors:
        raise Refused("invalid_errors", messages=["errors must map block_ids to sentences"])
    for block_id in set(errors) - view.form.inputs():
        raise Refused("invalid_errors", messages=[f"{block_id} is not an input block"])
    return {block_id: str(text) for block_id, text in errors.items()}
