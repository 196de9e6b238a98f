"""/api/v1/auth/: registering, the site's session, and the person themselves."""

from typing import Any

from django.contrib import auth as site
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from beautydrop.accounts import actions
from beautydrop.accounts.clerk import sessions
from beautydrop.accounts.clerk.tokens import Claims
from beautydrop.accounts.forms import clean_phone
from beautydrop.accounts.models import Client, Customer, Role, User
from beautydrop.api.access import signed_in
from beautydrop.api.fields import Choice, Input, Text
from beautydrop.api.schema import problems


class ClientSerializer(serializers.ModelSerializer[Client]):
    """The owning side of a person."""

    clerk_user_id = serializers.CharField(source="user.clerk_user_id", allow_null=True, read_only=True)

    class Meta:
        model = Client
        fields = ["id", "clerk_user_id", "business_name", "phone", "created_at", "updated_at"]
        read_only_fields = fields


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    """The booking side of a person."""

    clerk_user_id = serializers.CharField(source="user.clerk_user_id", allow_null=True, read_only=True)

    class Meta:
        model = Customer
        fields = ["id", "clerk_user_id", "phone", "created_at", "updated_at"]
        read_only_fields = fields


class UserSerializer(serializers.ModelSerializer[User]):
    """A person. `client` and `customer` are the sides they have."""

    client = ClientSerializer(allow_null=True, read_only=True)
    customer = CustomerSerializer(allow_null=True, read_only=True)
    plan = serializers.SerializerMethodField(help_text="The plan they subscribed to; null while there are none.")

    class Meta:
        model = User
        fields = [
            "clerk_user_id",
            "email",
            "first_name",
            "last_name",
            "role",
            "is_active",
            "email_verified",
            "created_at",
            "client",
            "customer",
            "plan",
        ]
        read_only_fields = fields

    def get_plan(self, user: User) -> str | None:
        return None


class ProfileSerializer(Input):
    """What a person says about themselves; what is left out stays as it is."""

    first_name = Text(max_length=80, required=False)
    last_name = Text(max_length=80, required=False, allow_blank=True)
    phone = Text(
        max_length=32, required=False, allow_blank=True, help_text="With its country code: +49 30 5550123. Empty: none."
    )

    def validate_phone(self, value: str) -> str:
        return clean_phone(value)


class RegistrationSerializer(ProfileSerializer):
    """How a person wants to begin."""

    role = Choice(choices=[Role.CUSTOMER.value, Role.CLIENT.value], help_text="client: owns salons. customer: books.")
    business_name = Text(max_length=120, required=False, help_text="Of a client; the person's name when left out.")


@signed_in
@extend_schema(
    summary="Register as a customer or a client",
    description="201 the first time. 200 later: then only a side that is missing is made, nothing else changes.",
    request=RegistrationSerializer,
    responses={201: UserSerializer, 200: UserSerializer, **problems(400, 401, 403, 413, 415, 429, 503)},
)
@api_view(["POST"])
def register(request: Request) -> Response:
    given = _read(RegistrationSerializer, request)
    is_new = actions.begin_as(user=_person(request), now=timezone.now(), **given)
    return _the_person(request, status=201 if is_new else 200)


@signed_in
@extend_schema(
    summary="Open a session of the site",
    description="Answers with the session's cookie, so that the person is signed in on the site's pages too.",
    request=None,
    responses={200: UserSerializer, **problems(401, 403, 429, 503)},
)
@api_view(["POST"])
def login(request: Request) -> Response:
    match request.auth:
        case Claims(sid=""):  # without a session at Clerk that the site's could be bound to
            site.login(request._request, _person(request), backend="django.contrib.auth.backends.ModelBackend")
        case Claims() as claims:
            sessions.open_session(request._request, claims, now=timezone.now())
    return _the_person(request)


@signed_in
@extend_schema(
    summary="End the session of the site",
    description="The session whose cookie is sent, when it is this person's. A token goes on until it runs out.",
    request=None,
    responses={204: None, **problems(401, 403, 429, 503)},
)
@api_view(["POST"])
def logout(request: Request) -> Response:
    if request.auth is None:
        sessions.sign_out(request._request, now=timezone.now())
    elif site.get_user(request._request) == _person(request):
        site.logout(request._request)
    return Response(status=204)


@signed_in
@extend_schema(summary="Who am I", responses={200: UserSerializer, **problems(401, 403, 429, 503)})
@api_view(["GET", "HEAD"])
def me(request: Request) -> Response:
    return _the_person(request)


@signed_in
@extend_schema(
    summary="Change the own profile",
    request=ProfileSerializer,
    responses={200: UserSerializer, **problems(400, 401, 403, 413, 415, 429, 503)},
)
@api_view(["PUT"])
def profile(request: Request) -> Response:
    actions.update_profile(user=_person(request), **_read(ProfileSerializer, request))
    return _the_person(request)


def _person(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


def _read(shape: type[Input], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _the_person(request: Request, *, status: int = 200) -> Response:
    user = User.objects.select_related("client", "customer").get(pk=_person(request).pk)
    return Response(UserSerializer(user).data, status=status)


urlpatterns = [
    path("register/", register, name="register"),
    path("login/", login, name="login"),
    path("logout/", logout, name="logout"),
    path("me/", me, name="me"),
    path("profile/", profile, name="profile"),
]
