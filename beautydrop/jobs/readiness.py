"""Is everything there that the site needs? Asked by load balancers and monitoring, so it costs two short queries."""

from datetime import datetime, timedelta
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from huey.contrib.djhuey import HUEY

from beautydrop.jobs import registry
from beautydrop.jobs.models import JobRun
from beautydrop.jobs.states import is_overdue

# With work waiting, some job (there are some that are due each minute) is begun at least this often.
_STUCK_AFTER = timedelta(minutes=5)


def problems(now: datetime, *, with_jobs: bool = True) -> dict[str, object]:
    """What is wrong, by its subject; {} when the site is ready. Names only: nothing secret, nobody's data."""
    found: dict[str, object] = {}
    try:
        missing = _missing_migrations()
        if missing:
            found["migrations"] = f"{len(missing)} not applied"
        elif with_jobs:
            found |= _of_jobs(now)
    except DatabaseError:
        found["database"] = "does not answer"
    return found


def _of_jobs(now: datetime) -> dict[str, object]:
    found: dict[str, object] = {}
    rows = JobRun.objects.in_bulk()
    overdue = [job.name for job in registry.every() if is_overdue(job, rows.get(job.name), now)]
    if overdue:
        found["overdue_jobs"] = overdue
    try:
        waiting = HUEY.pending_count()
    except Exception:  # whatever a client of Redis or of PostgreSQL throws
        found["queue"] = "does not answer"
        return found
    last_begun = max((row.last_started_at for row in rows.values() if row.last_started_at), default=None)
    if waiting and last_begun and now - last_begun > _STUCK_AFTER:
        found["queue"] = f"stuck: {waiting} waiting, none taken for {(now - last_begun).total_seconds() // 60:.0f} min"
    return found


@cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    """The newest migration of each app, as this process's code has them. Read from the files once."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _missing_migrations() -> set[tuple[str, str]]:
    try:
        applied = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    except DatabaseError:
        # The table of migrations is not there yet, or nothing answers: that is told apart by asking again.
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        applied = set()
    return set(_last_migrations() - applied)
