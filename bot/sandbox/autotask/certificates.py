"""An authority made up for one world, and what its zones show: their certificate, or another's."""

import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_VALID = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Certificates:
    """`own` is for the zones' address and `foreign` for another name, both by one authority, whose
    own certificate (PEM) makes clients trust it. The keys stay in this process."""

    authority: bytes
    own: ssl.SSLContext
    foreign: ssl.SSLContext

    @classmethod
    def made(cls, address: str) -> "Certificates":
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        name = _name("Make-believe authority")
        authority = (
            _certificate(key.public_key(), name, now)
            .issuer_name(name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )

        def shown(subject: x509.GeneralName) -> ssl.SSLContext:
            own = ec.generate_private_key(ec.SECP256R1())
            certificate = (
                _certificate(own.public_key(), _name("Make-believe zone"), now)
                .issuer_name(name)
                .add_extension(x509.SubjectAlternativeName([subject]), critical=False)
                .sign(key, hashes.SHA256())
            )
            return _context(certificate, own)

        return cls(
            authority.public_bytes(serialization.Encoding.PEM),
            shown(x509.IPAddress(ip_address(address))),
            shown(x509.DNSName("somebody-else.example")),
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    key: ec.EllipticCurvePublicKey, subject: x509.Name, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _VALID)
    )


def _context(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    """Python's ssl takes both from a file only: it is gone again before anybody connects."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "zone.pem")
        file.touch(mode=0o600)
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context.load_cert_chain(file)
    return context
