"""Addresses under /manage/ (namespace `manage`)."""

from django.urls import path

from beautydrop.marketplace.manage import invitations, policy, setup

urlpatterns = [
    path("<slug:slug>/setup/", setup.setup, name="setup"),
    path("<slug:slug>/setup/menu/", setup.take_menu, name="take_menu"),
    path("<slug:slug>/publish/", setup.publish, name="publish"),
    path("<slug:slug>/preview/", setup.preview, name="preview"),
    path("<slug:slug>/policy/", policy.policy, name="policy"),
    path("invitations/<str:token>/", invitations.accept_invitation, name="accept_invitation"),
    path("<slug:slug>/team/<uuid:staff_id>/invitation/", invitations.invite, name="invite"),
    path("<slug:slug>/team/<uuid:staff_id>/invitation/again/", invitations.invite_again, name="invite_again"),
    path("<slug:slug>/team/<uuid:staff_id>/invitation/withdraw/", invitations.invite_withdraw, name="invite_withdraw"),
]
