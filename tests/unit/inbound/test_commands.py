"""What commands lead to: what is done at once, what waits for a yes, and what is never done."""

import pytest
from desks import ANN, DOMAIN, InboundWorld, link

from digest.mail.tokens import Scope
from digest.model import Rhythm, SubscriberState

BOB = "bob@reader.example"


@pytest.fixture
def world():
    return InboundWorld()


def topics(world, address=ANN):
    return [str(topic) for topic in world.readers.get(address).topics]


def test_subscribing_is_asked_back_and_a_reply_says_yes(world):
    world.send("subscribe diffusion models; cat:cs.RO", "papers 5\nat 07:30 Europe/Paris")
    (letter,) = world.post()
    assert letter["To"] == ANN
    assert "diffusion" not in letter.as_string()  # a stranger may have written it
    assert world.readers.get(ANN).state is SubscriberState.PENDING
    assert world.reply(letter, "") == "confirmation: done"
    reader = world.readers.get(ANN)
    assert reader.state is SubscriberState.ACTIVE
    assert (topics(world), reader.papers) == (["diffusion models", "cat:cs.RO"], 5)
    assert (str(reader.send_at), reader.timezone) == ("07:30:00", "Europe/Paris")
    (answer,) = world.post()
    assert "Welcome" in world.text(answer)


def test_a_reply_that_says_stop_confirms_nothing(world):
    world.send("subscribe RL")
    (letter,) = world.post()
    world.reply(letter, "stop")
    assert world.readers.get(ANN).state is not SubscriberState.ACTIVE


def test_a_vacation_notice_confirms_nothing(world):
    world.send("subscribe RL")
    (letter,) = world.post()
    world.reply(letter, "I am away", Auto_Submitted="auto-replied")
    assert world.readers.get(ANN).state is SubscriberState.PENDING


def test_from_is_not_trusted(world):
    world.join(ANN, "RL")
    for wish in ("unsubscribe", "pause 2 weeks", "add spam", "del RL", "papers 1", "weekly"):
        before = world.readers.get(ANN)
        world.send(wish)
        assert world.readers.get(ANN) == before, wish


def test_a_yes_by_reply_does_what_waited_and_only_once(world):
    world.join(ANN, "RL")
    world.send("add graphs", "weekly")
    (question,) = world.post()
    assert question["Reply-To"].startswith("confirm+")
    assert "add graphs" in world.text(question)
    assert topics(world) == ["RL"]
    world.reply(question, "")
    assert topics(world) == ["RL", "graphs"]
    assert world.readers.get(ANN).rhythm is Rhythm.WEEKLY
    world.send("del graphs", to=world.commands_address())
    world.reply(question, "")
    assert topics(world) == ["RL"]


def test_somebody_else_s_yes_is_none(world):
    """The question's tag is for its reader's wish; what Bob has is for his own."""
    world.join(ANN, "RL")
    world.join(BOB, "CV")
    world.send("unsubscribe", sender=BOB)
    (question,) = world.post()
    world.reply(question, "", sender=ANN)
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE
    assert world.readers.get(BOB).state is SubscriberState.LEFT


def test_an_address_of_one_s_own_is_obeyed_at_once(world):
    world.join(ANN, "RL")
    world.send("add graphs; cat:cs.RO", "del RL\npapers 15\nweekdays", to=world.commands_address())
    reader = world.readers.get(ANN)
    assert topics(world) == ["graphs", "cat:cs.RO"]
    assert (reader.papers, reader.rhythm) == (15, Rhythm.WEEKDAYS)
    (answer,) = world.post()
    assert "Done: add graphs; cat:cs.RO" in world.text(answer)


def test_pausing_and_going_on(world):
    world.join(ANN)
    world.send("pause 2 weeks", to=world.commands_address())
    assert world.readers.get(ANN).state is SubscriberState.PAUSED
    assert str(world.joining.life(ANN).pause_until) == "2026-09-04"
    world.send("resume", to=world.commands_address())
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE


@pytest.mark.parametrize("flipped", range(0, 48, 7))
def test_a_tag_with_one_digit_changed_is_refused(world, flipped):
    world.join(ANN, "RL")
    address = world.commands_address()
    place = len("commands+") + flipped
    other = "0" if address[place] != "0" else "1"
    world.send("add spam", to=address[:place] + other + address[place + 1 :])
    assert topics(world) == ["RL"]


