"""What can be wrong with the entry that a reference leads to: cause, title, why, what to do."""

from bot.domain.observation import Cause

ENTRY_CAUSES = (
    (
        Cause.ENTRY_NOT_FOUND,
        "no entry in the vault",
        "The reference leads to no entry: it was deleted, renamed, or that version is gone. So "
        "there was nothing to sign in with.",
        "Restore the entry in the vault, or press Update credentials and name another; the next "
        "check reads it.",
    ),
    (
        Cause.ENTRY_FORBIDDEN,
        "vault entry not readable",
        "The vault does not let the bot read the entry that the reference leads to.",
        "Have whoever runs the vault let the bot's identity read the entry (the README has the "
        "policy); the next check reads it.",
    ),
    (
        Cause.ENTRY_MALFORMED,
        "vault entry malformed",
        "The entry that the reference leads to was read, but it does not hold what is needed to "
        "sign in.",
        "Write it as JSON with integration_code, secret and username, and url if you like; the "
        "next check reads it.",
    ),
    (
        Cause.ENTRY_ELSEWHERE,
        "vault entry names another zone",
        "The entry that the reference leads to names another zone of Autotask than the one that "
        "was connected, so nothing was sent.",
        "Correct url in the entry, or leave it out; if the zone is right, press Update credentials "
        "and submit the reference once more.",
    ),
    (
        Cause.ENTRY_UNAVAILABLE,
        "not checked: the vault is away",
        "The vault that keeps the credentials does not answer the bot. This says nothing about "
        "Autotask, nor about the credentials.",
        "The bot tries again by itself; have its operator look whether the vault can be reached "
        "and the bot's identity there is in force.",
    ),
)
