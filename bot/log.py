"""Logs: fixed event words with values as keys, on standard error. Never a token; never the text of a message at info."""

import logging
import sys

import structlog


def set_up_logs(level: str) -> None:
    """Log from `level` up: readable lines at a terminal, JSON lines elsewhere."""
    readable = sys.stderr.isatty()
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns at every tick that is still busy, which is no news
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if readable else [structlog.processors.format_exc_info]),  # without local variables: they hold people's words
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if readable
            else structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),  # the standard error of now, not of the start
    )


def log_incident(incident: str, error: BaseException) -> None:
    """Log something unexpected with its trace, under the number the person was shown."""
    if not structlog.is_configured():
        set_up_logs("info")
    structlog.get_logger().error("incident", incident=incident, exc_info=error)
