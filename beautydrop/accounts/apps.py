from django.apps import AppConfig
from django.contrib.admin import apps


class AccountsConfig(AppConfig):
    name = "beautydrop.accounts"
    default = True

    def ready(self) -> None:
        from beautydrop.accounts import (
            held,  # noqa: F401  (registers what this app holds about a person)
            sign_ins,
        )
        from beautydrop.accounts.clerk import held as clerk_held  # noqa: F401  (and what came from Clerk)

        sign_ins.listen()


class AdminConfig(apps.AdminConfig):
    """Django's admin behind our door."""

    default_site = "beautydrop.accounts.admin_site.Site"
