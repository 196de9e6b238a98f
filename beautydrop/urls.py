"""Every address of the site. Each app brings its own; an error page for everything that can go wrong."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from beautydrop.bookings import manage_urls as bookings_manage
from beautydrop.insights import manage_urls as insights_manage
from beautydrop.jobs import views as jobs
from beautydrop.marketplace import manage_urls as marketplace_manage
from beautydrop.notifications import preference_views
from beautydrop.shops import manage_urls as shops_manage
from beautydrop.web import errors, views

# Everything under /manage/ is one namespace; each app brings its part.
manage_patterns = [
    *shops_manage.urlpatterns,
    *bookings_manage.urlpatterns,
    *marketplace_manage.urlpatterns,
    *insights_manage.urlpatterns,
]

urlpatterns = [
    path("", include("beautydrop.marketplace.urls")),
    path("", include("beautydrop.bookings.urls")),
    path("", include("beautydrop.shops.urls")),
    path("manage/", include((manage_patterns, "manage"))),
    path("account/", include("beautydrop.accounts.urls")),
    path("account/two-factor/", include("allauth.mfa.urls")),
    path("account/", include("beautydrop.accounts.allauth_urls")),
    path("messages/", include("beautydrop.notifications.urls")),
    path("api/", include("beautydrop.api.urls")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", jobs.readyz, name="readyz"),
    path("sw.js", preference_views.worker, name="push_worker"),
    path("robots.txt", views.robots, name="robots"),
]

if settings.DEBUG:
    urlpatterns += [
        path("styleguide/", views.styleguide, name="styleguide"),
        path("demo/", include("beautydrop.notifications.demo_urls")),
    ]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler429 = errors.too_many_requests  # allauth's limits answer by it
# handler500 is Django's own: it renders templates/500.html, which needs nothing.
