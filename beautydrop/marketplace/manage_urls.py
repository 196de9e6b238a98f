"""Addresses under /manage/ (namespace `manage`)."""

from django.urls import path

from beautydrop.marketplace.manage import policy, setup

urlpatterns = [
    path("<slug:slug>/setup/", setup.setup, name="setup"),
    path("<slug:slug>/setup/menu/", setup.take_menu, name="take_menu"),
    path("<slug:slug>/publish/", setup.publish, name="publish"),
    path("<slug:slug>/preview/", setup.preview, name="preview"),
    path("<slug:slug>/policy/", policy.policy, name="policy"),
]
