"""For what the admin shows and nobody rewrites there: history, records, and what belongs to another service."""

from django.http import HttpRequest


class ReadOnly:
    """Neither added, changed nor deleted. Stands before ModelAdmin or an inline."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
