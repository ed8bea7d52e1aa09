"""Every setting of the service, in one record.

Each field is read from the environment as ``CYBERATELIER_<FIELD>``, or from the TOML file that
``CYBERATELIER_SETTINGS_FILE`` names. The defaults run whole on one laptop: SQLite, local files, one
worker, no keys, only this machine let in.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from fitting.errors import BadInput

MB = 1_000_000
ONLY_IDLE = 20  # beyond the nicest: computing runs when nothing else wants the processor


class Settings(BaseSettings):
    """What an operator can set; docs/operations.md explains each with advice."""

    model_config = SettingsConfigDict(env_prefix="CYBERATELIER_", extra="forbid", frozen=True)

    # Where things are kept.
    folder: Path = Field(
        default=Path("var"), description="Local files: database, photos, results, secrets"
    )
    database_url: str = Field(
        default="", description="postgresql://...; empty: SQLite in the folder"
    )
    files_url: str = Field(default="", description="s3://bucket/prefix; empty: files in the folder")
    s3_endpoint: str = Field(
        default="", description="Endpoint of an S3-compatible server; empty: AWS"
    )
    s3_region: str = "us-east-1"
    s3_access_key_id: str = ""
    s3_secret_access_key: SecretStr = SecretStr("")
    secrets: list[SecretStr] = Field(
        default_factory=list,
        description="Master secrets, the current one first; older ones still open what they sealed."
        " Empty: one is made in the folder",
    )

    # Who may call.
    access: Literal["open", "keys"] = Field(
        default="open",
        description="open: no keys, one tenant, for a single machine; keys: API keys",
    )
    allowed_hosts: list[str] = Field(
        default=["localhost", "127.0.0.1", "[::1]", "testserver"],
        description="Names this service answers to; guards an open service against DNS rebinding",
    )
    open_to_network: bool = Field(
        default=False, description="Let an open service listen on more than this machine"
    )
    page_key: str = Field(
        default="", description="Publishable key that the web page uses with access=keys"
    )
    session_minutes: int = Field(default=60, ge=1, le=24 * 60)
    requests_per_minute: int = Field(default=6000, ge=1, description="For one key, burst included")
    submissions_per_minute: int = Field(default=600, ge=1, description="POSTs of one key")

    # What is taken in.
    photo_max_bytes: int = Field(default=25 * MB, ge=1000)
    body_max_bytes: int = Field(default=60 * MB, ge=1000)
    decoders: int = Field(default=2, ge=1, description="Photos checked at the same time")

    # Work.
    workers: int = Field(
        default=1, ge=0, description="Worker processes that `fitting serve` starts"
    )
    slots: int = Field(default=1, ge=1, description="Jobs a worker computes at the same time")
    threads: int = Field(
        default=0,
        ge=0,
        description="Threads of a computing process; 0: as on the command line, so that results"
        " are the same to the last bit (sums differ with how they are split)",
    )
    nice: int = Field(
        default=10,
        ge=0,
        le=ONLY_IDLE,
        description="How far computing stands back for requests; 20: it takes only what is idle",
    )
    executor: str = Field(
        default="", description="This worker's name, stable over restarts; empty: host"
    )
    device: Literal["auto", "cpu", "cuda"] = "auto"
    stage_seconds: float = Field(default=900.0, gt=0, description="Longest that one stage may take")
    attempts: int = Field(
        default=5, ge=1, description="How often a job is begun before it is given up"
    )
    jobs_per_process: int = Field(default=50, ge=1, description="Jobs until a process is renewed")
    poll_seconds: float = Field(default=0.25, gt=0, description="How often a worker asks for work")
    lease_seconds: float = Field(
        default=2.0, gt=0, description="How often dead workers are looked for"
    )
    drain_seconds: float = Field(
        default=30.0, ge=0, description="How long a stopping worker may finish"
    )

    # How long things are kept.
    link_seconds: int = Field(default=900, ge=1, description="Life of a signed download link")
    idempotency_hours: float = Field(default=24.0, gt=0)
    keep_previews_days: float = Field(default=30.0, gt=0)
    keep_photos_hours: float = Field(default=24.0, gt=0, description="For photos never measured")
    keep_people_days: float = Field(
        default=365.0, gt=0, description="Since something was made for them"
    )
    keep_audit_days: float = Field(default=400.0, gt=0)
    sweep_seconds: float = Field(default=60.0, gt=0)

    # Webhooks.
    webhook_delays: list[float] = Field(
        default=[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400],
        description="Seconds between attempts; the schedule of the Standard Webhooks specification",
    )
    webhook_timeout: float = Field(default=15.0, gt=0)
    webhook_private: bool = Field(
        default=False, description="Webhooks may go to private addresses and http"
    )

    # Watching it run.
    log_json: bool = Field(
        default=False, description="One JSON object a line instead of plain lines"
    )
    log_level: str = "INFO"
    metrics: bool = True
    otlp_endpoint: str = Field(
        default="", description="OTLP/HTTP collector, e.g. http://localhost:4318"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments go before the environment, the environment before the file."""
        sources: tuple[Any, ...] = (init_settings, env_settings)
        if path := os.environ.get("CYBERATELIER_SETTINGS_FILE"):
            sources += (TomlConfigSettingsSource(settings_cls, Path(path)),)
        return sources

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL."""
        if not self.database_url:
            return f"sqlite:///{self.folder.absolute() / 'cyberatelier.db'}"
        scheme, _, rest = self.database_url.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        return self.database_url

    @property
    def executor_name(self) -> str:
        """The name under which this worker holds its jobs."""
        return self.executor or socket.gethostname()

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for a process started with them."""
        import json

        found: dict[str, str] = {}
        for name, value in self.model_dump(mode="python").items():
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            elif isinstance(value, list):
                plain = [v.get_secret_value() if isinstance(v, SecretStr) else v for v in value]
                value = json.dumps(plain)
            found[f"CYBERATELIER_{name.upper()}"] = str(value)
        return found


def load_settings(**given: Any) -> Settings:
    """The settings of arguments, environment and file.

    Raises:
        BadInput: The first field that cannot be, and why.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = "_".join(str(part) for part in first["loc"][:1])
        raise BadInput(f"setting CYBERATELIER_{field.upper()}: {first['msg']}") from None
