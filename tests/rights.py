"""Who may open which address by which method: the one table. tests/test_rights.py drives it, docs/rights.md says it.

To add an address, put its full name ("bookings:show") into ADDRESSES: below the marker that its view carries, beside
the methods that it takes. Give tests/test_rights.py a value for a parameter that is new there. Only what answers
otherwise than its marker says needs a line in EXCEPTIONS.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What a person finds at an address."""

    OPEN = "open"  # the view does its work, or says what is wrong with what was sent
    SIGN_IN = "sign in"  # sent to the sign-in page, to come back
    ADMIN_SIGN_IN = "admin sign in"  # the same at the admin's own
    UNKNOWN = "404"
    FORBIDDEN = "403"
    NO_METHOD = "405"
    NOT_SAID_WHO = "401"


OPEN, SIGN_IN, ADMIN_SIGN_IN, UNKNOWN, FORBIDDEN, NO_METHOD, NOT_SAID_WHO = Answer

# Where a redirect counts as "sign in first".
SIGN_IN_PAGES = {"/account/login/": SIGN_IN, "/admin/login/": ADMIN_SIGN_IN}

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Everybody there is. The salon of the address is the first one: its owner, a manager, and the person whose bookings,
# blocks and time off stand in the addresses.
ROLES = (
    "stranger",
    "unverified",  # signed in, the e-mail address never proved
    "customer",  # of the booking
    "other customer",
    "staff",
    "other staff",  # of another salon
    "manager",
    "owner",
    "other owner",
    "helper",  # may use the admin, with no right in it
    "admin",  # the superuser
)

_EVERYBODY = dict.fromkeys(ROLES, OPEN)
# Those without a relation to the salon are not told that the address exists; no role of the site opens it.
_AT_SHOP = dict.fromkeys(ROLES, UNKNOWN) | {"stranger": SIGN_IN}

DOORS: dict[str, dict[str, Answer]] = {
    "public": _EVERYBODY,
    "by_token": _EVERYBODY,  # whoever has the link; no standing opens it without
    "signed_in": _EVERYBODY | {"stranger": SIGN_IN},
    # And asked for the password or the second factor anew after five minutes: tests/test_rights.py tries that too.
    "signed_in_anew": _EVERYBODY | {"stranger": SIGN_IN},
    "administrator": dict.fromkeys(ROLES, FORBIDDEN) | {"stranger": SIGN_IN, "helper": OPEN, "admin": OPEN},
    "shop:staff": _AT_SHOP | {"staff": OPEN, "manager": OPEN, "owner": OPEN},
    "shop:manager": _AT_SHOP | {"staff": FORBIDDEN, "manager": OPEN, "owner": OPEN},
    "shop:owner": _AT_SHOP | {"staff": FORBIDDEN, "manager": FORBIDDEN, "owner": OPEN},
    # The API's markers have the same names and refuse in its own way.
    "api public": _EVERYBODY,
    "api signed_in": _EVERYBODY | {"stranger": NOT_SAID_WHO},
    # Django's and allauth's views carry no marker: they are named here.
    "allauth public": _EVERYBODY,
    "allauth signed_in": _EVERYBODY | {"stranger": SIGN_IN},
    "admin": dict.fromkeys(ROLES, ADMIN_SIGN_IN) | {"helper": OPEN, "admin": OPEN},
}

# Their views ask for the method before they ask who it is: nobody gives a password to be told 405.
METHOD_FIRST = {"signed_in_anew", "administrator"}

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
WRITE = ("POST",)
# Django's class-based views answer OPTIONS, and those of a form take PUT for POST.
_READ_VIEW = (*READ, "OPTIONS")
_POST_VIEW = (*FORM, "OPTIONS")
_FORM_VIEW = (*FORM, "PUT", "OPTIONS")

