"""views.*: modals and Home tabs. Error codes: the methods' pages at docs.slack.dev."""

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.elements import HOME, MODAL
from bot.sandbox.slack.method import Method
from bot.sandbox.slack.payloads import view_document
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.view_rules import read_view
from bot.sandbox.slack.views import View


def open_view(cloud: Cloud, arguments: Arguments) -> Json:
    body = read_view(arguments, MODAL)
    trigger = cloud.triggers.exchange(arguments.required("trigger_id"))
    return _answer(cloud, cloud.views.open(trigger.person, body, trigger.channel_id))


def push(cloud: Cloud, arguments: Arguments) -> Json:
    body = read_view(arguments, MODAL)
    trigger = cloud.triggers.exchange(arguments.required("trigger_id"))
    return _answer(cloud, cloud.views.push(trigger.person, body))


def update(cloud: Cloud, arguments: Arguments) -> Json:
    view_id, external_id = arguments.text("view_id"), arguments.text("external_id")
    if not (view_id or external_id):
        raise Refused("invalid_arguments", messages=["missing required field: view_id"])
    view = cloud.views.find(view_id=view_id, external_id=external_id)
    body = read_view(arguments, view.body["type"])
    return _answer(cloud, cloud.views.update(view, body, expected=arguments.text("hash")))


def publish(cloud: Cloud, arguments: Arguments) -> Json:
    if not cloud.installation.home_tab:
        raise Refused("not_enabled")
    body = read_view(arguments, HOME)
    person = cloud.workspace.people.get(arguments.required("user_id"))
    if person is None or person.role == "bot":
        what = "invalid user [json-pointer:/user_id]"
        raise Refused("invalid_arguments", messages=[what])
    return _answer(cloud, cloud.views.publish(person, body, expected=arguments.text("hash")))


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}


def _answer(cloud: Cloud, view: View) -> Json:
    return {"view": view_document(cloud, view)}
