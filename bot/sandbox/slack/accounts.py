"""auth.test, apps.connections.open, users.info, users.list, api.test: who asks, and who is who."""

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.method import Method
from bot.sandbox.slack.refusal import Refused


def api_test(cloud: Cloud, arguments: Arguments) -> Json:
    """Says back what it was told, and fails where it is asked to."""
    given = {name: value for name, value in arguments.everything().items() if name != "token"}
    if "error" in given:
        raise Refused(str(given["error"]), args=given)
    return {"args": given}


def auth_test(cloud: Cloud, arguments: Arguments) -> Json:
    workspace, installation = cloud.workspace, cloud.installation
    return {
        "url": f"https://{workspace.domain}.example/",
        "team": workspace.name,
        "team_id": workspace.team_id,
        "user": installation.bot.name,
        "user_id": installation.bot.id,
        "bot_id": installation.bot_id,
        "app_id": installation.app_id,
        "is_enterprise_install": False,
    }


def connections_open(cloud: Cloud, arguments: Arguments) -> Json:
    """An address for one connection in Socket Mode."""
    ticket = cloud.sockets.ticket()
    app_id = cloud.installation.app_id
    return {"url": f"{cloud.socket_address}?ticket={ticket}&app_id={app_id}"}


def users_info(cloud: Cloud, arguments: Arguments) -> Json:
    person = cloud.workspace.people.get(arguments.required("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": person.profile()}


def users_list(cloud: Cloud, arguments: Arguments) -> Json:
    """Page by page, so many as `limit` says (docs.slack.dev, users.list)."""
    everybody = [person.profile() for person in cloud.workspace.people.values()]
    start, limit = int(arguments.number("cursor", 0)), int(arguments.number("limit", 1_000))
    more = start + limit < len(everybody)
    following = {"next_cursor": str(start + limit) if more else ""}
    return {"members": everybody[start : start + limit], "response_metadata": following}


METHODS = {
    "api.test": Method(api_test, token="none"),
    "auth.test": Method(auth_test, token="any"),
    "apps.connections.open": Method(connections_open, token="app"),
    "users.info": Method(users_info, "users:read"),
    "users.list": Method(users_list, "users:read"),
}
