"""Download links that need no key and expire.

A link names the file, the second it ends, and a signature over both.
"""

from __future__ import annotations

from service.identity import now
from service.problems import Problem
from service.vault import Vault


def signed_link(vault: Vault, file: str, *, seconds: int) -> str:
    """The path and query of a link to a file.

    The end is rounded up to a tenth of the link's life, so that a page which reads a resource twice
    gets the same link and its browser does not load the file again.
    """
    step = max(1, seconds // 10)
    expires = (int(now()) // step + 1) * step + seconds
    return f"/v1/files/{file}?expires={expires}&signature={vault.sign(f'{file} {expires}')}"


def check_link(vault: Vault, file: str, expires: int, signature: str) -> None:
    """Refuse a link that is not ours or has ended.

    Raises:
        Problem: not-found for a wrong signature, gone for an ended link.
    """
    if not vault.verify(f"{file} {expires}", signature):
        raise Problem("not-found")
    if expires < now():
        raise Problem("gone")
