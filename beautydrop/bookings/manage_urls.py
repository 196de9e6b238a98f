"""The calendar's addresses under /manage/; beautydrop/urls.py gives them the namespace `manage`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from beautydrop.bookings.manage import (
    agenda,
    blocks,
    clients,
    clients_data,
    clients_import,
    clients_page,
    closures,
    day,
    entry,
    hours,
    messages,
    move,
    panel,
    week,
    why,
)


class ActConverter(StringConverter):
    """One of the acts that the panel offers; other words after a booking's address are pages of their own."""

    regex = "|".join(panel.ACTS)


register_converter(ActConverter, "booking_act")

urlpatterns = [
    path("<slug:slug>/day/", day.day, name="day"),
    path("<slug:slug>/week/", week.week, name="week"),
    path("<slug:slug>/agenda/", agenda.agenda, name="agenda"),
    path("<slug:slug>/bookings/new/", entry.new_booking, name="new_booking"),
    path("<slug:slug>/blocks/new/", blocks.block_new, name="block_new"),
    path("<slug:slug>/blocks/<uuid:block_id>/", blocks.block, name="block"),
    path("<slug:slug>/why/", why.why_not, name="why_not"),
    path("<slug:slug>/bookings/<uuid:booking_id>/move/", move.booking_move, name="booking_move"),
    path("<slug:slug>/bookings/<uuid:booking_id>/", panel.booking, name="booking"),
    path("<slug:slug>/bookings/<uuid:booking_id>/<booking_act:act>/", panel.booking_act, name="booking_act"),
    path("<slug:slug>/hours/", hours.hours, name="hours"),
    path("<slug:slug>/team/<uuid:staff_id>/hours/", hours.person_hours, name="person_hours"),
    path("<slug:slug>/messages/", messages.messages, name="messages"),
    path("<slug:slug>/messages/sms/", messages.messages_sms, name="messages_sms"),
    path("<slug:slug>/messages/<str:kind>/", messages.message_mail, name="message_mail"),
    path("<slug:slug>/closures/new/", closures.closure_new, name="closure_new"),
    path("<slug:slug>/closures/<uuid:exception_id>/", closures.closure, name="closure"),
    path("<slug:slug>/clients/", clients.clients, name="clients"),
    path("<slug:slug>/clients/new/", clients.client_new, name="client_new"),
    path("<slug:slug>/clients/import/", clients_import.clients_import, name="clients_import"),
    path("<slug:slug>/clients/export/", clients_data.clients_export, name="clients_export"),
    path("<slug:slug>/clients/<uuid:client_id>/", clients_page.client, name="client"),
    path("<slug:slug>/clients/<uuid:client_id>/edit/", clients.client_edit, name="client_edit"),
    path("<slug:slug>/clients/<uuid:client_id>/merge/", clients_data.client_merge, name="client_merge"),
    path("<slug:slug>/clients/<uuid:client_id>/export/", clients_data.client_export, name="client_export"),
    path("<slug:slug>/clients/<uuid:client_id>/erase/", clients_data.client_erase, name="client_erase"),
]
