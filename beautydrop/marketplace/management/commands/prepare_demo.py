"""`manage.py prepare_demo`: the database up to date, and a marketplace in it if it has none; `make demo` calls it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from beautydrop.shops.models import Shop


class Command(BaseCommand):
    help = "Bring the database up to date and fill an empty marketplace. Data that is there is kept."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shops", type=int, default=24, help="salons to make in an empty marketplace")
        parser.add_argument("--seed", type=int, default=1, help="another number, other salons")

    def handle(self, *args: Any, shops: int, seed: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo signs in with known passwords, so its data is made with DEBUG=true only.")
        self.stdout.write("Bringing the database up to date …")
        call_command("prepare", verbosity=0)
        if not Shop.objects.exists():
            self.stdout.write(f"Making {shops} salons with staff, services and appointments …")
            call_command("create_demo", shops=shops, seed=seed, stdout=self.stdout)
