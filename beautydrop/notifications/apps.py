from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "beautydrop.notifications"

    def ready(self) -> None:
        from beautydrop.notifications import adapter, held, mail_events  # noqa: F401  (kinds, and what comes back)
