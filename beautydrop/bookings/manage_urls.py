"""The calendar's addresses under /manage/; beautydrop/urls.py gives them the namespace `manage`."""

from django.urls import path

from beautydrop.bookings.manage import agenda, day, panel, week

urlpatterns = [
    path("<slug:slug>/day/", day.day, name="day"),
    path("<slug:slug>/week/", week.week, name="week"),
    path("<slug:slug>/agenda/", agenda.agenda, name="agenda"),
    # Fixed words (new booking, blocks) stand before the catch-all acts of one booking.
    path("<slug:slug>/bookings/<uuid:booking_id>/", panel.booking, name="booking"),
    path("<slug:slug>/bookings/<uuid:booking_id>/<slug:act>/", panel.booking_act, name="booking_act"),
]
