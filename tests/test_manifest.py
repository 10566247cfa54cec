"""The manifest: a valid one, and it agrees with what the app listens to and calls."""

import json
import re
from pathlib import Path

import jsonschema
import yaml

from bot.sandbox.slack.installation import COMMANDS, SHORTCUTS
from bot.slack import bolt

MANIFEST = yaml.safe_load(Path("manifest.yml").read_text())
SCHEMA = json.loads((Path(__file__).parent / "slack-manifest.schema.json").read_text())
HISTORY = {"channels:history", "groups:history", "im:history"}
SCOPES_OF_METHODS = {
    "auth_test": None,
    "api_test": None,
    "apps_connections_open": None,
    "chat_postMessage": {"chat:write", "chat:write.public", "im:write"},
    "chat_update": {"chat:write"},
    "conversations_history": HISTORY,
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_join": {"channels:join"},
    "conversations_open": {"im:write"},
    "conversations_replies": HISTORY,
    "files_upload_v2": {"files:write"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": None,
    "views_publish": None,
    "views_push": None,
    "views_update": None,
}
"""The Web API methods that the bot may call, and the scopes for which it asks (docs.slack.dev)."""


def test_slack_would_accept_it() -> None:
    assert MANIFEST["_metadata"]["major_version"] == 2
    jsonschema.Draft7Validator(SCHEMA).validate(MANIFEST)


def test_the_command_is_the_one_that_is_listened_to() -> None:
    commands = [each["command"] for each in MANIFEST["features"]["slash_commands"]]

    assert commands == [bolt.COMMAND]


def test_the_make_believe_slack_has_the_app_s_command_and_offers_its_words() -> None:
    for ours, theirs in zip(COMMANDS, MANIFEST["features"]["slash_commands"], strict=True):
        assert ours == {name: theirs[name] for name in ours}


def test_the_shortcuts_are_those_that_are_listened_to_and_the_make_believe_slack_has() -> None:
    """Global ones: nobody listens to one on a message."""
    shortcuts = MANIFEST["features"]["shortcuts"]

    assert [each["callback_id"] for each in shortcuts] == list(bolt.SHORTCUTS)
    assert {each["type"] for each in shortcuts} == {"global"}
    assert shortcuts == list(SHORTCUTS)


def test_no_event_is_subscribed_that_nobody_listens_to() -> None:
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]

    assert sorted(subscribed) == sorted(bolt.EVENTS)


def test_the_scopes_are_those_of_the_methods_that_are_called() -> None:
    sources = [path.read_text() for path in Path("bot/slack").glob("*.py")]
    called = {
        name
        for source in sources
        for name in re.findall(r"lient\.([a-z]+_[A-Za-z_0-9]+)[(,]", source)
        if name != "is_connected"
    }
    needed = set().union(*(scopes or set() for scopes in SCOPES_OF_METHODS.values()))

    scopes = MANIFEST["oauth_config"]["scopes"]
    of_events = {"channels:read", "groups:read"}
    optional = HISTORY | {"channels:join", "files:write"} | of_events

    assert called == SCOPES_OF_METHODS.keys()
    assert set(scopes["bot_optional"]) == optional
    assert set(scopes["bot"]) | optional == needed | of_events | {"commands"}
