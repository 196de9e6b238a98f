"""The calendar's addresses under /manage/; beautydrop/urls.py gives them the namespace `manage`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from beautydrop.bookings.manage import agenda, blocks, closures, day, entry, hours, move, panel, week, why


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
    path("<slug:slug>/closures/new/", closures.closure_new, name="closure_new"),
    path("<slug:slug>/closures/<uuid:exception_id>/", closures.closure, name="closure"),
]
