"""What pages are compared to: a view with one query and nothing around it, in this process and under gunicorn."""

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.urls import path

URL = "/bare/"


def bare(request: HttpRequest) -> HttpResponse:
    from beautydrop.shops.models import Service

    return HttpResponse(f"{Service.objects.order_by('pk').first()}")


urlpatterns = [path("bare/", bare)]
_alone = {"ROOT_URLCONF": __name__, "MIDDLEWARE": []}


class _Handler(ClientHandler):
    """Finds the bare view, whatever the project's addresses are."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = __name__
        return super().get_response(request)


def client() -> Client:
    """Asks the bare view in this process, without middleware."""
    asking = Client()
    asking.handler = _Handler()
    with override_settings(**_alone):
        asking.handler.load_middleware()
    return asking


def application() -> WSGIHandler:
    """For a web server that serves nothing else."""
    django.setup()
    override_settings(**_alone).enable()
    return WSGIHandler()
