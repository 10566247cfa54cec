"""An authority of our own, which certifies for loopback the hosts that libraries insist on."""

import ssl
from pathlib import Path

import trustme


class Tls:
    def __init__(self, directory: Path) -> None:
        self._authority = trustme.CA()
        self.authority = directory / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.authority))

    def context(self, host: str) -> ssl.SSLContext:
        """For a server that is to pass for that host."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(host).configure_cert(context)
        return context
