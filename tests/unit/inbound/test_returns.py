"""Bounces and complaints: the ledger, the score, suppression, and coming back."""

from datetime import date, timedelta

import pytest
from desks import ANN, DAY, DOMAIN, InboundWorld

from digest.mail.tokens import Scope
from digest.model import Claim, DeliveryState, Outcome, Severity, Subscriber, SubscriberState
from digest.model.consent import Consent

BOB = "bob@reader.example"


@pytest.fixture
def world():
    world = InboundWorld()
    world.readers.put([Subscriber(ANN), Subscriber(BOB)], world.clock.now())
    return world


def delivered(world, day: date, address=ANN):
    """The edition of a day, accepted."""
    (claim,) = world.ledger.claim([address], day, world.clock.now(), 1)
    outcome = Outcome(address, day, DeliveryState.ACCEPTED)
    world.ledger.record([(Claim(address, day, claim.reader, 1), outcome)], world.clock.now())


def states(world, address=ANN):
    return [d.state for d in world.ledger.deliveries() if d.address == address]


def test_a_bounce_becomes_the_ledger_s_word(world):
    delivered(world, DAY)
    world.desk.take(world.dsn())
    (delivery,) = world.ledger.deliveries()
    assert delivery.state is DeliveryState.BOUNCED
    assert "5.1.1" in delivery.reply


def test_a_delay_changes_nothing(world):
    delivered(world, DAY)
    world.desk.take(world.dsn("451 4.4.1 timeout", "delayed", "4.4.1"))
    assert states(world) == [DeliveryState.ACCEPTED]
    assert world.suppressions.health(world.readers.intern(ANN)).score == 0


def two_dead_editions(world):
    for day in (DAY, DAY + timedelta(days=1)):
        delivered(world, day)
        world.desk.take(world.dsn(day=day))
        world.later(days=1)


def test_a_dead_address_is_suppressed_after_the_probe(world):
    delivered(world, DAY)
    world.desk.take(world.dsn())
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE
    world.later(days=1)
    delivered(world, DAY + timedelta(days=1))
    world.desk.take(world.dsn(day=DAY + timedelta(days=1)))
    assert world.readers.get(ANN).state is SubscriberState.SUPPRESSED
    held = world.suppressions.get(ANN)
    assert held.reason.startswith("bounce: 550 5.1.1")
    assert held.since == world.clock.now()


def test_a_notice_for_each_hour_counts_once_a_day(world):
    for _ in range(30):
        world.desk.take(world.dsn())
        world.later(minutes=20)
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE


@pytest.mark.parametrize(
    "words",
    ["554 5.7.1 refused as spam", "550 5.7.26 not authenticated", "550 5.7.1 blocked by spamhaus"],
)
def test_policy_and_spam_blocks_never_kill_an_address(world, words):
    for number in range(60):
        world.desk.take(world.dsn(words, status=words.split()[1], day=DAY + timedelta(days=number)))
        world.later(days=1)
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE


def test_a_forged_bounce_without_a_tag_of_ours_does_nothing(world):
    delivered(world, DAY)
    for to in (f"bounces@{DOMAIN}", f"bounces+{'0' * 48}@{DOMAIN}"):
        assert "not of a mail of ours" in world.desk.take(world.dsn(to=to)).words
    assert states(world) == [DeliveryState.ACCEPTED]


def test_the_tag_names_the_reader_whatever_the_report_says(world):
    """Mail that was forwarded fails at an address that we never wrote to."""
    delivered(world, DAY)
    octets = world.dsn().replace(ANN.encode(), b"elsewhere@forward.example")
    world.desk.take(octets)
    assert states(world) == [DeliveryState.BOUNCED]


def test_a_refusal_at_once_counts_like_a_notice(world):
    for number in range(2):
        day = DAY + timedelta(days=number)
        refused = Outcome(
            ANN, day, DeliveryState.REJECTED, "550 5.1.1 unknown", severity=Severity.HARD
        )
        world.suppressing.refused([refused])
        world.later(days=1)
    assert world.readers.get(ANN).state is SubscriberState.SUPPRESSED


