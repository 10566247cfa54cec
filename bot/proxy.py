"""The proxy's address, which may hold a password: told to whoever goes by it, and nobody else."""

from bot.domain.secret import Secret


def way_by(proxy: Secret | None) -> str | None:
    """The address as HTTP clients take it; None: straight out."""
    return proxy.reveal() if proxy else None
