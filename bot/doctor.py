"""The doctor: what is in order and what is not, each line with its fix. Changes nothing but the
schema of the database, which it brings up to date as `serve` would."""

from collections.abc import AsyncIterator, Awaitable, Callable

from bot.app import Bot, build
from bot.domain.destination import why
from bot.domain.errors import BotError, ConfigurationError, KeyUnavailable, SealError
from bot.domain.finding import Finding
from bot.process import open_to_others
from bot.settings import Settings
from bot.slack.socket import check_app_token, examine_token
from bot.usecases.read_audit import verify

SILENT = 60.0
"""Seconds without a sign of life after which nobody watches; one is written every 15."""

Examination = Callable[[Bot], Awaitable[Finding]]


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Line by line, as each is known. What cannot even be opened ends the list."""
    try:
        async with build(settings) as bot:
            yield Finding("Database", "open, and the schema is up to date")
            yield await _key(bot)
            async for finding in look(bot):
                yield finding
    except BotError as error:
        about = next(iter(getattr(error, "__notes__", ())), "Database")
        yield Finding(about, error.message, error.hint or "See the README.")


async def look(bot: Bot) -> AsyncIterator[Finding]:
    """The same of a bot that is open; `/autotask doctor` shows it to the operator."""
    for examination in EXAMINATIONS:
        yield await examination(bot)


async def _key(bot: Bot) -> Finding:
    """Of what can be wrong, the source's being away alone lets a bot open."""
    try:
        await bot.vault.verify()
    except KeyUnavailable as error:
        return Finding("Key", error.message, error.hint)
    return Finding("Key", "the one that sealed what is stored")


async def _slack(bot: Bot) -> Finding:
    about = "Slack bot token"
    if not bot.settings.slack_bot_token:
        return Finding(about, "not set", "Set SLACK_BOT_TOKEN.")
    finding, _ = await examine_token(bot.slack, about=about)
    return finding


async def _way_in(bot: Bot) -> Finding:
    about = "Slack's way in"
    settings = bot.settings
    if settings.slack_app_token:
        try:
            await check_app_token(bot.slack, settings.slack_app_token)
        except ConfigurationError as error:
            return Finding(about, error.message, error.hint)
        return Finding(about, "Socket Mode")
    if settings.slack_signing_secret:
        where = f"{settings.http_host}:{settings.http_port}/slack/events"
        return Finding(about, f"signed HTTP at {where}")
    return Finding(about, "none", "Set SLACK_APP_TOKEN, or SLACK_SIGNING_SECRET for HTTP.")


async def _credentials(bot: Bot) -> Finding:
    """Open every sealed value; none is shown."""
    about = "Stored credentials"
    opened, broken = 0, []
    for workspace_id in await bot.ports.workspaces.ids():
        for overview in await bot.ports.connections.all(workspace_id):
            connection = overview.connection
            try:
                sealed = await bot.ports.connections.sealed(workspace_id, connection.id)
                await bot.ports.vault.open(workspace_id, connection.id, sealed)
                opened += 1
            except SealError as error:
                broken.append(f"{connection.name}: {error.message}")
    if broken:
        return Finding(about, "; ".join(broken), "Connect these again.")
    return Finding(about, f"{opened} of {opened} open")


async def _audit(bot: Bot) -> Finding:
    """Every chain, from its beginning to its end."""
    about = "Audit"
    fine: list[str] = []
    flaws: list[str] = []
    for workspace_id in await bot.ports.audit.workspaces():
        chain = await verify(bot.ports, workspace_id)
        where = workspace_id or "the installation"
        (flaws if chain.flaw else fine).append(f"{where}: {chain.flaw or chain.head}")
    if flaws:
        fix = "Somebody has written to the database: find out who, and what else they changed."
        return Finding(about, "; ".join(flaws), fix)
    return Finding(about, f"as it was written, up to {'; '.join(fine)}" if fine else "empty")


async def _process(bot: Bot) -> Finding:
    about = "This process"
    if found := open_to_others():
        fix = "Start the bot on a system that lets it switch these off."
        return Finding(about, found, fix)
    return Finding(about, "no core dumps, and nobody else looks into its memory")