def test_a_tag_may_lose_its_case(world):
    world.join(ANN, "RL")
    world.send("add graphs", to=world.commands_address().upper())
    assert topics(world) == ["RL", "graphs"]


def test_the_mailto_twin_unsubscribes_without_a_question(world):
    world.join(ANN)
    world.send(f"unsubscribe-{world.token(Scope.UNSUBSCRIBE)}", sender="other@reader.example")
    assert world.readers.get(ANN).state is SubscriberState.LEFT


def test_a_mail_program_s_own_unsubscribing_is_obeyed_and_not_answered(world):
    """Apple's button writes Auto-Submitted: auto-replied."""
    world.join(ANN)
    subject = f"unsubscribe-{world.token(Scope.UNSUBSCRIBE)}"
    world.send(subject, Auto_Submitted="auto-replied", X_Apple_Unsubscribe="true")
    assert world.readers.get(ANN).state is SubscriberState.LEFT
    assert world.post() == []


def test_an_address_for_leaving_is_obeyed(world):
    world.join(ANN)
    tag = world.tag(Scope.UNSUBSCRIBE)
    world.send("", "", to=f"unsub+{tag}@{DOMAIN}")
    assert world.readers.get(ANN).state is SubscriberState.LEFT


def test_the_right_of_one_tag_is_not_that_of_another(world):
    world.join(ANN, "RL")
    for scope in (Scope.BOUNCE, Scope.VIEW, Scope.UNSUBSCRIBE, Scope.FEEDBACK):
        world.send("add spam", to=f"commands+{world.tag(scope)}@{DOMAIN}")
    world.send("", to=f"unsub+{world.tag(Scope.BOUNCE)}@{DOMAIN}")
    assert topics(world) == ["RL"]
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE


def test_status_topics_why_and_help_are_told(world):
    world.join(ANN, "RL")
    body = "status\ntopics\nwhy\nhelp"
    world.send("Re: papers", body, to=world.commands_address())
    (answer,) = world.post()
    text = world.text(answer)
    assert "state: active" in text
    assert "Topic: RL" in text
    assert "A paper" in text
    assert "pause 2 weeks" in text


def test_what_one_reads_is_told_to_nobody_else(world):
    world.join(ANN, "a secret topic")
    world.send("status", sender=ANN, path="eve@elsewhere.example")
    assert all("secret" not in world.text(mail) for mail in world.post())


def test_a_stranger_learns_how_to_begin(world):
    world.send("status", sender=BOB)
    (answer,) = world.post()
    assert answer["To"] == BOB
    assert "subscribe" in world.text(answer)


def test_a_wrong_topic_is_told_and_the_rest_is_done(world):
    world.join(ANN, "RL")
    world.send("del nothing of mine", "papers 3", to=world.commands_address())
    (answer,) = world.post()
    assert "Not done: del nothing of mine" in world.text(answer)
    assert world.readers.get(ANN).papers == 3


def test_no_link_travels_in_a_command(world):
    world.join(ANN, "RL")
    world.send("add https://spam.example/buy", "add www.spam.example")
    assert all("spam.example" not in mail.as_string() for mail in world.post())


def test_the_same_mail_is_obeyed_once_whichever_door_it_comes_through(world):
    world.join(ANN, "RL")
    octets = world.mail("add graphs", to=world.commands_address())
    assert not world.desk.take(octets).again
    world.send("del graphs", to=world.commands_address())
    assert world.desk.take(b"Received: from x\r\n" + octets).again
    assert topics(world) == ["RL"]


def test_who_left_comes_back_by_their_own_word(world):
    world.join(ANN, "RL")
    world.send("stop", to=world.commands_address())
    world.send("subscribe", to=world.commands_address())
    assert world.readers.get(ANN).state is SubscriberState.ACTIVE


def test_who_left_long_ago_is_asked_again(world):
    world.join(ANN, "RL")
    world.send("stop", to=world.commands_address())
    world.later(days=30)
    world.send("subscribe", to=world.commands_address())
    assert world.readers.get(ANN).state is not SubscriberState.ACTIVE
    assert [mail["Subject"] for mail in world.post() if "confirm" in mail["Subject"]]


def test_the_link_in_an_answer_is_one_s_own_page(world):
    world.join(ANN)
    world.send("status", to=world.commands_address())
    (answer,) = world.post()
    assert world.joining.reader(link(world.text(answer), "manage"), Scope.MANAGE)[0].address == ANN
