"""Whom TLS connections trust: the public certificate authorities, and the operator's own."""

import ssl
from pathlib import Path

import certifi

from bot.domain.errors import ConfigurationError


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """A context for clients. Built by hand: the standard default takes files from the environment.

    Raises ConfigurationError where `ca_file` holds no certificates.
    """
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_verify_locations(certifi.where())
    if ca_file:
        try:
            trust.load_verify_locations(ca_file)
        except OSError as error:
            raise ConfigurationError(
                f"CA_FILE names {ca_file}, which holds no certificates.",
                hint="It is a text file of one or more BEGIN CERTIFICATE blocks.",
            ) from error
    return trust