async def _key_file(bot: Bot) -> Finding:
    """Others may not read it: with such a file nothing is opened at all."""
    about, path = "Key file", bot.settings.autotask_bot_key_file
    if path is None:
        return Finding(about, "none; a key in the environment can be read by others, in a file not")
    mode = path.stat().st_mode & 0o777
    group = "its group too" if mode & 0o070 else "nobody else"
    return Finding(about, f"{path}, mode {mode:03o}: for its owner, and {group}")


async def _outbox(bot: Bot) -> Finding:
    about = "Alerts owed"
    waiting, oldest = await bot.ports.outbox.waiting()
    if died := await bot.ports.outbox.died_of():
        reasons = "; ".join(f"{count} because {reason}" for reason, count in died[:5])
        return Finding(
            about,
            f"{sum(count for _, count in died)} could not be told to anybody: {reasons}",
            "Mend that, or choose a channel with /autotask alerts and set OPERATOR_USER; then "
            "autotask-bot resend.",
        )
    since = f", the oldest for {oldest:.0f} s" if waiting else ""
    return Finding(about, f"{waiting} waiting{since}")


async def _destinations(bot: Bot) -> Finding:
    about = "Where alerts go"
    broken = [
        f"{each.channel} in {workspace_id} since {each.broken_since:%Y-%m-%d %H:%M} UTC"
        f" ({why(each.reason)})"
        for workspace_id in await bot.ports.workspaces.ids()
        for each in (await bot.ports.destinations.broken(workspace_id)).values()
    ]
    if broken:
        fix = "Open these to the bot, or choose others with /autotask alerts."
        return Finding(about, "takes nothing: " + "; ".join(broken), fix)
    return Finding(about, "no channel is known to be broken")


async def _installations(bot: Bot) -> Finding:
    about = "Posting in Slack"
    suspended = [
        f"{each.workspace_id} since {each.since:%Y-%m-%d %H:%M} UTC ({each.reason})"
        for each in await bot.ports.installations.suspended()
    ]
    if suspended:
        fix = "Install the Slack app anew; alerts are kept, and go out by themselves then."
        return Finding(about, "refused in workspace " + "; ".join(suspended), fix)
    return Finding(about, "nothing is held back")


async def _watching(bot: Bot) -> Finding:
    """By the signs of life of `serve`, which is another process."""
    about, now = "Watching", bot.ports.clock.now()
    node = await bot.ports.nodes.newest()
    if node is None:
        return Finding(about, "never started yet")
    silent = (now - node.seen_at).total_seconds()
    if silent > SILENT:
        since = f"{node.seen_at:%Y-%m-%d %H:%M} UTC"
        return Finding(about, f"nobody has watched since {since}", "Start autotask-bot serve.")
    late = await bot.ports.nodes.lateness(now=now)
    text = f"watched until {silent:.0f} s ago, event loop held up for {node.lag:.1f} s at most"
    if late > 2 * bot.settings.check_interval:
        fix = "Look for errors in the log of autotask-bot serve, and restart it."
        return Finding(about, f"{text}, but checks are late by {late:.0f} s", fix)
    return Finding(about, f"{text}, checks on time")


async def _history(bot: Bot) -> Finding:
    about, until = "History", await bot.ports.history.rolled_until()
    return Finding(about, f"rolled up until {until:%Y-%m-%d %H:%M} UTC" if until else "none yet")


async def _heartbeat(bot: Bot) -> Finding:
    """Not asked here: that would tell whoever listens that all is watched."""
    about = "Heartbeat"
    if bot.settings.heartbeat_url:
        return Finding(about, "set; serve asks it every 30 s while checks are made on time")
    return Finding(about, "not set, so nobody notices when this machine is gone")


EXAMINATIONS: tuple[Examination, ...] = (
    _credentials,
    _audit,
    _key_file,
    _process,
    _destinations,
    _installations,
    _watching,
    _history,
    _heartbeat,
    _slack,
    _way_in,
)
