"""Running the service: the web application, with its workers beside it."""

from __future__ import annotations

import sys

from fitting.errors import BadInput, NotSupported
from service.settings import Settings, load_settings

# [s] a thread may compute while others wait for the interpreter. Python's 5 ms are longer than most
# answers take: one that waits for the database in between would stand in line at each step. Chosen
# by the load test: the 95th percentile fell by half.
_SWITCH = 0.0005
_LOCAL = ("127.0.0.1", "localhost", "::1")


def serve(*, host: str = "127.0.0.1", port: int = 8000, settings: Settings | None = None) -> None:
    """Serve until stopped.

    Raises:
        BadInput: The port is taken, or an open service would listen to the network.
    """
    import socket

    import uvicorn

    from service.app import create_app
    from service.logs import set_up

    settings = settings or load_settings()
    if settings.access == "open" and host not in _LOCAL and not settings.open_to_network:
        raise BadInput(
            f"--host {host}: without keys the service only listens to this machine; set "
            "CYBERATELIER_ACCESS=keys, or CYBERATELIER_OPEN_TO_NETWORK=true if all who can reach "
            "it may use it"
        )
    if not 0 < port < 65536:
        raise BadInput(f"--port {port}: it must be between 1 and 65535")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(f"cannot listen on {host}:{port}: {error.strerror}") from None
    set_up(settings)
    sys.setswitchinterval(_SWITCH)
    config = uvicorn.Config(
        create_app(settings), host=host, port=port, log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=int(settings.drain_seconds),
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.run()
    if not server.started:
        raise NotSupported("the service could not start; see the log above")


def main() -> None:
    """Serve with the settings of the environment."""
    serve()


if __name__ == "__main__":
    main()
