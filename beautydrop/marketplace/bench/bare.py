"""What pages are compared to: a view with one query and nothing around it, in this process and under gunicorn."""

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

URL = "/bare/"


def bare(request: HttpRequest) -> HttpResponse:
    from beautydrop.shops.models import Service

    return HttpResponse(f"{Service.objects.filter(position=0).order_by('pk').first()}")


urlpatterns = [path("bare/", bare)]
alone = override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])


def application() -> WSGIHandler:
    """For a web server that serves nothing else."""
    django.setup()
    alone.enable()
    return WSGIHandler()
