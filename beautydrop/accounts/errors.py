"""What can't be done with an account, said to the person."""

from beautydrop.accounts.own_data import Obstacle


class AccountError(Exception):
    """`code` for the program, `message` for the person; `obstacles` when they stand in the way."""

    def __init__(self, code: str, message: str, obstacles: list[Obstacle] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.obstacles = obstacles or []
