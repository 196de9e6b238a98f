"""Addresses under /manage/ (namespace `manage`)."""

from django.urls import path

from beautydrop.shops import manage_views

urlpatterns = [
    path("", manage_views.home, name="home"),
    path("start/", manage_views.start, name="start"),
    path("shops/new/", manage_views.new_shop, name="new_shop"),
    path("<slug:slug>/", manage_views.shop, name="shop"),
    path("<slug:slug>/settings/", manage_views.settings, name="settings"),
]
