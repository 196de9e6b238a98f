"""Staff join by a link: once, until it runs out, while signed in, and never because an e-mail address matches."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.notifications.models import OutboxMessage
from beautydrop.shops import actions as shops
from beautydrop.shops import invitations
from beautydrop.shops.models import StaffInvitation, StaffMember
from tests.factories import NOW, PASSWORD, World, a_person, a_shop, a_world, an_owner
from tests.pages import Visitor, mailed_link, mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(world: World, name: str, member: StaffMember | None = None) -> str:
    return reverse(f"manage:{name}", args=[world.shop.slug, (member or world.mina).pk])


def _invite(world: World, *, level: str = "staff", member: StaffMember | None = None) -> StaffInvitation:
    return invitations.invite(
        staff_member=member or world.mina, email="mina@example.com", level=level, by=world.client.user, now=NOW
    )


def _page(invitation: StaffInvitation) -> str:
    return reverse("manage:accept_invitation", args=[invitations.token_of(invitation)])


def _accept(invitation: StaffInvitation, user: User, *, after: timedelta = timedelta(0)) -> StaffMember:
    return invitations.accept(token=invitations.token_of(invitation), user=user, now=NOW + after)


# --- The rule ----------------------------------------------------------------------------------------


def test_a_link_works_once_and_links_the_person():
    world = a_world()
    user = a_person("somebody-else@example.com", name="Mina Haddad")
    invitation = _invite(world)
    member = _accept(invitation, user)
    assert (member, member.user, member.is_manager) == (world.mina, user, False)
    invitation.refresh_from_db()
    assert (invitation.accepted_at, invitation.accepted_by) == (NOW, user)
    with pytest.raises(ValidationError, match="has been accepted"):
        _accept(invitation, a_person("replay@example.com"))
    world.mina.refresh_from_db()
    assert world.mina.user == user


def test_only_the_hash_is_kept():
    invitation = _invite(a_world())
    token = invitations.token_of(invitation)
    assert len(token) >= 43
    kept = " ".join(str(value) for value in StaffInvitation.objects.values_list().get())
    assert token not in kept
    assert invitations.find(token) == invitation
    assert invitations.find(invitation.token_hash) is None
    assert invitations.find("") is None


def test_seven_days():
    world = a_world()
    invitation = _invite(world)
    with pytest.raises(ValidationError, match="run out"):
        _accept(invitation, a_person("late@example.com"), after=timedelta(days=7))
    _accept(invitation, a_person("early@example.com"), after=timedelta(days=6, hours=23))


def test_a_new_link_ends_the_old_one():
    world = a_world()
    old = _invite(world)
    new = _invite(world)
    with pytest.raises(ValidationError, match="withdrawn"):
        _accept(old, a_person("old@example.com"))
    assert _accept(new, a_person("new@example.com"))


def test_an_address_that_matches_joins_nobody():
    world = a_world()
    shops.update_staff_member(staff_member=world.mina, email="mina@example.com")
    _invite(world)
    user = a_person("mina@example.com", name="Mina Haddad")
    assert Visitor(user).get(reverse("manage:team", args=[world.shop.slug])).status == 404
    world.mina.refresh_from_db()
    assert world.mina.user is None


def test_nobody_is_two_people_of_one_salon():
    world = a_world()
    user = a_person("mina@example.com")
    _accept(_invite(world), user)
    with pytest.raises(ValidationError, match="already"):
        _accept(_invite(world, member=world.ayla), user)


def test_a_place_that_is_taken_or_gone_can_not_be_accepted():
    world = a_world()
    invitation = _invite(world)
    shops.deactivate_staff_member(staff_member=world.mina, now=NOW)
    with pytest.raises(ValidationError, match="changed this place"):
        _accept(invitation, a_person("mina@example.com"))
    with pytest.raises(ValidationError, match="at present"):
        _invite(world)


def test_the_database_keeps_one_open_invitation():
    world = a_world()
    invitation = _invite(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffInvitation.objects.create(
            staff_member=world.mina, email="x@example.com", token_hash="x", expires_at=NOW, created_at=NOW
        )
    assert invitation.is_open(NOW)


def test_a_salon_sends_so_many_a_day():
    world = a_world()
    for _n in range(invitations.MAX_A_DAY):
        _invite(world)
    with pytest.raises(ValidationError, match="for one day"):
        _invite(world)


# --- Sending -----------------------------------------------------------------------------------------


def test_the_owner_invites_and_sees_the_link_once():
    world = a_world()
    visitor = Visitor(world.client.user)
    page = visitor.submit(
        visitor.get(_url(world, "invite")), "Send the invitation", email="mina@example.com", level="manager"
    )
    invitation = StaffInvitation.objects.get()
    token = invitations.token_of(invitation)
    assert invitation.level == "manager" and invitation.created_by == world.client.user
    assert token in page.html and page.h1 == "Mina Haddad is invited"
    assert token not in visitor.get(_url(world, "invite")).html
    assert mailed_link("mina@example.com", "/invitations/") == _page(invitation)
    message = OutboxMessage.objects.get(kind="staff.invited")
    assert token not in str(message.payload)
    assert "Studio Nord invites you into its team" in mails("mina@example.com")[0].subject


def test_a_mail_that_is_no_longer_true_is_not_sent():
    from beautydrop.marketplace import emails

    world = a_world()
    invitation = _invite(world)
    invitations.revoke(invitation=invitation, now=NOW)
    message = OutboxMessage(kind=emails.INVITED, subject_id=invitation.pk, recipient="mina@example.com", language="de")
    assert emails.load_invitations([message], NOW) == {}


def test_sent_again_and_withdrawn():
    world = a_world()
    visitor = Visitor(world.client.user)
    visitor.post(_url(world, "invite"), {"email": "mina@example.com", "level": "staff"})
    first = StaffInvitation.objects.get()
    visitor.submit(visitor.get(_url(world, "invite")), "Send a new link")
    assert len(mails("mina@example.com")) == 2
    first.refresh_from_db()
    assert first.revoked_at
    visitor.submit(visitor.get(_url(world, "invite")), "Withdraw it")
    assert not StaffInvitation.objects.filter(revoked_at=None).exists()
    assert visitor.post(_url(world, "invite_withdraw")).status == 404


@pytest.mark.parametrize("typed", [{}, {"email": "here", "level": "staff"}, {"email": "a@b.example", "level": "god"}])
def test_what_is_wrong_is_said(typed):
    world = a_world()
    page = Visitor(world.client.user).post(_url(world, "invite"), typed)
    assert page.status == 422 and "There is a problem" in page.text
    assert not StaffInvitation.objects.exists()


def test_a_manager_invites_staff_only():
    world = a_world()
    manager = a_person("manager@example.com")
    shops.update_staff_member(staff_member=world.ayla, user=manager, is_manager=True)
    visitor = Visitor(manager)
    visitor.post(_url(world, "invite"), {"email": "mina@example.com", "level": "manager"})
    assert StaffInvitation.objects.get().level == "staff"
    _invite(world, level="manager")
    for name in ("invite_again", "invite_withdraw"):
        assert visitor.post(_url(world, name)).status == 403, name
    assert not visitor.get(_url(world, "invite")).has_form("Send a new link")


def test_for_whom():
    world = a_world()
    _invite(world)
    stylist = a_person("stylist@example.com")
    shops.update_staff_member(staff_member=world.ayla, user=stylist)
    other = an_owner("other@example.com")
    jo = shops.create_staff_member(shop=a_shop(other, "Other"), name="Jo")
    for name in ("invite", "invite_again", "invite_withdraw"):
        url = _url(world, name)
        assert Visitor().post(url).location.startswith("/account/login/")
        assert Visitor(world.customer.user).post(url).status == 404
        assert Visitor(other.user).post(url).status == 404
        assert Visitor(stylist).post(url).status == 403
        assert Visitor(world.client.user).post(_url(world, name, jo)).status == 404
    for name in ("invite_again", "invite_withdraw"):
        assert Visitor(world.client.user).get(_url(world, name)).status == 405
    assert Visitor(world.client.user).client.delete(_url(world, "invite")).status_code == 405


def test_who_signs_in_already_is_not_invited():
    world = a_world()
    _accept(_invite(world), a_person("mina@example.com"))
    assert Visitor(world.client.user).get(_url(world, "invite")).status == 404


# --- Accepting ---------------------------------------------------------------------------------------


def test_the_link_opens_a_page_and_the_button_accepts():
    world = a_world()
    invitation = _invite(world, level="manager")
    user = a_person("other-address@example.com")
    visitor = Visitor(user)
    page = visitor.get(_page(invitation))
    assert page.status == 200 and "other-address@example.com" in page.text and "mina@example.com" in page.text
    world.mina.refresh_from_db()
    assert world.mina.user is None  # nothing happens by opening it
    sent = visitor.submit(page, "Accept the invitation", follow=False)
    assert sent.location == reverse("manage:shop", args=[world.shop.slug])
    world.mina.refresh_from_db()
    assert (world.mina.user, world.mina.is_manager) == (user, True)
    assert visitor.get(reverse("manage:services", args=[world.shop.slug])).status == 200
    assert visitor.get(_page(invitation)).status == 302  # back button: their own, so straight on


def test_somebody_elses_used_link_says_so():
    world = a_world()
    invitation = _invite(world)
    _accept(invitation, a_person("mina@example.com"))
    thief = Visitor(a_person("thief@example.com"))
    for page in (thief.get(_page(invitation)), thief.post(_page(invitation))):
        assert page.status == 410 and page.h1 == "This invitation has been accepted"
        assert "mina@example.com" not in page.text
    assert Visitor().get(_page(invitation)).status == 410


def test_expired_withdrawn_and_unknown_links_have_a_clear_page(time_machine):
    world = a_world()
    visitor = Visitor(world.customer.user)
    withdrawn = _invite(world)
    expired = _invite(world)
    assert visitor.get(_page(withdrawn)).h1 == "This invitation was withdrawn"
    time_machine.move_to(NOW + timedelta(days=8), tick=False)
    assert visitor.post(_page(expired)).h1 == "This invitation has run out"
    for token in ("nothing", "x" * 300, "%00", "🙂"):
        page = visitor.get(reverse("manage:accept_invitation", args=["x"]).replace("/x/", f"/{token}/"))
        assert page.status == 404, token


def test_a_visitor_signs_in_and_comes_back():
    world = a_world()
    user = a_person("mina@example.com")
    invitation = _invite(world)
    visitor = Visitor()
    page = visitor.get(_page(invitation))
    assert not page.has_form("Accept") and page.status == 200
    assert visitor.post(_page(invitation)).status == 200
    world.mina.refresh_from_db()
    assert world.mina.user is None
    login = visitor.get(page.link("/account/login/?next=/manage/invitations/"))
    back = visitor.submit(login, "Sign in", follow=False, login="mina@example.com", password=PASSWORD)
    assert back.location == _page(invitation)
    visitor.submit(visitor.follow(back), "Accept the invitation", follow=False)
    world.mina.refresh_from_db()
    assert world.mina.user == user


def test_a_visitor_makes_an_account_and_comes_back():
    world = a_world()
    invitation = _invite(world)
    visitor = Visitor()
    signup = visitor.get(visitor.get(_page(invitation)).link("/account/signup/?next="))
    visitor.submit(
        signup, "Create your account", first_name="Mina", email="mina@example.com", password1="long-words-7-of-mine"
    )
    confirm = visitor.get(mailed_link("mina@example.com", "confirm"))
    landed = visitor.follow(visitor.submit(confirm, follow=False))
    assert landed.url == _page(invitation), landed.url
    visitor.submit(landed, "Accept the invitation", follow=False)
    world.mina.refresh_from_db()
    assert world.mina.user is not None and world.mina.user.email == "mina@example.com"
