"""`manage.py vapid_keys`: a new pair of keys for web push, as the settings take them."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print a new pair of keys for web push. With other keys than before, browsers have to be asked anew."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        private = key.private_numbers().private_value.to_bytes(32)
        self.stdout.write(f"VAPID_PUBLIC_KEY={_text(public)}")
        self.stdout.write(f"VAPID_PRIVATE_KEY={_text(private)}")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
