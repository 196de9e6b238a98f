"""For load balancers and monitoring."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from beautydrop.jobs import readiness
from beautydrop.web.access import public


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, migrations are applied, no job is overdue and the queue moves; else 503 and why.

    `?only=web` leaves jobs and queue out: for a balancer that shall go on serving pages while the worker is away.
    """
    found = readiness.problems(timezone.now(), with_jobs=request.GET.get("only") != "web")
    return JsonResponse({"ready": not found, **found}, status=503 if found else 200)
