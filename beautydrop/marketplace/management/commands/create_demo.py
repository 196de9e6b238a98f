"""`manage.py create_demo`: fill an empty marketplace with salons, people and appointments."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from beautydrop.accounts.models import User
from beautydrop.demo import PASSWORD, SIGN_INS
from beautydrop.marketplace.demo.build import build
from beautydrop.marketplace.demo.cast import DOMAIN
from beautydrop.marketplace.demo.plan import ShopPlan
from beautydrop.shops.models import Shop

MOST_SHOPS = 500


class Command(BaseCommand):
    help = "Fill an empty marketplace with made-up salons, people and appointments on several continents."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shops", type=int, default=24, help=f"how many salons, 1 to {MOST_SHOPS} (default 24)")
        parser.add_argument("--seed", type=int, default=1, help="the same number, the same salons (default 1)")
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            default=None,
            metavar="YYYY-MM-DD",
            help="the day around which the appointments lie (default: the real one)",
        )

    def handle(self, *args: Any, shops: int, seed: int, today: date | None, **options: Any) -> None:
        if not (settings.DEBUG or settings.ALLOW_PLAIN_HTTP):
            raise CommandError("The demo's people sign in with known passwords, so it is made with DEBUG=true only.")
        if not 1 <= shops <= MOST_SHOPS:
            raise CommandError(f"--shops: expected a number from 1 to {MOST_SHOPS}, got {shops}.")
        if seed < 1:
            raise CommandError(f"--seed: expected a number from 1, got {seed}.")
        if Shop.objects.exists() or User.objects.filter(email__endswith=f"@{DOMAIN}").exists():
            raise CommandError(
                "This marketplace already has shops or people of the demo. Demo data goes into an empty one only: "
                "use another database, or empty this one with `manage.py flush`."
            )
        began = time.monotonic()

        def progress(done: int, plan: ShopPlan, appointments: int) -> None:
            self.stdout.write(f"  {done:>3}/{shops}  {plan.salon.name}, {plan.city.name}: {appointments} appointments")
            self.stdout.flush()

        made = build(count=shops, seed=seed, today=today or timezone.now().date(), password=PASSWORD, progress=progress)
        self.stdout.write(
            f"Made {made['shops']} salons, {made['staff']} staff, {made['services']} services and "
            f"{made['appointments']} appointments in {time.monotonic() - began:.0f} s."
        )
        if made["refused"]:
            self.stdout.write(f"{made['refused']} appointments were left out, because the rules refused them.")
        self.stdout.write(f"Sign in with {', '.join(email for email, _words in SIGN_INS)}; password {PASSWORD}.")