def complaint(world, returned: str, feedback="Feedback-Type: abuse"):
    world.number += 1
    return (
        f"From: fbl@isp.example\nTo: fbl@{DOMAIN}\nMessage-ID: <{world.number}@isp.example>\n"
        "Subject: FW: papers\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nabuse\n--b\nContent-Type: message/feedback-report\n\n"
        f"{feedback}\nVersion: 1\nUser-Agent: isp\nOriginal-Rcpt-To: redacted@isp.example\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{returned}\n\ntext\n--b--\n"
    ).encode()


def ours(world):
    token = world.token(Scope.UNSUBSCRIBE)
    return (
        f"From: digest@{DOMAIN}\nTo: redacted@isp.example\nSubject: 7 papers\n"
        f"List-Unsubscribe: <https://digest.example.org/unsubscribe/{token}>,\n <mailto:x@y>"
    )


def test_a_complaint_with_the_address_redacted_suppresses_at_once(world):
    world.desk.take(complaint(world, ours(world)))
    assert world.readers.get(ANN).state is SubscriberState.SUPPRESSED
    assert world.suppressions.get(ANN).reason.startswith("complaint:")
    assert world.readers.get(BOB).state is SubscriberState.ACTIVE


def test_a_complaint_that_names_an_address_but_holds_no_mail_of_ours_does_nothing(world):
    world.desk.take(complaint(world, f"From: digest@{DOMAIN}\nTo: {ANN}\nSubject: x"))
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE


def test_opting_out_by_feedback_is_leaving(world):
    world.desk.take(complaint(world, ours(world), "Feedback-Type: opt-out"))
    assert world.readers.get(ANN).state is SubscriberState.LEFT


def test_nobody_suppressed_is_among_those_to_be_written_to(world):
    world.suppressing.add([(ANN, "asked by phone", None)])
    assert [reader.address for reader in world.readers.active()] == [BOB]


def test_an_address_is_not_written_to_even_if_only_the_list_knows_it(world):
    """An import of suppressions may come before the import of readers, or after it."""
    stranger = "eve@reader.example"
    world.suppressing.add([(stranger, "", None)])
    world.readers.put([Subscriber(stranger)], world.clock.now())
    assert stranger not in [reader.address for reader in world.readers.active()]


def test_no_file_brings_back_who_is_suppressed(world):
    stranger = "eve@reader.example"
    world.suppressing.add([(ANN, "", None), (stranger, "", None)])
    added = world.joining.add([Subscriber(ANN), Subscriber(stranger)])
    assert sorted(added.refused) == [ANN, stranger]
    assert world.readers.get(stranger) is None


def test_no_letter_goes_to_who_is_suppressed_and_nobody_is_told(world):
    world.suppressing.add([("eve@reader.example", "", None)])
    world.send("subscribe", sender="eve@reader.example")
    assert world.post() == []


def test_releasing_leads_back(world):
    world.suppressing.add([(ANN, "", None)])
    assert world.suppressing.release(ANN, Consent())
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE
    assert not world.suppressing.release(ANN, Consent())


def test_a_dead_address_that_writes_is_offered_to_come_back(world):
    two_dead_editions(world)
    assert world.readers.get(ANN).state is SubscriberState.SUPPRESSED
    world.send("status")
    (offer,) = world.post()
    assert "We stopped writing to you" in world.text(offer)
    assert world.readers.get(ANN).state is SubscriberState.SUPPRESSED
    world.reply(offer, "")
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE
    assert world.suppressions.get(ANN) is None
    assert world.suppressions.health(world.readers.intern(ANN)).score == 0


def test_who_complained_is_offered_nothing(world):
    world.desk.take(complaint(world, ours(world)))
    world.send("subscribe RL")
    assert world.post() == []
