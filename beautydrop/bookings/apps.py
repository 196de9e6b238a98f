from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "beautydrop.bookings"

    def ready(self) -> None:
        from beautydrop.bookings import messages  # noqa: F401  (registers its kinds of message)
