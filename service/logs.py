"""Structured logs: one event a line, with request and job ids; no names, photos or measurements."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import structlog

from service.settings import Settings


def set_up(settings: Settings) -> None:
    """Send our events, and what libraries warn of, to stderr in one form."""
    level = logging.getLevelName(settings.log_level.upper())
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        stamp,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, _without_values, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_values,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
    # Access lines would hold addresses with people's ids and signed links; we log our own.
    logging.getLogger("uvicorn.access").disabled = True
    from service.engine import quiet

    quiet()


def _without_values(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep of an exception its type and place: its text may hold what a customer sent."""
    info = event.pop("exc_info", None)
    if info:
        error = sys.exc_info()[1] if info is True else info
        error = error[1] if isinstance(error, tuple) else error
        if isinstance(error, BaseException):
            event.update(told(error))
    return event


def told(error: BaseException) -> dict[str, str]:
    """What may be logged of an error: its type and where it came from, not its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return {"error": type(error).__name__}
    code = trace.tb_frame.f_code
    place = f"{Path(code.co_filename).name}:{trace.tb_lineno} in {code.co_name}"
    return {"error": type(error).__name__, "at": place}
