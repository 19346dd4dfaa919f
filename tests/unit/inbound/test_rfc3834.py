"""RFC 3834, §2 to §5: a test for each sentence that applies to answers of ours, named after it."""

import pytest
from desks import ANN, DOMAIN, InboundWorld

BOB = "bob@reader.example"


@pytest.fixture
def world():
    world = InboundWorld()
    world.join(ANN, "RL")
    return world


def answers(world, subject="help", body="", **more):
    world.send(subject, body, **more)
    return world.post()


def test_it_answers_at_all(world):
    (answer,) = answers(world, sender=BOB)
    assert answer["To"] == BOB


def test_2_responses_should_not_be_issued_to_messages_with_auto_submitted_other_than_no(world):
    for value in ("auto-generated", "auto-replied", "auto-notified", "auto-replied; x=y"):
        assert answers(world, sender=BOB, Auto_Submitted=value) == []
    assert answers(world, sender=BOB, Auto_Submitted="no") != []


def test_2_a_responder_must_not_respond_when_the_return_path_is_null(world):
    assert answers(world, sender=BOB, path="") == []


def test_2_a_responder_should_not_respond_to_mailer_daemon_owner_or_request_addresses(world):
    for sender in (
        "MAILER-DAEMON@reader.example",
        "owner-papers@reader.example",
        "papers-request@reader.example",
        "papers-owner@reader.example",
        "papers-bounces@reader.example",
        "postmaster@reader.example",
    ):
        assert answers(world, sender=sender) == [], sender


@pytest.mark.parametrize(
    "field",
    [
        {"List_Id": "<papers.reader.example>"},
        {"List_Unsubscribe": "<mailto:x@y.example>"},
        {"List_Post": "<mailto:x@y.example>"},
        {"Precedence": "list"},
        {"Precedence": "bulk"},
        {"Precedence": "junk"},
    ],
)
def test_2_a_responder_should_not_respond_to_list_or_bulk_mail(world, field):
    assert answers(world, sender=BOB, **field) == []


def test_2_a_responder_must_not_send_the_same_response_again_within_a_period(world):
    assert len(answers(world, sender=BOB)) == 1
    for subject in ("help", "status", "topics", "unsubscribe"):
        assert answers(world, subject, sender=BOB) == []
    world.later(hours=2)
    assert len(answers(world, sender=BOB)) == 1


def test_2_a_reader_is_not_asked_for_the_same_yes_twice_in_a_period(world):
    assert len(answers(world, "pause 2 weeks")) == 1
    assert answers(world, "pause 2 weeks") == []
    assert len(answers(world, "weekly")) == 1  # another wish is another question


def test_2_nobody_can_have_a_reader_flooded_with_questions(world):
    total = sum(len(answers(world, f"add topic {number}")) for number in range(50))
    assert total <= 4


def test_2_two_machines_that_answer_each_other_come_to_an_end(world):
    """Our own answer, sent back to us by whatever means, is answered by nothing."""
    (answer,) = answers(world, sender=BOB)
    returned = answer.as_bytes().replace(b"Paper Digest <digest@example.org>", BOB.encode())
    world.desk.take(returned)
    world.desk.take(answer.as_bytes())
    assert world.post() == []


def test_2_spam_from_a_stranger_makes_no_backscatter(world):
    assert answers(world, "Buy gold", "cheap, today only", sender=BOB) == []


def test_2_a_reader_who_is_not_understood_is_told_what_can_be_asked_for(world):
    (answer,) = answers(world, "a question", "What is this?")
    assert "unsubscribe" in world.text(answer)


def test_2_mail_from_our_own_address_is_never_answered(world):
    assert answers(world, sender=f"digest@{DOMAIN}") == []


def test_3_1_1_the_from_of_a_response_is_the_service_s_own(world):
    (answer,) = answers(world, sender=BOB)
    assert answer["From"] == f"Paper Digest <digest@{DOMAIN}>"


