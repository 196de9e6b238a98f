from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "beautydrop.jobs"

    def ready(self) -> None:
        # In every process, not only in the worker: the admin and /readyz know each job and when it is overdue.
        autodiscover_modules("tasks", "cleanup")
