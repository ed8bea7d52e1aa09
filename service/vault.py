"""The secrets of the service, and what is derived from them: seals, signatures, pseudonyms.

There is one list of master secrets. The first seals and signs; all of them open and verify, so a
secret is rotated by putting a new one in front and dropping the old one once nothing needs it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.settings import Settings

_NONCE = 12  # bytes, NIST SP 800-38D section 8.2
_TAG = 4  # bytes of a key's name in front of what it sealed, chosen


class Vault:
    """Seals and signatures under the master secrets."""

    def __init__(self, masters: list[bytes]) -> None:
        if not masters:
            raise ValueError("a vault needs at least one secret")
        self._masters = masters

    @classmethod
    def of(cls, settings: Settings) -> Vault:
        """The settings' secrets, or those kept in the folder, made at first use."""
        given = [secret.get_secret_value().encode() for secret in settings.secrets]
        return cls(given or [_kept(settings.folder / "secret")])

    def seal(self, data: bytes, purpose: str) -> bytes:
        """Encrypted and authenticated bytes (AES-256-GCM), bound to the purpose."""
        key = _derive(self._masters[0], "seal")
        nonce = os.urandom(_NONCE)
        name = hashlib.sha256(key).digest()[:_TAG]
        return name + nonce + AESGCM(key).encrypt(nonce, data, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed.

        Raises:
            ValueError: Sealed with a secret that is not here, for another purpose, or altered.
        """
        name, nonce = sealed[:_TAG], sealed[_TAG : _TAG + _NONCE]
        for master in self._masters:
            key = _derive(master, "seal")
            if hashlib.sha256(key).digest()[:_TAG] == name:
                try:
                    return AESGCM(key).decrypt(nonce, sealed[_TAG + _NONCE :], purpose.encode())
                except InvalidTag:
                    break
        raise ValueError("the sealed bytes cannot be opened with the secrets at hand")

    def sign(self, message: str) -> str:
        """A signature for a link."""
        return _mac(_derive(self._masters[0], "sign"), message)

    def verify(self, message: str, signature: str) -> bool:
        """Whether the signature is one of ours; takes the same time whatever is wrong."""
        found = False
        for master in self._masters:
            ours = _mac(_derive(master, "sign"), message)
            found |= hmac.compare_digest(ours.encode(), signature.encode())
        return found

    def pseudonym(self, identifier: str) -> str:
        """A name for an erased person that says nothing, yet can be recomputed from the id."""
        return _mac(_derive(self._masters[-1], "pseudonym"), identifier)


def _derive(master: bytes, purpose: str) -> bytes:
    return hmac.digest(master, f"cyberatelier/{purpose}".encode(), "sha256")


def _mac(key: bytes, message: str) -> str:
    digest = hmac.digest(key, message.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _kept(path: Path) -> bytes:
    """The secret in a file only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_urlsafe(32).encode())
        try:
            os.link(part, path)  # fails if another process was first: its secret holds
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_bytes()
