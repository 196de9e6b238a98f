"""What must not stand in a log: whoever reads it could open bookings, confirm addresses and set passwords."""

import logging
import re

# The part of an address after one of these is a token or a key.
_SECRET = re.compile(r"(/(?:b|confirm|confirm-email|password/reset/key|invitations)/)[^/\s?]+")


class WithoutTokens(logging.Filter):
    """Django logs the address of each answer of 400 and above; its token is left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = _SECRET.sub(r"\1…", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True