ADDRESSES: dict[str, dict[tuple[str, ...], list[str]]] = {
    "public": {
        READ: [
            "marketplace:home",
            "marketplace:search",
            "marketplace:shop",
            "marketplace:page",
            "bookings:when",
            "shops:picture",
            "accounts:clerk_start",
            "accounts:clerk_done",
            "healthz",
            "readyz",
            "robots",
            "push_worker",
            # Whoever is not signed in has no bell: an empty answer.
            "notifications:bell",
            "notifications:newer",
            # With DEBUG only.
            "styleguide",
            "demo:mailbox",
            "demo:mail",
            "demo:mail_html",
        ],
        FORM: [
            "marketplace:contact",
            "bookings:details",
            "notifications:stop",
            "accounts:change_email",  # the key is in the mail
            "manage:start",
            "manage:accept_invitation",
        ],
        WRITE: [
            "accounts:preferences",
            "accounts:stop_looking",
            # What calls them proves itself by a signature or a secret.
            "accounts:clerk_webhooks",
            "notifications:mail_events",
        ],
    },
    "by_token": {
        READ: [
            "bookings:show",
            "bookings:calendar",
        ],
        FORM: [
            "bookings:confirm",
            "bookings:change",
            "bookings:cancel",
            "bookings:change_address",
        ],
        WRITE: [
            "bookings:resend",
            "bookings:make_account",
        ],
    },
    "signed_in": {
        READ: [
            "bookings:mine",
            "marketplace:favourites",
            "manage:home",
            "accounts:index",
            "accounts:sessions",
            "notifications:centre",
        ],
        FORM: [
            "accounts:profile",
            "accounts:welcome",
            "manage:new_shop",
            "notifications:preferences",
        ],
        WRITE: [
            "marketplace:toggle_favourite",
            "accounts:take_back_email",
            "accounts:end_session",
            "accounts:end_others",
            "notifications:open_line",
            "notifications:read_all",
            "notifications:device_new",
            "notifications:device_remove",
        ],
    },
    "signed_in_anew": {
        READ: [
            "accounts:data",
            "accounts:data_file",
        ],
        FORM: [
            "accounts:email",
            "accounts:delete",
        ],
        WRITE: [
            "accounts:clear",
        ],
    },
    "administrator": {
        READ: [
            "accounts:admin_door",
        ],
        FORM: [
            "admin:login",  # leads to the site's own sign-in
        ],
    },
    "shop:staff": {
        READ: [
            "manage:shop",
            "manage:day",
            "manage:week",
            "manage:agenda",
            "manage:why_not",
            "manage:booking",
            "manage:team",
        ],
        FORM: [
            "manage:new_booking",
            "manage:booking_move",
            "manage:block_new",
            "manage:block",
            "manage:closure_new",
            "manage:closure",
            "manage:person_hours",
        ],
        WRITE: [
            "manage:booking_act",
        ],
    },
    "shop:manager": {
        READ: [
            "manage:services",
            "manage:clients",
            "manage:client",
            "manage:client_export",
            "manage:clients_export",
            "manage:figures",
        ],
        FORM: [
            "manage:hours",
            "manage:service_new",
            "manage:service",
            "manage:service_delete",
            "manage:person_new",
            "manage:person",
            "manage:person_leave",
            "manage:person_disconnect",
            "manage:invite",
            "manage:client_new",
            "manage:client_edit",
            "manage:client_merge",
            "manage:client_erase",
            "manage:clients_import",
        ],
        WRITE: [
            "manage:section_move",
            "manage:service_move",
            "manage:service_active",
            "manage:person_move",
            "manage:person_return",
            "manage:invite_again",
            "manage:invite_withdraw",
        ],
    },
    "shop:owner": {
        READ: [
            "manage:setup",
            "manage:preview",
            "manage:messages",
            "manage:message_mail",
        ],
        FORM: [
            "manage:settings",
            "manage:policy",
            "manage:publish",
            "manage:pictures",
            "manage:picture_remove",
        ],
        WRITE: [
            "manage:take_menu",
            "manage:messages_sms",
            "manage:picture_describe",
            "manage:picture_move",
        ],
    },
    "api public": {
        READ: [
            "api:schema",
            "api:docs",
        ],
        METHODS: [
            "api:nothing_here",
        ],
    },
    "api signed_in": {
        (*READ, "OPTIONS"): [
            "api:auth:me",
        ],
        ("POST", "OPTIONS"): [
            "api:auth:register",
            "api:auth:login",
            "api:auth:logout",
        ],
        ("PUT", "OPTIONS"): [
            "api:auth:profile",
        ],
    },
    "allauth public": {
        _FORM_VIEW: [
            "account_login",
            "account_signup",
            "account_reset_password",
        ],
        _POST_VIEW: [
            "account_logout",
            "account_confirm_email",
        ],
        _READ_VIEW: [
            "account_inactive",
            "account_email_verification_sent",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
        ],
        METHODS: [
            "account_confirm_login_code",
            "mfa_authenticate",
            "mfa_login_webauthn",
            "account_reset_password_from_key",
        ],
    },
    "allauth signed_in": {
        _FORM_VIEW: [
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_generate_recovery_codes",
            "mfa_add_webauthn",
            "mfa_edit_webauthn",
            "account_email",
            "account_reauthenticate",
            "account_change_password",
        ],
        (*FORM, "DELETE", "OPTIONS"): [
            "mfa_remove_webauthn",
        ],
        _READ_VIEW: [
            "mfa_index",
            "mfa_download_recovery_codes",
            "mfa_view_recovery_codes",
            "mfa_list_webauthn",
        ],
        METHODS: [
            "account_set_password",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
        ],
    },
    # The admin's own pages; those of the models are in MODELS.
    "admin": {
        _READ_VIEW: [
            "admin:jsi18n",
            "admin:password_change_done",
            "admin:autocomplete",
        ],
        _FORM_VIEW: [
            "admin:password_change",
        ],
        ("POST", "OPTIONS"): [
            "admin:logout",
        ],
        METHODS: [
            "admin:index",
            "admin:app_list",
            "admin:auth_user_password_change",
            "admin:view_on_site",
            "admin/<url>",
        ],
    },
}

