"""Why somebody is not let in. The reasons are words for logs and tests; pages have sentences of their own."""


class TokenRefused(Exception):
    """The token proves nothing. `reason` is one short word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PersonRefused(TokenRefused):
    """The token is good, but its person has no account here: `closed`, `session_ended`, `no_verified_email`,
    `email_taken`, `signs_in_with_password`, or `unavailable` when Clerk cannot be asked just now."""


class ClerkUnavailable(Exception):
    """Clerk did not answer, or with an error of its own. Never holds a key or a token."""
