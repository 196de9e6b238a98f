"""Addresses below /api/: one file per module of version 1, the description, and a problem for everything else."""

from django.urls import include, path, re_path

from beautydrop.api import auth, problems, schema

app_name = "api"
urlpatterns = [
    path("v1/auth/", include((auth.urlpatterns, "auth"))),
    path("schema/", schema.schema, name="schema"),
    path("docs/", schema.docs, name="docs"),
    # Also without DEBUG's page for 404, and without a redirect that would lose what was posted.
    re_path(r"", problems.nothing_here, name="nothing_here"),
]
