"""The jobs in the admin: how each one stands, and running one now."""

import psycopg
import redis
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.jobs import registry, tasks
from beautydrop.jobs.models import JobRun
from beautydrop.jobs.states import State, state_of


@admin.register(JobRun)
class JobRunAdmin(admin.ModelAdmin):
    list_display = ("name", "state", "last_finished_at", "took", "processed", "runs", "failures", "error")
    fields = (
        "name", "does", "state", "last_tick", "last_started_at", "last_finished_at", "last_succeeded_at", "took",
        "processed", "runs", "failures", "error", "created_at",
    )  # fmt: skip
    readonly_fields = ("does", "state", "took")
    list_filter = ("last_finished_at",)
    search_fields = ("name",)
    date_hierarchy = "created_at"
    actions = ("run_now",)

    class Media:
        css = {"all": ["css/admin-jobs.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobRun]:
        # Rows of jobs that the code no longer has are nobody's worry.
        return super().get_queryset(request).filter(name__in=[job.name for job in registry.every()])

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: JobRun) -> SafeString:
        job = registry.find(row.name)
        state = state_of(job, row, timezone.now()) if job else State.NEVER
        return format_html('<span class="job-state is-{}">{}</span>', state.value, state.label)

    @admin.display(description=gettext_lazy("what it does"))
    def does(self, row: JobRun) -> str:
        job = registry.find(row.name)
        return job.summary if job else ""

    @admin.display(description=gettext_lazy("took"), ordering="duration")
    def took(self, row: JobRun) -> str:
        return "" if row.duration is None else _("%(seconds)s s") % {"seconds": f"{row.duration.total_seconds():.2f}"}

    @admin.action(description=gettext_lazy("Run now"), permissions=["run"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> None:
        names = list(queryset.values_list("name", flat=True))
        try:
            for name in names:
                tasks.run_now(name)
        except (psycopg.Error, redis.RedisError):
            words = _("The queue doesn’t answer, so nothing was queued. Look whether its server runs, and try again.")
            self.message_user(request, words, messages.ERROR)
            return
        self.message_user(request, _("Queued: %(names)s") % {"names": ", ".join(names)}, messages.SUCCESS)

    def has_run_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("jobs.change_jobrun"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False
