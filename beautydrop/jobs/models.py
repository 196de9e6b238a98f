"""What is known of each periodic job: one row a job, however often it runs (see actions.py, its only writer)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """The last run of one job, and how often it ran and failed. `last_tick` is the minute that was claimed last."""

    name = models.CharField(_("job"), max_length=80, primary_key=True)
    last_tick = models.DateTimeField(_("last due"), null=True, blank=True)
    last_started_at = models.DateTimeField(_("last started"), null=True, blank=True)
    last_finished_at = models.DateTimeField(_("last finished"), null=True, blank=True)
    last_succeeded_at = models.DateTimeField(_("last ran through"), null=True, blank=True)
    duration = models.DurationField(_("took"), null=True, blank=True)
    processed = models.PositiveIntegerField(_("done"), default=0)
    error = models.TextField(_("error"), blank=True)
    runs = models.PositiveBigIntegerField(_("runs"), default=0)
    failures = models.PositiveBigIntegerField(_("failures"), default=0)
    created_at = models.DateTimeField(_("known since"))

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(runs=0, last_started_at=None) | Q(runs__gt=0, last_started_at__isnull=False),
                name="job_that_ran_says_when",
            ),
            models.CheckConstraint(
                condition=Q(last_succeeded_at=None) | Q(last_succeeded_at__lte=F("last_finished_at")),
                name="job_runs_through_when_it_finishes",
            ),
            models.CheckConstraint(
                condition=Q(last_finished_at=None, duration=None)
                | Q(last_finished_at__isnull=False, duration__isnull=False),
                name="job_that_finished_says_how_long_it_took",
            ),
            models.CheckConstraint(condition=Q(failures__lte=F("runs")), name="job_fails_at_most_as_often_as_it_runs"),
        ]

    def __str__(self) -> str:
        return self.name


class CacheRow(models.Model):
    """A row of Django's database cache, for deleting what has run out. The table is made by `createcachetable`."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "beautydrop_cache"

    def __str__(self) -> str:
        return self.cache_key
