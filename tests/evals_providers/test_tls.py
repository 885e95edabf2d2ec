"""TLS: a certificate that is not trusted, or is for another name, gets no request and so no key."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .faults import asked, live
from .server import Options, Server

KEY = "sk-very-secret-0123456789"


def certificate(folder: Path, address: str) -> Path:
    """A certificate that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "certificate.pem"
    path.write_bytes(text + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_one_that_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with Server(Options(certificate=path)) as server, live(server.base_url, key=KEY, timeout=5) as client:
        assert [client.ask(asked(text)).reply is not None for text in "ab"] == [True, True]
        assert server.connections == 1
        half = client.ask(asked("plan:half,ok say:whole"))
        assert half.reply is not None
        assert (half.reply.text, half.tries) == ("whole", 2)


@pytest.mark.parametrize("plan", ["drip", "hang", "headers"])
def test_the_timeout_is_of_the_whole_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: str) -> None:
    path = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with Server(Options(certificate=path)) as server, live(server.base_url, timeout=0.5) as client:
        attempt = client.ask(asked(f"plan:{plan},ok say:yes"))
        assert attempt.reply is not None
        assert attempt.tries == 2


@pytest.mark.parametrize(("trusted", "address"), [(False, "127.0.0.1"), (True, "127.0.0.2")])
def test_one_that_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool, address: str
) -> None:
    path = certificate(tmp_path, address)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with Server(Options(certificate=path)) as server, live(server.base_url, key=KEY) as client:
        attempt = client.ask(asked("a"))
        assert attempt.failure is not None
        assert (attempt.failure.kind, attempt.tries) == ("connection", 0)
        assert "certificate" in attempt.failure.message
        assert server.log == []
