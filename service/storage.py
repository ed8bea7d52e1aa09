"""Files: photos, results and stages' results, in a local folder or in S3, through obstore.

Every path starts with tenant and person, so erasing a person is deleting a prefix.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from service.settings import Settings


class Files:
    """Bytes under paths."""

    def __init__(self, settings: Settings) -> None:
        from obstore.store import LocalStore, S3Store

        self.local = not settings.files_url
        if self.local:
            folder = settings.folder / "files"
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Empty folders go too: their names are ids.
            self._store: Any = LocalStore(folder.absolute(), automatic_cleanup=True)
            return
        url = urlsplit(settings.files_url)
        if url.scheme != "s3":
            raise ValueError(f"files_url is {settings.files_url!r}; it must be s3://bucket/prefix")
        given: dict[str, Any] = {"region": settings.s3_region}
        if settings.s3_endpoint:
            given["endpoint"] = settings.s3_endpoint
            given["client_options"] = {"allow_http": settings.s3_endpoint.startswith("http:")}
        if settings.s3_access_key_id:
            given["access_key_id"] = settings.s3_access_key_id
            given["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
        self._store = S3Store(url.netloc, prefix=url.path.strip("/") or None, **given)

    def put(self, path: str, data: bytes) -> None:
        """Write a file, whole or not at all; one that is there is replaced."""
        import obstore

        obstore.put(self._store, path, data)

    def get(self, path: str) -> bytes:
        """A file's bytes; FileNotFoundError if it is not there."""
        import obstore

        return bytes(obstore.get(self._store, path).bytes())

    def stream(self, path: str, chunk: int = 1 << 18) -> Iterator[bytes]:
        """A file's bytes in pieces; FileNotFoundError if it is not there."""
        import obstore

        found = obstore.get(self._store, path)
        return (bytes(piece) for piece in found.stream(min_chunk_size=chunk))

    def paths(self, prefix: str) -> list[str]:
        """All paths under a prefix (whole path segments)."""
        import obstore

        return [str(one["path"]) for page in obstore.list(self._store, prefix) for one in page]

    def aged(self, seconds: float) -> Iterator[list[str]]:
        """All paths of files that were written at least so long ago, some hundreds at a time."""
        import obstore

        limit = time.time() - seconds
        for page in obstore.list(self._store, chunk_size=500):
            found = [str(one["path"]) for one in page if one["last_modified"].timestamp() <= limit]
            if found:
                yield found

    def delete(self, paths: list[str]) -> None:
        """Delete files; those that are gone already are no error."""
        import obstore

        for path in paths:
            try:
                obstore.delete(self._store, path)
            except FileNotFoundError:
                continue

    def delete_under(self, prefix: str, *, older_than: float = 0.0) -> int:
        """Delete everything under a prefix; how many files that were.

        Args:
            prefix: Whole path segments.
            older_than: Leave what was written less than so many seconds ago.
        """
        import obstore

        limit = time.time() - older_than
        found = [
            str(one["path"])
            for page in obstore.list(self._store, prefix)
            for one in page
            if not older_than or one["last_modified"].timestamp() < limit
        ]
        self.delete(found)
        return len(found)


def person_prefix(tenant: str, person: str) -> str:
    """Where everything of one person lies."""
    return f"{tenant}/{person}"
