"""gunicorn's own log lines, redacted as the site's are."""

from typing import Any

from gunicorn.glogging import Logger as GunicornLogger

from beautydrop.web.redaction import RedactingFormatter, redact


class Logger(GunicornLogger):
    """Errors and accesses without keys."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            format_of = handler.formatter
            if format_of is not None:
                handler.setFormatter(RedactingFormatter(format_of._fmt, format_of.datefmt))

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found = super().atoms(*args, **kwargs)
        return {name: redact(value) if isinstance(value, str) else value for name, value in found.items()}
