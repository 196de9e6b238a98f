"""The control: workers with a fault built in turn the kill test's checker red; the site's own, hit alike, do not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from beautydrop.bookings import actions
from beautydrop.notifications.models import OutboxMessage
from tests.factories import GUEST, a_booking, a_world, by_customer
from tests.faults import trace
from tests.faults.checker import assert_delivered
from tests.faults.people import Told, a_start, assert_stored, book
from tests.faults.sink import Sink
from tests.faults.site import AHEAD, KilledSite
from tests.jobs.processes import until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
NOTHING = timedelta(0)


@pytest.fixture
def site(sink: Sink, tmp_path: Path) -> Iterator[KilledSite]:
    with trace.tracing():
        made = KilledSite(tmp_path, sink)
        yield made
        made.close()


def check(site: KilledSite) -> None:
    assert_delivered(site.sink, killed_threads=site.killed_threads, now=timezone.now() + AHEAD)


def kill_in_the_middle_of_a_mail(site: KilledSite, *faults: str) -> None:
    """The server has the mail and thinks about it; the worker dies; later another one sees to the rest."""
    world = a_world()
    with site.queueing():
        book(world)
    site.sink.pauses = lambda: (3, 0)
    worker = site.shifted_worker(NOTHING, *faults)
    until(site.sink.receiving.is_set, "a mail is on its way", worker)
    site.kill_worker(worker)
    site.sink.pauses = lambda: (0, 0)
    site.catch_up()


def two_who_are_given_the_same(site: KilledSite, *faults: str) -> None:
    """The queue hands a message out three times, to workers that meet in the middle of it."""
    from beautydrop.notifications.tasks import send_messages

    world = a_world()
    with site.queueing():
        book(world)
        for _time in range(2):
            send_messages(
                [str(pk) for pk in OutboxMessage.objects.filter(status="pending").values_list("pk", flat=True)]
            )
    site.sink.pauses = lambda: (2, 0)
    workers = [site.shifted_worker(NOTHING, *faults) for _number in range(2)]
    until(lambda: not site.waiting().filter(channel="email").exists(), "the mails are sent", *workers)
    for worker in workers:
        site.stop(worker)
    site.sink.pauses = lambda: (0, 0)
    site.catch_up()


def a_booking_that_is_cancelled_before_a_worker_comes(site: KilledSite, *faults: str) -> None:
    world = a_world()
    with site.queueing():
        booking = book(world)
        actions.cancel(booking_id=booking.pk, by=by_customer(world.customer), now=timezone.now())
    worker = site.shifted_worker(NOTHING, *faults)
    until(lambda: not site.waiting().exists(), "it is seen to", worker)
    site.stop(worker)


def test_who_says_sent_before_sending_loses_mail(site: KilledSite):
    kill_in_the_middle_of_a_mail(site, "record_first")
    with pytest.raises(AssertionError, match="never arrived"):
        check(site)


def test_the_site_killed_in_the_middle_of_a_mail(site: KilledSite):
    kill_in_the_middle_of_a_mail(site)
    check(site)
    assert len(site.sink.of("clara@example.com")) == 1


def test_who_takes_no_claim_sends_again_and_again(site: KilledSite):
    two_who_are_given_the_same(site, "no_claim")
    with pytest.raises(AssertionError, match="sent again"):
        check(site)


def test_the_site_given_the_same_three_times(site: KilledSite):
    two_who_are_given_the_same(site)
    check(site)
    assert len(site.sink.of("clara@example.com")) == 1


def test_who_does_not_look_again_tells_what_is_no_longer_so(site: KilledSite):
    a_booking_that_is_cancelled_before_a_worker_comes(site, "no_second_look")
    with pytest.raises(AssertionError, match="stale: booking.confirmed 0 was sent, claimed when .* cancelled 1"):
        check(site)


def test_the_site_with_a_booking_that_is_cancelled_meanwhile(site: KilledSite):
    a_booking_that_is_cancelled_before_a_worker_comes(site)
    check(site)
    (mail,) = site.sink.of("clara@example.com")
    assert mail.calendar_sequence == 1


def test_a_worker_killed_between_the_250_and_its_record_sends_the_same_mail_again(site: KilledSite):
    """The one window that no sender over SMTP can close: mailboxes know the second for the first."""
    world = a_world()
    with site.queueing():
        book(world)
    site.sink.pauses = lambda: (0, 5)
    worker = site.shifted_worker(NOTHING)
    until(lambda: site.sink.of("clara@example.com"), "the server has taken the mail and not said so", worker)
    site.kill_worker(worker)
    site.sink.pauses = lambda: (0, 0)
    site.catch_up()
    check(site)
    first, second = site.sink.of("clara@example.com")
    assert first.message_id == second.message_id
    assert first.text == second.text
    with pytest.raises(AssertionError, match="1 sent again, 0 killed"):
        assert_delivered(site.sink, killed_threads=0, now=timezone.now() + AHEAD)


def test_an_answer_that_is_not_stored_is_found(site: KilledSite):
    """The driver's own check: a guest was told "cancelled", and the row says otherwise."""
    world = a_world()
    booking = a_booking(world, a_start(12), now=timezone.now(), is_guest=True)
    told = Told("guest@example.com", "", token=booking.token, at=(booking.starts_at, world.mina.pk))
    assert_stored([told])
    actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=timezone.now())
    told.is_confirmed = True
    assert_stored([told])
    told.is_cancelled = True
    with pytest.raises(AssertionError, match="(?s)confirmed.*cancelled"):
        assert_stored([told])
