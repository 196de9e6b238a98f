"""The site's addresses with those that DEBUG adds (style guide, mailbox), which is off in the tests."""

from django.urls import include, path

from beautydrop import urls
from beautydrop.urls import handler400, handler403, handler404
from beautydrop.web import views

__all__ = ["handler400", "handler403", "handler404", "urlpatterns"]

urlpatterns = [
    *urls.urlpatterns,
    path("styleguide/", views.styleguide, name="styleguide"),
    path("demo/", include("beautydrop.notifications.demo_urls")),
]
