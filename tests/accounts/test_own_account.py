"""The own account: its pages by every kind of visitor, the e-mail address, where one is signed in."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.urls import reverse

from beautydrop.accounts import actions, open_sessions
from beautydrop.accounts.models import ClerkSession, EmailChange, OpenSession, User
from beautydrop.bookings.models import Booking
from beautydrop.jobs import cleanup
from tests.factories import NOW, PASSWORD, a_booking, a_person, a_world, berlin
from tests.pages import Page, Visitor, mailed_link, mails

pytestmark = pytest.mark.django_db

INDEX = reverse("accounts:index")
EMAIL = reverse("accounts:email")
SESSIONS = reverse("accounts:sessions")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def clara() -> User:
    return a_person("clara@example.com")


def signed_in(browser: str = FIREFOX, email: str = "clara@example.com", password: str = PASSWORD) -> Visitor:
    visitor = Visitor(headers={"User-Agent": browser})
    page = visitor.submit(visitor.get(reverse("account_login")), "Password", login=email, password=password)
    assert page.url.startswith(("/bookings/", "/manage/"))
    return visitor


def again(visitor: Visitor, url: str) -> Page:
    """The page, after the password was given once more where it is asked for."""
    page = visitor.follow(visitor.get(url))
    return visitor.submit(page, "Password", password=PASSWORD) if page.h1 == "Enter your password" else page


# --- Who may see what ------------------------------------------------------------------------------

READ = ("index", "sessions", "data", "data_file")
BOTH = ("email", "delete")
POST = ("take_back_email", "end_others")


@pytest.mark.parametrize("name", [*READ, *BOTH])
def test_strangers_sign_in_first(name):
    url = reverse(f"accounts:{name}")
    assert Visitor().get(url).location == f"{reverse('account_login')}?next={url}"


@pytest.mark.parametrize("name", [*BOTH, *POST])
def test_strangers_change_nothing(clara, name):
    before = User.objects.values().get()
    assert Visitor().post(reverse(f"accounts:{name}"), {"email": "evil@example.com"}).status == 302
    assert User.objects.values().get() == before
    assert not EmailChange.objects.exists()


def test_methods(clara):
    visitor = Visitor(clara)
    clara.set_unusable_password()
    clara.save()
    visitor.client.force_login(clara)
    for name in READ:
        assert visitor.post(reverse(f"accounts:{name}")).status == 405, name
    for name in POST:
        assert visitor.get(reverse(f"accounts:{name}")).status == 405, name
    assert visitor.get(reverse("accounts:clear", args=["bookings"])).status == 405
    assert visitor.post(reverse("accounts:clear", args=["nothing"])).status == 404
    for method in ("put", "patch", "delete"):
        for name in (*READ, *BOTH, *POST):
            assert getattr(visitor.client, method)(reverse(f"accounts:{name}")).status_code == 405, name


def test_the_index_leads_to_everything(clara):
    page = Visitor(clara).get(INDEX)
    for name in ("profile", "email", "sessions", "data", "delete"):
        assert page.has_link(reverse(f"accounts:{name}")), name
    for name in ("account_change_password", "mfa_index"):
        assert page.has_link(reverse(name)), name
    assert Visitor(clara).get("/").has_link(INDEX)
    assert page.response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


@pytest.mark.parametrize("name", ["email", "data", "data_file", "delete"])
def test_the_password_is_asked_for_again(clara, name, time_machine):
    visitor = signed_in()
    url = reverse(f"accounts:{name}")
    assert visitor.follow(visitor.get(url)).h1 == "Enter your password"
    page = visitor.submit(visitor.follow(visitor.get(url)), "Password", password="wrong")
    assert "This is not your present password" in page.text
    assert again(visitor, url).status == 200
    time_machine.shift(timedelta(minutes=6))
    assert visitor.follow(visitor.get(url)).h1 == "Enter your password"


def test_an_administrator_who_looks_sees_nothing_private(clara):
    admin = User.objects.create_superuser("admin@example.com", PASSWORD)
    visitor = Visitor(admin)
    visitor.post(
        reverse("admin:accounts_user_changelist"), {"action": "look_as_person", "_selected_action": [str(clara.pk)]}
    )
    page = visitor.get(INDEX)
    assert page.status == 200
    assert not page.has_link(SESSIONS)
    for name in ("email", "sessions", "data", "data_file", "delete"):
        assert visitor.get(reverse(f"accounts:{name}")).status == 403, name
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_activate_totp", "account_change_password"):
        assert visitor.get(reverse(name)).status == 403, name


# --- The e-mail address ----------------------------------------------------------------------------


def ask_for(visitor: Visitor, new: str) -> Page:
    return visitor.submit(again(visitor, EMAIL), "New e-mail address", email=new)


def test_change_of_the_address(clara):
    visitor = signed_in()
    page = ask_for(visitor, "Clara.New@Example.com")
    assert "Not confirmed yet" in page.text
    clara.refresh_from_db()
    assert clara.email == "clara@example.com"  # the old one stays
    assert mails("clara@example.com")[-1].subject == "Another e-mail address was asked for"
    assert signed_in().get(INDEX).status == 200

    link = mailed_link("clara.new@example.com", "/email/change/")
    elsewhere = Visitor()
    page = elsewhere.get(link)
    assert page.h1 == "Is this your new address?"
    clara.refresh_from_db()
    assert clara.email == "clara@example.com"  # opening the link changes nothing
    elsewhere.submit(page, "Yes, change it")
    clara.refresh_from_db()
    assert (clara.email, clara.email_verified) == ("clara.new@example.com", True)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(clara.email, True, True)]
    told = mails("clara@example.com")[-1]
    assert told.subject == "Your e-mail address was changed"
    assert "clara.new@example.com" in told.body
    assert signed_in(email="clara.new@example.com")
    old = Visitor()
    page = old.submit(old.get(reverse("account_login")), "Password", login="clara@example.com", password=PASSWORD)
    assert page.h1 == "Sign in"

    # The link works once, also when the person has gone back to the former address.
    assert elsewhere.get(link).status == 404
    assert elsewhere.post(link).status == 409


def test_the_link_is_good_for_a_day(clara, time_machine):
    ask_for(signed_in(), "new@example.com")
    link = mailed_link("new@example.com", "/email/change/")
    time_machine.shift(timedelta(hours=24))
    assert Visitor().get(link).status == 404
    assert Visitor().post(link).status == 409
    clara.refresh_from_db()
    assert clara.email == "clara@example.com"


@pytest.mark.parametrize("key", ["x", "0" * 32, "-", "a" * 2000, "%00"])
def test_a_link_that_is_none(key):
    url = f"/account/email/change/{key}/"
    assert Visitor().get(url).status == 404
    assert Visitor().post(url).status == 409


def test_the_key_is_not_in_the_database(clara):
    ask_for(signed_in(), "new@example.com")
    link = mailed_link("new@example.com", "/email/change/")
    row = EmailChange.objects.get()
    assert link.split("-")[-1].rstrip("/") not in str(EmailChange.objects.values())
    assert Visitor().get(f"/account/email/change/{row.pk.hex}-/").status == 404


def test_a_newer_wish_replaces_the_older(clara):
    visitor = signed_in()
    ask_for(visitor, "first@example.com")
    first = mailed_link("first@example.com", "/email/change/")
    ask_for(visitor, "second@example.com")
    assert Visitor().get(first).status == 404
    page = visitor.submit(visitor.get(EMAIL), "take-back")
    assert page.h1 == "Your account"
    assert Visitor().get(mailed_link("second@example.com", "/email/change/")).status == 404


def test_the_link_again_after_three_minutes(clara, time_machine, settings):
    settings.ACCOUNT_RATE_LIMITS = {}  # allauth's own
    visitor = signed_in()
    page = ask_for(visitor, "new@example.com")
    first = mailed_link("new@example.com", "/email/change/")
    page = visitor.submit(page, "Send the link again")
    assert page.status == 422
    assert "Wait three minutes" in page.text
    assert len(mails("new@example.com")) == 1
    time_machine.shift(timedelta(minutes=4))
    visitor.submit(visitor.get(EMAIL), "Send the link again")
    assert len(mails("new@example.com")) == 2
    assert mailed_link("new@example.com", "/email/change/") == first


def test_somebody_elses_address_is_not_told_apart(clara):
    a_person("olaf@example.com", name="Olaf Other")
    visitor = signed_in()
    free, taken = ask_for(visitor, "free@example.com"), ask_for(visitor, "olaf@example.com")
    assert taken.text.replace("olaf@", "free@") == free.text
    assert mails("olaf@example.com")[-1].subject == "You have an account already"
    with pytest.raises(AssertionError):
        mailed_link("olaf@example.com", "/email/change/")
    # Nor does it come true when the link is made up by who reads the site's key.
    assert Visitor().post(f"/account/email/change/{EmailChange.objects.get().key}/").status == 409
    clara.refresh_from_db()
    assert clara.email == "clara@example.com"


def test_an_address_taken_meanwhile_is_refused(clara):
    ask_for(signed_in(), "new@example.com")
    link = mailed_link("new@example.com", "/email/change/")
    a_person("new@example.com", name="Nina New")
    page = Visitor().post(link)
    assert page.status == 409
    assert "somebody else’s meanwhile" in page.text
    assert User.objects.filter(email="clara@example.com").exists()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the new e-mail address"),
        ("nobody", "Enter an e-mail address like name@example.com"),
        ("CLARA@example.com", "This is your address already. Enter another one."),
    ],
)
def test_mistakes_say_what_to_do(clara, typed, message):
    page = ask_for(signed_in(), typed)
    assert page.status == 422
    assert page.text.count(message) == 2
    assert f'value="{typed}"' in page.html or not typed


def test_bookings_follow_the_address():
    world = a_world()
    clara = world.customer.user
    past = a_booking(world, berlin(1, "10:15"))
    guest = a_booking(world, berlin(3, "10:15"), is_guest=True)
    Booking.objects.filter(pk=guest.pk).update(contact_email=clara.email, email_proved_at=NOW)
    other = a_booking(world, berlin(4, "10:15"), is_guest=True)
    ask_for(signed_in(), "new@example.com")
    Visitor().post(mailed_link("new@example.com", "/email/change/"))
    clara.refresh_from_db()
    assert set(Booking.objects.of(clara)) == {past, guest}
    for booking in (past, guest):
        booking.refresh_from_db()
        assert booking.contact_email == "new@example.com"
    other.refresh_from_db()
    assert (other.customer, other.contact_email) == (None, "guest@example.com")


# --- Password and sessions -------------------------------------------------------------------------


def test_a_new_password_ends_the_other_sessions_and_is_told(clara):
    here, there = signed_in(), signed_in(IPHONE)
    page = here.get(reverse("account_change_password"))
    page = here.submit(
        page, "Save the new password", oldpassword=PASSWORD, password1="an-other-pass-9", password2="an-other-pass-9"
    )
    assert page.h1 == "Your account"
    assert there.get(INDEX).status == 302
    assert OpenSession.objects.get().user_agent == FIREFOX
    assert mails("clara@example.com")[-1].subject == "Your password was changed"
    assert here.get(SESSIONS).text.count("This browser") == 1


def test_a_password_reset_by_mail_ends_all(clara):
    there = signed_in()
    visitor = Visitor()
    visitor.submit(visitor.get(reverse("account_reset_password")), "Send the link", email="clara@example.com")
    page = visitor.follow(visitor.get(mailed_link("clara@example.com", "/password/reset/key/")))
    visitor.submit(page, "Save the new password", password1="an-other-pass-9", password2="an-other-pass-9")
    assert there.get(INDEX).status == 302
    assert not OpenSession.objects.exists()
    assert mails("clara@example.com")[-1].subject == "Your password was changed"


def test_sessions_are_listed_in_words(clara, time_machine):
    there = signed_in(IPHONE)
    time_machine.shift(timedelta(hours=5))
    here = signed_in()
    page = here.get(SESSIONS)
    assert "Safari on iPhone" in page.text
    assert "Firefox on Windows This browser" in page.text
    assert "Last seen 5\xa0hours ago" in page.html
    there.get(INDEX)
    assert "Seen a moment ago" in here.get(SESSIONS).text


def test_ending_one_really_signs_it_out(clara):
    here, there = signed_in(), signed_in(IPHONE)
    row = OpenSession.objects.get(user_agent=IPHONE)
    assert there.get(INDEX).status == 200
    page = here.submit(here.get(SESSIONS), f"{row.pk}")
    assert "That browser is signed out." in page.text
    assert there.get(INDEX).status == 302
    assert not Session.objects.filter(pk=row.session_key).exists()
    assert here.get(INDEX).status == 200


def test_ending_all_others(clara):
    here, others = signed_in(), [signed_in(IPHONE) for _n in range(3)]
    a_person("olaf@example.com", name="Olaf Other")
    olaf = signed_in(email="olaf@example.com")
    here.submit(here.get(SESSIONS), "End all others")
    assert [visitor.get(INDEX).status for visitor in others] == [302, 302, 302]
    assert (here.get(INDEX).status, olaf.get(INDEX).status) == (200, 200)


def test_ending_one_of_clerk_ends_it_there_too(clara):
    """Else that browser's cookies of Clerk would sign it in again."""
    here, there = signed_in(), signed_in(IPHONE)
    ClerkSession.objects.create(sid="sess_there", clerk_user_id="user_clara", began_at=NOW)
    session = there.client.session
    session["clerk_sid"], session["clerk_user"] = "sess_there", "user_clara"
    session.save()
    row = OpenSession.objects.get(user_agent=IPHONE)
    here.post(reverse("accounts:end_session", args=[row.pk]))
    assert ClerkSession.objects.get().ended_at == NOW
    assert there.get(INDEX).status == 302