# What the superuser may do with the rows of each model in the admin, besides looking; nobody else may do anything.
# What is history is never rewritten.
MODELS: dict[str, str] = {
    "jobs.JobRun": "",
    "auth.Group": "add change delete",
    "accounts.ClerkEvent": "",
    "accounts.ClerkPerson": "",
    "accounts.ClerkSession": "",
    "accounts.User": "add change delete",
    "accounts.LookAs": "",
    "accounts.AuditEvent": "",
    "accounts.EmailChange": "",
    "accounts.OpenSession": "",
    "mfa.Authenticator": "delete",  # a lost second factor is taken away here
    "accounts.Client": "add change delete",
    "accounts.Customer": "add change delete",
    "shops.Shop": "add change delete",
    "shops.Service": "add change delete",
    "shops.StaffMember": "add change delete",
    "shops.StaffServiceAssignment": "change delete",
    "shops.ShopPicture": "change delete",
    "shops.StaffInvitation": "",
    "scheduling.Schedule": "add change delete",
    "scheduling.ScheduleException": "add change delete",
    "scheduling.TimeSlot": "add delete",  # blocked time only
    "notifications.OutboxMessage": "",
    "notifications.Suppression": "delete",
    "notifications.Notification": "",
    "notifications.Preference": "",
    "notifications.Reach": "",
    "notifications.PushSubscription": "",
    "notifications.MailboxMessage": "",
    "bookings.Booking": "",
    "bookings.BookingEvent": "",
    "bookings.KeptBooking": "",
    "bookings.ShopClient": "",
    "bookings.ClientImport": "",
    "marketplace.Favourite": "add change delete",
    "marketplace.ContactMessage": "delete",
    "account.EmailAddress": "add change delete",
}


@dataclass(frozen=True)
class Unlike:
    """Answers otherwise than its marker and its methods say. `why` is for the reader."""

    name: str
    answer: Answer
    why: str
    roles: Collection[str] = ROLES
    methods: Collection[str] = METHODS


_ELSEWHERE = "Clerk is off here; with it on they are tried in tests/accounts/clerk"
_SIGNED_IN = tuple(role for role in ROLES if role != "stranger")
_OTHERS = tuple(role for role in _SIGNED_IN if role != "customer")
_NOT_IN_ADMIN = tuple(role for role in ROLES if role not in {"helper", "admin"})

