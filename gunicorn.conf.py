"""How gunicorn serves the site, wherever it is started in this folder; arguments of its command line win."""

from typing import Any

# What a browser sends of itself fits well; the rest is refused before Django sees it.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# `--access-logfile -` is safe to add: paths without their query, keys in them hidden, nothing of who it was.
access_log_format = '"%(m)s %(U)s" %(s)s %(B)s %(M)s ms'
logger_class = "beautydrop.web.gunicorn_logs.Logger"


def when_ready(server: Any) -> None:
    if server.cfg.preload_app:
        _warm_up()


def post_worker_init(worker: Any) -> None:
    if not worker.cfg.preload_app:
        _warm_up()


def _warm_up() -> None:
    from django.apps import apps

    if apps.ready:  # the site, and not something else that is served with this file
        from beautydrop.web import warm

        warm.up()
