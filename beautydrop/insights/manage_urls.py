"""Addresses under /manage/ (namespace `manage`)."""

from django.urls import path

from beautydrop.insights import manage_views

urlpatterns = [path("<slug:slug>/figures/", manage_views.show, name="figures")]
