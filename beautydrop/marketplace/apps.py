from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "beautydrop.marketplace"

    def ready(self) -> None:
        from beautydrop.marketplace import emails, held  # noqa: F401  (register its kinds of message, a person's part)