def test_old_records_go_with_time(clara, time_machine):
    signed_in()
    actions.ask_for_email(user=clara, new_email="new@example.com", now=NOW)
    for name in ("accounts.open_sessions", "accounts.email_changes"):
        cleanup.clean(name, NOW + timedelta(hours=23))
    assert OpenSession.objects.count() == EmailChange.objects.count() == 1
    for name in ("accounts.open_sessions", "accounts.email_changes"):
        cleanup.clean(name, NOW + timedelta(days=31))
    assert not OpenSession.objects.exists()
    assert not EmailChange.objects.exists()


def test_ending_this_one_is_signing_out(clara):
    here = signed_in()
    here.post(reverse("accounts:end_session", args=[OpenSession.objects.get().pk]))
    assert here.get(INDEX).status == 302
    assert not OpenSession.objects.exists()


def test_somebody_elses_session_is_not_there(clara):
    a_person("olaf@example.com", name="Olaf Other")
    olaf, here = signed_in(email="olaf@example.com"), signed_in()
    row = OpenSession.objects.get(user__email="olaf@example.com")
    url = reverse("accounts:end_session", args=[row.pk])
    assert here.post(url).status == 404
    assert here.get(url).status == 405
    assert Visitor().post(url).status == 302
    assert olaf.get(INDEX).status == 200
    assert str(row.pk) not in here.get(SESSIONS).html


