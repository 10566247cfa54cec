"""Where the master keys are, by the settings: for the bot, and for `autotask-bot keys`."""

import logging

from bot.settings import Settings
from bot.vault.keyfile import load_keyring
from bot.vault.sources import KeySources

log = logging.getLogger(__name__)


def key_sources(settings: Settings) -> KeySources:
    """Those configured. Asks nobody yet. Raises ConfigurationError where one cannot be had."""
    if settings.autotask_bot_key:
        log.warning("key_in_environment", extra={"hint": "AUTOTASK_BOT_KEY_FILE is safer"})
    return KeySources(load_keyring(settings.autotask_bot_key_file, settings.autotask_bot_key))
