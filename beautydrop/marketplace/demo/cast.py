"""Who signs in: the four people of the welcome, other owners, and a few customers with an account.

A password costs a third of a second to keep, by design, so there are few of them.
"""

from dataclasses import dataclass

from beautydrop.accounts import actions
from beautydrop.accounts.models import Client, Customer, Role, User
from beautydrop.marketplace.demo.people import address_of

DOMAIN = "demo.example"

# Whose salons in which cities; the business, then the person.
_OWNERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Spreeufer Salons", "Henrike", "Falk", ("berlin",)),
    ("Maison Serra", "Céline", "Serra", ("paris", "barcelona", "london")),
    ("Avenue B Beauty", "Carmen", "Delgado", ("new-york", "los-angeles", "sao-paulo")),
    ("Baobab Beauty Houses", "Zawadi", "Mutua", ("nairobi", "lagos")),
    ("Southern Sky Salons", "Emi", "Fletcher", ("mumbai", "tokyo", "sydney")),
)
# Customers with an account, and where they book.
_CUSTOMERS: tuple[tuple[str, str, str], ...] = (
    ("Jonas", "Reuter", "berlin"),
    ("Leyla", "Arslan", "berlin"),
    ("Eli", "Feldman", "new-york"),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """`owners` and `customers` by the key of a city."""

    clara: Customer
    owner: Client
    stylist: User
    owners: dict[str, Client]
    customers: dict[str, list[Customer]]


def sign_up(cities: set[str], *, password: str) -> Cast:
    """All who sign in, with `password` and a verified address. Owners and customers: of `cities` only."""

    def person(name: str, first: str, last: str, role: str, business: str = "") -> User:
        return actions.register(
            email=f"{name}@{DOMAIN}",
            password=password,
            first_name=first,
            last_name=last,
            role=role,
            language="en",
            is_verified=True,
            business_name=business,
        )

    admin = person("admin", "Robin", "Amtmann", Role.ADMIN)
    admin.is_staff = admin.is_superuser = True
    admin.save(update_fields=["is_staff", "is_superuser"])
    clara = person("customer", "Clara", "Neumann", Role.CUSTOMER)
    owner = person("owner", "Nora", "Lindqvist", Role.CLIENT, "Nordlicht Studios")
    stylist = person("stylist", "Mina", "Haddad", Role.STAFF)
    owners = {}
    for business, first, last, where in _OWNERS:
        if cities.isdisjoint(where):
            continue
        other = person(address_of(first, last), first, last, Role.CLIENT, business)
        owners.update(dict.fromkeys(where, other.client))
    customers: dict[str, list[Customer]] = {}
    for first, last, city in _CUSTOMERS:
        if city in cities:
            someone = person(address_of(first, last), first, last, Role.CUSTOMER)
            customers.setdefault(city, []).append(someone.customer)
    return Cast(clara.customer, owner.client, stylist, owners, customers)