def test_signing_out_takes_it_off_the_list(clara):
    here, there = signed_in(), signed_in(IPHONE)
    there.submit(there.get(INDEX), "Sign out")
    assert list(OpenSession.objects.values_list("user_agent", flat=True)) == [FIREFOX]
    assert here.get(SESSIONS).status == 200


def test_one_that_ran_out_is_not_listed(clara, time_machine):
    signed_in(IPHONE)
    time_machine.shift(timedelta(days=31))
    assert "iPhone" not in signed_in().get(SESSIONS).text


def test_a_session_whose_record_is_gone_ends_by_itself(clara, time_machine):
    here = signed_in()
    OpenSession.objects.all().delete()
    time_machine.shift(timedelta(minutes=16))
    here.get(INDEX)
    assert here.get(INDEX).status == 302


def test_pages_cost_no_query_more(clara, django_assert_num_queries, time_machine):
    here = signed_in()
    with django_assert_num_queries(4):  # session, person, second factor, sessions
        here.get(INDEX)
    for size in (1, 3):
        while OpenSession.objects.count() < size:
            signed_in(IPHONE)
        with django_assert_num_queries(3):  # session, person, rows
            here.get(SESSIONS)
    with django_assert_num_queries(0):
        Visitor().get("/about/help/")


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_devices_in_words(user_agent, words):
    assert open_sessions.device(user_agent) == words
