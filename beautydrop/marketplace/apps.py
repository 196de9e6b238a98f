from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "beautydrop.marketplace"

    def ready(self) -> None:
        from beautydrop.marketplace import emails  # noqa: F401  (registers its kinds of message)
