from django.apps import AppConfig


class ShopsConfig(AppConfig):
    name = "beautydrop.shops"

    def ready(self) -> None:
        from beautydrop.shops import held  # noqa: F401  (registers what this app holds about a person)
