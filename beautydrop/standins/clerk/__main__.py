"""`python -m beautydrop.standins.clerk --port 8003 --site http://localhost:8002`: the stand-in by itself.

It prints the environment that the site has to be started with, unless the keys were in its own environment already.
"""

import argparse
import contextlib
import os

from beautydrop.standins.clerk.server import ClerkStandIn

# Somebody new who books, somebody new with a salon, and somebody who has an account of the demo already.
PEOPLE = [
    ("user_demo_customer", "clerk-customer@demo.example", "Carla", "Clerk"),
    ("user_demo_owner", "clerk-owner@demo.example", "Olga", "Clerk"),
    ("user_demo_linked", "customer@demo.example", "Clara", "Neumann"),
]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m beautydrop.standins.clerk", description="A stand-in of Clerk.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8003)
    parser.add_argument("--site", default="http://localhost:8002", help="the site's origin")
    chosen = parser.parse_args()
    stand_in = ClerkStandIn(
        site=chosen.site,
        host=chosen.host,
        port=chosen.port,
        secret_key=os.environ.get("CLERK_SECRET_KEY", ""),
        webhook_secret=os.environ.get("CLERK_WEBHOOK_SECRET", ""),
    )
    stand_in.faults.hold_webhooks = True  # nobody has to hear of the people who were always there
    for user_id, email, first_name, last_name in PEOPLE:
        stand_in.state.add_person(email, first_name, last_name, user_id=user_id)
    stand_in.hooks.held.clear()
    stand_in.faults.hold_webhooks = False
    if "CLERK_SECRET_KEY" not in os.environ:
        for name, value in stand_in.environment().items():
            print(f"{name}={value}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        stand_in.serve_forever()


if __name__ == "__main__":
    main()
