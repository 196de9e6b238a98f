from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "beautydrop.notifications"

    def ready(self) -> None:
        from beautydrop.notifications import adapter  # noqa: F401  (registers the account mails)
