"""A typed client of the service.

>>> from service.client import Client
>>> client = Client("http://localhost:8000")  # doctest: +SKIP
>>> preview = client.preview("tee", height_cm=172, front="me.jpg")  # doctest: +SKIP
>>> client.save(preview, "out")  # doctest: +SKIP
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import httpx

from service.models import AdviceOut, JobOut, MeasurementOut, PersonOut, PreviewOut, ReceiptOut

_RETRIES = 4  # of a request that met a broken connection or a busy service, chosen
_RETRIED = (429, 502, 503, 504)


class ServiceProblem(Exception):
    """The service answered with a problem.

    Attributes:
        type: E.g. ``/problems/bad-photo``.
        status: The HTTP status.
        problem: The whole problem.
    """

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or "problem")
        self.type = str(problem.get("type", "about:blank"))
        self.status = int(problem.get("status", 0))
        self.problem = dict(problem)


class Client:
    """The service at a URL."""

    def __init__(self, url: str, key: str | None = None, *, timeout: float = 60.0) -> None:
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def garments(self) -> dict[str, Any]:
        """The garments with their options, by name."""
        tree: dict[str, Any] = self._ask("GET", "/v1/garments").json()
        return tree

    def fabrics(self) -> dict[str, Any]:
        """The fabrics, by name."""
        tree: dict[str, Any] = self._ask("GET", "/v1/fabrics").json()
        return tree

    def add_person(self, *, label: str = "", **stated: Any) -> PersonOut:
        """Add a customer with what they state, e.g. ``height_cm=172``."""
        return PersonOut.model_validate(
            self._ask("POST", "/v1/people", json={"label": label, **stated}).json()
        )

    def erase_person(self, person: str) -> ReceiptOut:
        """Erase a customer and all that was made from them."""
        return ReceiptOut.model_validate(self._ask("DELETE", f"/v1/people/{person}").json())

    def order_preview(
        self,
        garment: str | Sequence[str | Mapping[str, Any]],
        *,
        front: str | Path | bytes | None = None,
        side: str | Path | bytes | None = None,
        **order: Any,
    ) -> JobOut:
        """Order a preview without waiting for it.

        Args:
            garment: Its name; or several, each a name or an object with ``garment``, ``fabric``,
                ``size`` and ``options``, worn over one another.
            front, side: Photos, as paths or bytes.
            order: The API's other fields.
        """
        fields = {**_garments(garment), **order}
        return self._order("/v1/previews", fields, {"front": front, "side": side})

    def preview(
        self,
        garment: str | Sequence[str | Mapping[str, Any]],
        *,
        progress: Callable[[JobOut], None] | None = None,
        **order: Any,
    ) -> PreviewOut:
        """Order a preview, as `order_preview` does, and wait for it.

        Raises:
            ServiceProblem: It could not be made, and why.
        """
        job = self.wait(self.order_preview(garment, **order), progress=progress)
        return PreviewOut.model_validate(self._ask("GET", job.result).json())

    def measure(
        self,
        *,
        front: str | Path | bytes | None = None,
        side: str | Path | bytes | None = None,
        **order: Any,
    ) -> MeasurementOut:
        """Measure a person and wait for it.

        Raises:
            ServiceProblem: It could not be done, and why.
        """
        job = self.wait(self._order("/v1/measurements", order, {"front": front, "side": side}))
        return MeasurementOut.model_validate(self._ask("GET", job.result).json())

    def advise(self, garment: str, **about: Any) -> AdviceOut:
        """Which size of a garment to take; `about` as the API's fields, e.g. ``person``."""
        answer = self._ask("POST", "/v1/advice", json={"garment": garment, **about})
        return AdviceOut.model_validate(answer.json())

    def wait(
        self, job: JobOut, *, progress: Callable[[JobOut], None] | None = None, every: float = 0.5
    ) -> JobOut:
        """The job once it has succeeded.

        Raises:
            ServiceProblem: It failed or was cancelled.
        """
        while job.state in ("queued", "running"):
            if progress is not None:
                progress(job)
            time.sleep(every)
            job = JobOut.model_validate(self._ask("GET", f"/v1/jobs/{job.id}").json())
        if job.state != "succeeded":
            told = job.problem.model_dump() if job.problem else {"detail": "the job was cancelled"}
            raise ServiceProblem(told)
        return job

    def cancel(self, job: str) -> JobOut:
        """Ask a job to stop."""
        return JobOut.model_validate(self._ask("POST", f"/v1/jobs/{job}/cancel").json())

    def previews(self) -> Iterator[PreviewOut]:
        """All previews, newest first."""
        yield from (PreviewOut.model_validate(one) for one in self._pages("/v1/previews"))

    def people(self) -> Iterator[PersonOut]:
        """All customers, newest first."""
        yield from (PersonOut.model_validate(one) for one in self._pages("/v1/people"))

    def save(self, preview: PreviewOut, folder: str | Path) -> list[Path]:
        """Write a preview's files to a folder."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        written = []
        for file in preview.files:
            path = target / Path(file.name).name
            path.write_bytes(self._ask("GET", file.url).content)
            written.append(path)
        return written

    def _order(
        self, path: str, fields: dict[str, Any], photos: dict[str, str | Path | bytes | None]
    ) -> JobOut:
        files = {
            view: photo if isinstance(photo, bytes) else Path(photo).read_bytes()
            for view, photo in photos.items()
            if photo is not None
        }
        if files:
            plain = {name: _form_value(value) for name, value in fields.items()}
            answer = self._ask("POST", path, data=plain, files=files)
        else:
            answer = self._ask("POST", path, json=fields)
        return JobOut.model_validate(answer.json())

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            tree = self._ask("GET", path, params={"cursor": cursor} if cursor else {}).json()
            yield from tree["items"]
            cursor = tree["next"]
            if cursor is None:
                return

    def _ask(
        self, method: Literal["GET", "POST", "DELETE"], path: str, **what: Any
    ) -> httpx.Response:
        """One request; it is repeated where that is safe, under one Idempotency-Key."""
        headers = {"idempotency-key": str(uuid.uuid4())} if method == "POST" else {}
        for attempt in range(1, _RETRIES + 1):
            try:
                answer = self._http.request(method, path, headers=headers, **what)
            except httpx.TransportError:
                if attempt == _RETRIES:
                    raise
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in _RETRIED or attempt == _RETRIES:
                    raise ServiceProblem(_problem(answer))
                time.sleep(min(30.0, float(answer.headers.get("retry-after", 0))))
            time.sleep(0.2 * 2**attempt)
        raise AssertionError("unreachable")


def _garments(garment: str | Sequence[str | Mapping[str, Any]]) -> dict[str, Any]:
    if isinstance(garment, str):
        return {"garment": garment}
    return {"garments": [{"garment": one} if isinstance(one, str) else one for one in garment]}


def _form_value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        tree: dict[str, Any] = answer.json()
    except ValueError:
        return {"status": answer.status_code, "detail": answer.text[:200]}
    return tree
