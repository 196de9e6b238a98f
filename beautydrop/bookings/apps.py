from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "beautydrop.bookings"

    def ready(self) -> None:
        from beautydrop.bookings import held, messages  # noqa: F401  (register a person's part, kinds of message)