EXCEPTIONS: list[Unlike] = [
    Unlike("accounts:clerk_start", UNKNOWN, _ELSEWHERE, methods=READ),
    Unlike("accounts:clerk_done", UNKNOWN, _ELSEWHERE, methods=READ),
    Unlike("accounts:clerk_webhooks", UNKNOWN, _ELSEWHERE, methods=WRITE),
    Unlike("accounts:end_session", UNKNOWN, "the customer's own", _OTHERS, WRITE),
    Unlike("notifications:open_line", UNKNOWN, "the customer's own", _OTHERS, WRITE),
    Unlike("notifications:device_remove", UNKNOWN, "the customer's own", _OTHERS, WRITE),
    Unlike("mfa_edit_webauthn", UNKNOWN, "somebody else's", _SIGNED_IN, (*FORM, "PUT")),
    Unlike("mfa_remove_webauthn", UNKNOWN, "somebody else's", _SIGNED_IN, (*FORM, "DELETE")),
    Unlike(
        "mfa_reauthenticate", NO_METHOD, "others are led on: they have no factor", ("customer",), ("PATCH", "DELETE")
    ),
    Unlike("mfa_deactivate_totp", UNKNOWN, "only the customer has an app", _OTHERS),
    Unlike("mfa_view_recovery_codes", UNKNOWN, "only the customer has codes", _OTHERS, READ),
    Unlike("mfa_download_recovery_codes", UNKNOWN, "only the customer has codes", _OTHERS),
    Unlike("mfa_activate_totp", OPEN, "led on: no proved address, or one is active", ("unverified", "customer")),
    Unlike("mfa_add_webauthn", OPEN, "led on: no proved address", ("unverified",)),
    Unlike("mfa_authenticate", SIGN_IN, "the password comes first", ("stranger",)),
    Unlike("mfa_login_webauthn", SIGN_IN, "without a passkey's answer", ("stranger",), (*FORM, "PUT")),
    Unlike("mfa_login_webauthn", NO_METHOD, "without a passkey's answer", ("stranger",), ("PATCH", "DELETE")),
    Unlike("api:nothing_here", UNKNOWN, "whatever else is asked of the API"),
    Unlike("manage:person_hours", FORBIDDEN, "one reads one's hours, a manager changes them", ("staff",), WRITE),
    Unlike("manage:client_merge", UNKNOWN, "the other client is named in the form", ("manager", "owner"), WRITE),
    Unlike("account_login", OPEN, "led on, whatever the method", _SIGNED_IN),
    Unlike("account_signup", OPEN, "led on, whatever the method", _SIGNED_IN),
    Unlike("account_confirm_email", UNKNOWN, "the key is none; its page says so", methods=WRITE),
    Unlike("account_confirm_login_code", SIGN_IN, "no code was sent", ("stranger",)),
    Unlike("admin:logout", OPEN, "led to the admin's first page, and from there to its sign-in", _NOT_IN_ADMIN),
    Unlike("admin:app_list", UNKNOWN, "no app to be seen without a right", ("helper",)),
    Unlike("admin:autocomplete", FORBIDDEN, "names a field of a model", ("helper", "admin"), READ),
    Unlike("admin:auth_user_password_change", FORBIDDEN, "changes people", ("helper",)),
    Unlike("admin:view_on_site", UNKNOWN, "salons name no page of their own", ("helper", "admin")),
    Unlike("admin/<url>", UNKNOWN, "nothing else is there", ("helper", "admin")),
]

# What is shown once is noted as seen; no other look writes anything.
NOTED_WHEN_SEEN = ["mfa_view_recovery_codes", "mfa_download_recovery_codes"]

# Addresses with something of one person in them: at level `shop:staff` they open one's own, a colleague's is 403.
OF_A_COLLEAGUE = [
    "manage:booking",
    "manage:booking_act",
    "manage:booking_move",
    "manage:block",
    "manage:closure",
    "manage:person_hours",
]

# A manager's place in the team is the owner's to change: 403 for managers, themselves included.
OF_A_MANAGER = [
    "manage:person_leave",
    "manage:person_return",
    "manage:person_disconnect",
]


@dataclass(frozen=True)
class Row:
    """Where an address stands in the table."""

    door: str
    methods: tuple[str, ...]


TABLE = {
    name: Row(door, methods)
    for door, groups in ADDRESSES.items()
    for methods, names in groups.items()
    for name in names
}


def expected(name: str, role: str, method: str) -> Answer:
    """What `role` finds at the address of that name. KeyError: it is not in the table."""
    row = TABLE[name]
    for one in EXCEPTIONS:
        if one.name == name and role in one.roles and method in one.methods:
            return one.answer
    door = DOORS[row.door][role]
    if row.door in METHOD_FIRST and method not in row.methods:
        return NO_METHOD
    if door is not OPEN:
        return door
    return OPEN if method in row.methods else NO_METHOD


def expected_of_model(label: str, page: str, role: str, method: str, *, is_there: bool) -> Answer:
    """The same for the admin's page `page` of a model: changelist, add, change, delete, history, or object.

    `is_there`: the row that the address names. Without it, Django leads back to the first page.
    """
    door = DOORS["admin"][role]
    if door is not OPEN:
        return door
    if page == "object" or (page == "history" and not is_there):  # the first leads on to its form
        return OPEN
    if role != "admin":
        return FORBIDDEN
    may = MODELS[label].split()
    if page in {"add", "delete"}:
        return OPEN if page in may else FORBIDDEN
    if page == "change" and method == "POST" and is_there:
        return OPEN if "change" in may else FORBIDDEN
    return OPEN
