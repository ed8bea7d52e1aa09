"""A dressed pillar, and a studio around it, for all tests of pictures."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fitting.errors import NotSupported
from fitting.records import Body, Drape
from fitting.render.studio import Studio

from . import dressed


@pytest.fixture(scope="session")
def body() -> Body:
    return dressed.pillar()


@pytest.fixture(scope="session")
def dress(body: Body) -> Drape:
    return dressed.tube(body)


@pytest.fixture(scope="session")
def studio(body: Body, dress: Drape) -> Iterator[Studio]:
    try:
        made = Studio(body, [dress], size=(180, 240), rays=16)
    except NotSupported as error:
        pytest.skip(str(error))
    with made:
        yield made


@pytest.fixture(scope="session")
def gltf_validator(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bytes], Any]:
    """Runs Khronos's gltf-validator on a file's bytes; its issues.

    Node finds the package in NODE_PATH: `npm install gltf-validator` anywhere, then set it.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; gltf-validator runs on it")
    script = (
        "const v=require('gltf-validator'),fs=require('fs');"
        "v.validateBytes(new Uint8Array(fs.readFileSync(process.argv[1])),{maxIssues:20})"
        ".then(r=>console.log(JSON.stringify(r.issues)))"
    )
    if subprocess.run([node, "-e", "require('gltf-validator')"], capture_output=True).returncode:
        pytest.skip("gltf-validator is not in NODE_PATH; npm install gltf-validator")
    folder = tmp_path_factory.mktemp("glb")

    def issues(name: str, data: bytes) -> Any:
        path = folder / f"{name}.glb"
        path.write_bytes(data)
        done = subprocess.run(
            [node, "-e", script, str(path)], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return issues
