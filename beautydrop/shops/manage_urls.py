"""Addresses under /manage/ (namespace `manage`)."""

from django.urls import path

from beautydrop.shops import manage_views
from beautydrop.shops.manage import pictures, services, team

urlpatterns = [
    path("", manage_views.home, name="home"),
    path("start/", manage_views.start, name="start"),
    path("shops/new/", manage_views.new_shop, name="new_shop"),
    path("<slug:slug>/", manage_views.shop, name="shop"),
    path("<slug:slug>/settings/", manage_views.settings, name="settings"),
    path("<slug:slug>/services/", services.services, name="services"),
    path("<slug:slug>/services/new/", services.service_new, name="service_new"),
    path("<slug:slug>/services/section/", services.section_move, name="section_move"),
    path("<slug:slug>/services/<uuid:service_id>/", services.service, name="service"),
    path("<slug:slug>/services/<uuid:service_id>/move/", services.service_move, name="service_move"),
    path("<slug:slug>/services/<uuid:service_id>/active/", services.service_active, name="service_active"),
    path("<slug:slug>/services/<uuid:service_id>/delete/", services.service_delete, name="service_delete"),
    path("<slug:slug>/team/", team.team, name="team"),
    path("<slug:slug>/team/new/", team.person_new, name="person_new"),
    path("<slug:slug>/team/<uuid:staff_id>/", team.person, name="person"),
    path("<slug:slug>/team/<uuid:staff_id>/move/", team.person_move, name="person_move"),
    path("<slug:slug>/team/<uuid:staff_id>/leave/", team.person_leave, name="person_leave"),
    path("<slug:slug>/team/<uuid:staff_id>/return/", team.person_return, name="person_return"),
    path("<slug:slug>/team/<uuid:staff_id>/disconnect/", team.person_disconnect, name="person_disconnect"),
    path("<slug:slug>/pictures/", pictures.pictures, name="pictures"),
    path("<slug:slug>/pictures/<uuid:picture_id>/", pictures.picture_describe, name="picture_describe"),
    path("<slug:slug>/pictures/<uuid:picture_id>/move/", pictures.picture_move, name="picture_move"),
    path("<slug:slug>/pictures/<uuid:picture_id>/remove/", pictures.picture_remove, name="picture_remove"),
]
