"""A make-believe Slack: a workspace with people, channels, modals and one installed app, strict
like the real one. Any Slack client works with it, over Socket Mode or signed HTTP."""

from bot.sandbox.slack.installation import OPTIONAL_SCOPES, SCOPES
from bot.sandbox.slack.rate import Rate
from bot.sandbox.slack.world import SlackWorld

__all__ = ["OPTIONAL_SCOPES", "SCOPES", "Rate", "SlackWorld"]