def test_3_1_2_replies_to_a_response_go_where_they_are_understood(world):
    (answer,) = answers(world, "status")
    assert answer["Reply-To"].startswith("commands+")


def test_3_1_3_a_response_is_addressed_to_one_mailbox(world):
    (answer,) = answers(world, sender=BOB, Cc="crowd@elsewhere.example")
    assert (answer["To"], answer["Cc"]) == (BOB, None)


def test_3_1_4_a_response_has_a_date_of_its_own(world):
    (answer,) = answers(world, sender=BOB, Date="Mon, 01 Jan 2001 00:00:00 +0000")
    assert "2026" in answer["Date"]


def test_3_1_5_the_subject_of_a_response_says_what_it_answers_to_who_is_proved(world):
    (answer,) = answers(world, "help", to=world.commands_address())
    assert answer["Subject"] == "Re: help"


def test_3_1_5_a_stranger_s_subject_is_not_sent_on(world):
    (answer,) = answers(world, "Buy gold at https://spam.example now", "help", sender=BOB)
    assert "spam" not in answer.as_string()


def test_3_1_6_in_reply_to_and_references_name_the_message(world):
    (answer,) = answers(world, sender=BOB)
    assert answer["In-Reply-To"] == answer["References"] == f"<{world.number}@reader.example>"


@pytest.mark.parametrize("written", ["", "no brackets", "<a@b> <c@d>", "<a b@c>", "<>"])
def test_3_1_6_what_is_no_message_id_is_not_repeated(world, written):
    octets = world.mail("help", sender=BOB)
    name = f"<{world.number}@reader.example>".encode()
    world.desk.take(octets.replace(name, written.encode()))
    (answer,) = world.post()
    assert answer["In-Reply-To"] is None


def test_3_1_7_a_response_says_that_it_is_auto_replied(world):
    for sender in (ANN, BOB):
        (answer,) = answers(world, sender=sender)
        assert answer["Auto-Submitted"] == "auto-replied"


def test_3_1_8_a_response_holds_nothing_of_the_message_that_a_stranger_wrote(world):
    body = "help\n\nBuy gold at https://spam.example now"
    (answer,) = answers(world, "x", body, sender=BOB)
    assert "spam" not in answer.as_string()


def test_3_3_the_reverse_path_of_a_response_is_null(world):
    world.send("help", sender=BOB)
    world.post()
    assert [message.reverse_path for message in world.mailed] == [""]


def test_4_a_response_goes_to_the_return_path(world):
    (answer,) = answers(world, sender="Bob <bob@work.example>", path="bob@reader.example")
    assert answer["To"] == "bob@reader.example"


def test_4_a_return_path_that_is_only_tagged_is_the_sender_s(world):
    """BATV: prvs=0123456789=bob@…"""
    (answer,) = answers(world, sender=BOB, path="prvs=0123456789=bob@reader.example")
    assert answer["To"] == BOB


def test_4_the_from_of_the_message_never_chooses_who_is_answered(world):
    (answer,) = answers(world, sender="victim@elsewhere.example", path=BOB)
    assert answer["To"] == BOB


def test_4_a_message_from_several_is_answered_to_its_return_path(world):
    octets = world.mail("help", sender=BOB).replace(
        f"From: {BOB}".encode(), f"From: {BOB}, victim@elsewhere.example".encode()
    )
    world.desk.take(octets)
    assert [mail["To"] for mail in world.post()] == [BOB]


def test_5_x_auto_response_suppress_of_exchange_is_respected(world):
    assert answers(world, sender=BOB, X_Auto_Response_Suppress="OOF, AutoReply") == []


def test_a_bounce_of_an_answer_is_answered_by_nothing(world):
    answers(world, sender=BOB)
    world.desk.take(world.dsn(to=f"digest@{DOMAIN}"))
    assert world.post() == []
