"""Where the results of a person's stages are kept between the steps of a job.

With local files that is a folder of the one machine. With S3 it is a local folder filled from the
bucket before a stage and emptied into it after, so that a job goes on at another machine where the
first one stopped; what is left on a machine is swept when the job is over.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from service.settings import Settings
from service.storage import Files, person_prefix


class Shelf:
    """One person's stored results."""

    def __init__(self, settings: Settings, files: Files, tenant: str, person: str) -> None:
        self._files = files
        self._prefix = f"{person_prefix(tenant, person)}/stages"
        self.folder = settings.folder / "work" / tenant / person

    def fetch(self) -> Path:
        """The folder, with everything in it that any machine has stored."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._files.local:
            for path in self._files.paths(self._prefix):
                target = self.folder / path.removeprefix(f"{self._prefix}/")
                if not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    part = target.with_name(f".{target.name}.part")
                    part.write_bytes(self._files.get(path))
                    part.replace(target)
        return self.folder

    def keep(self) -> None:
        """Store what the last stage left in the folder."""
        if self._files.local:
            return
        there = set(self._files.paths(self._prefix))
        for path in tree(self.folder):
            if path.suffix != ".zip":
                continue
            name = f"{self._prefix}/{path.relative_to(self.folder).as_posix()}"
            if name not in there:
                self._files.put(name, path.read_bytes())

    def clear(self) -> None:
        """Remove the folder from this machine."""
        shutil.rmtree(self.folder, ignore_errors=True)


def tree(folder: Path) -> list[Path]:
    """The files under a folder, sorted; what vanishes while one looks is left out.

    `Path.rglob` raises when another process removes a folder that it is about to enter.
    """
    return sorted(Path(at, name) for at, _, files in os.walk(folder) for name in files)


def work_folder(settings: Settings, tenant: str, person: str) -> Path:
    """Where a person's stages are kept on this machine."""
    return settings.folder / "work" / tenant / person
