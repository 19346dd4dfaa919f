"""Joining and leaving, verb by verb, and the letters that they lead to."""

import email
import email.policy
from datetime import date, timedelta

import pytest
from lives import BASE, KEY, NOW, WEB, World, wishes

from digest.errors import TransportError
from digest.mail.erasure import Erasure
from digest.mail.tokens import Scope, Token
from digest.model import DeliveryState, SubscriberState
from digest.model.consent import Consent, Way
from digest.model.feedback import Feedback
from digest.model.life import CONFIRM_WITHIN, Act
from digest.model.request import Answer
from digest.stages.joining import Limits

ANN = "ann@reader.example"
TODAY = NOW.date()


@pytest.fixture
def world():
    opened = World()
    yield opened
    opened.database.close()


def token(world, scope=Scope.CONFIRM, address=ANN, day=TODAY):
    return world.signer.sign(Token(scope, world.readers.intern(address), day))


def joined(world, address=ANN):
    world.joining.request(wishes(address, "robots"), WEB, "192.0.2.0/24")
    assert world.joining.confirm(token(world, address=address), WEB) is Answer.DONE


def mail(world, place=-1):
    return email.message_from_bytes(world.mailed[place].content, policy=email.policy.default)


def test_a_yes_brings_what_was_asked_for(world):
    world.joining.request(wishes(ANN, "robots", "cat:cs.LG"), WEB)
    assert world.state(ANN) is SubscriberState.PENDING
    assert list(world.readers.active()) == []
    answer, asked = world.joining.asked(token(world))
    assert (answer, asked.wishes) == (Answer.DONE, wishes(ANN, "robots", "cat:cs.LG"))
    assert world.joining.confirm(token(world), WEB) is Answer.DONE
    (reader,) = world.readers.active()
    assert [str(topic) for topic in reader.topics] == ["robots", "cat:cs.LG"]
    assert world.requests.unwelcomed(NOW) == [ANN]
    world.requests.welcomed(ANN, NOW)
    assert world.requests.unwelcomed(NOW) == []


def test_the_first_wishes_of_a_day_stand(world):
    """Or a stranger could change what a reader is about to say yes to."""
    world.joining.request(wishes(ANN, "robots"), WEB)
    world.joining.request(wishes(ANN, "something else"), WEB)
    world.joining.confirm(token(world), WEB)
    assert [str(topic) for topic in world.readers.get(ANN).topics] == ["robots"]


def test_the_letter_confirms_by_link_and_by_reply(world):
    world.joining.request(wishes(ANN, "robots"), WEB)
    assert world.postbox.empty() == 1
    letter = mail(world)
    text = letter.get_body(("plain",)).get_content()
    assert f"{BASE}/confirm/{token(world)}" in text
    local, _, domain = letter["Reply-To"].addresses[0].addr_spec.partition("@")
    assert domain == "example.org"
    assert world.joining.confirm_tag(local.removeprefix("confirm+"), WEB) is Answer.DONE


def test_a_letter_is_no_lists_mail_and_holds_nothing_a_stranger_wrote(world):
    world.joining.request(wishes(ANN, "BUY PILLS https://pills.example"), WEB)
    world.postbox.empty()
    letter = mail(world)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert [name for name in letter.keys() if name.startswith("List-")] == []  # noqa: SIM118
    assert len(letter["Message-ID"].partition("@")[0].rpartition(".")[2]) == 32
    assert letter["Date"].datetime == NOW
    assert b"pills" not in world.mailed[0].content.lower()
    assert world.mailed[0].reverse_path.startswith("bounces+")
    html = letter.get_body(("html",)).get_content()
    assert f'href="{BASE}/confirm/{token(world)}"' in html


def test_a_letter_is_a_function_of_its_request(world):
    world.joining.request(wishes(ANN, "robots"), WEB)
    (asked,) = world.requests.unmailed(NOW.date(), 10)
    assert world.letters.letter(asked) == world.letters.letter(asked)


def test_one_letter_a_day_however_often_it_is_asked_for(world):
    for _ in range(5):
        world.joining.request(wishes(ANN), WEB)
        world.postbox.empty()
    assert len(world.mailed) == 1
    world.clock.instant += timedelta(days=1)
    world.joining.request(wishes(ANN), WEB)
    world.postbox.empty()
    assert len(world.mailed) == 2
    assert world.mailed[0].message_id != world.mailed[1].message_id


def test_who_reads_already_gets_their_own_page(world):
    joined(world)
    world.clock.instant += timedelta(days=1)
    world.joining.request(wishes(ANN, "whatever a stranger wants"), WEB)
    world.postbox.empty()
    assert "You already read" in mail(world)["Subject"]
    assert (
        f"/manage/{token(world, Scope.MANAGE, day=world.clock.now().date())}"
        in mail(world).get_body(("plain",)).get_content()
    )
    assert [str(topic) for topic in world.readers.get(ANN).topics] == ["robots"]


def test_who_is_suppressed_gets_nothing(world):
    joined(world)
    world.joining.complain(ANN, Consent(Way.SERVER))
    world.clock.instant += timedelta(days=1)
    assert world.joining.request(wishes(ANN), WEB)
    assert world.postbox.empty() == 0


def test_a_letter_that_nobody_takes_is_due_again_and_goes_out_once(world):
    world.joining.request(wishes(ANN), WEB)
    world.trouble = TransportError("nobody there")
    with pytest.raises(TransportError):
        world.postbox.empty()
    world.trouble = DeliveryState.DEFERRED
    assert world.postbox.empty() == 0
    world.trouble = None
    assert world.postbox.empty() == 1
    assert world.postbox.empty() == 0
    assert len(world.mailed) == 1


def test_a_link_is_good_for_a_week(world):
    world.joining.request(wishes(ANN), WEB)
    good = token(world)
    world.clock.instant = NOW + CONFIRM_WITHIN
    assert world.joining.asked(good)[0] is Answer.DONE
    world.clock.instant += timedelta(days=1)
    assert world.joining.confirm(good, WEB) is Answer.TOO_LATE
    assert world.state(ANN) is SubscriberState.PENDING


def test_who_never_answers_is_forgotten(world):
    world.joining.request(wishes(ANN), WEB)
    number = world.readers.intern(ANN)
    world.clock.instant += CONFIRM_WITHIN + timedelta(days=1, seconds=1)
    assert world.joining.tick() == 1
    assert world.state(ANN) is None
    assert world.readers.address(number) is None
    assert world.joining.add([wishes(ANN)]).new == 1, "they said nothing against it"


def test_the_dossier_tells_when_how_from_where_and_the_words(world):
    joined(world)
    world.clock.instant += timedelta(hours=1)
    world.joining.leave(ANN, Consent(Way.ONE_CLICK))
    told = world.joining.dossier(ANN)
    assert [deed.act for deed in told] == [Act.REQUEST, Act.CONFIRM, Act.LEAVE]
    assert told[0].consent == WEB
    assert told[2].consent.way is Way.ONE_CLICK
    assert told[2].at == NOW + timedelta(hours=1)


def test_the_operator_s_word_is_told_too(world):
    world.joining.add([wishes(ANN)])
    (deed,) = world.joining.dossier(ANN)
    assert (deed.act, deed.consent.way) == (Act.ADD, Way.OPERATOR)


def test_a_pause_ends_by_itself(world):
    joined(world)
    world.joining.pause(ANN, date(2026, 8, 24), WEB)
    world.clock.instant = NOW + timedelta(days=2)
    world.joining.tick()
    assert world.state(ANN) is SubscriberState.PAUSED
    world.clock.instant = NOW + timedelta(days=3)
    world.joining.tick()
    assert world.state(ANN) is SubscriberState.ACTIVE


def test_a_file_does_not_end_a_reader_s_own_pause_but_the_operator_s(world):
    joined(world)
    world.joining.pause(ANN, None, WEB)
    world.joining.add([wishes(ANN, "from a file")])
    assert world.state(ANN) is SubscriberState.PAUSED
    assert [str(t) for t in world.readers.get(ANN).topics] == ["from a file"]


def test_erasing_leaves_a_hash_that_only_the_address_meets(world):
    joined(world)
    world.joining.feedback(ANN, "arxiv:2608.00001", Feedback.SAVE)
    number = world.readers.intern(ANN)
    assert world.joining.erase(ANN) is Answer.DONE
    dump = "\n".join(world.database.connection.iterdump())
    assert ANN not in dump
    assert "robots" not in dump
    assert Erasure([KEY]).mark(ANN) in dump
    assert (
        world.joining.reader(world.signer.sign(Token(Scope.MANAGE, number)), Scope.MANAGE) is None
    )
    told = world.joining.add([wishes(ANN), wishes("bob@reader.example")])
    assert (told.new, told.refused) == (1, (ANN,))


def test_their_own_yes_brings_the_erased_back_to_their_place_in_the_ledger(world):
    joined(world)
    number = world.readers.intern(ANN)
    world.joining.erase(ANN)
    world.clock.instant += timedelta(days=1)
    world.joining.request(wishes(ANN), WEB)
    assert world.joining.add([wishes(ANN)]).refused == (ANN,), "a request is no yes"
    assert world.joining.confirm(token(world, day=world.clock.now().date()), WEB) is Answer.DONE
    assert world.readers.intern(ANN) == number
    world.readers.remove(ANN)
    assert world.joining.add([wishes(ANN)]).new == 1


def test_an_erased_reader_stays_known_after_the_key_has_rotated(world):
    joined(world)
    world.joining.erase(ANN)
    later = World(keys=(b"another key of sixteen octets", KEY), database=world.database)
    assert later.joining.add([wishes(ANN)]).refused == (ANN,)


def test_more_takes_less_back_and_saying_it_twice_is_once(world):
    joined(world)
    for kind in (Feedback.LESS, Feedback.SAVE, Feedback.MORE, Feedback.MORE):
        assert world.joining.feedback(ANN, "arxiv:2608.00001", kind) is Answer.DONE
    said = {opinion.kind for opinion in world.joining.opinions(ANN)}
    assert said == {Feedback.MORE, Feedback.SAVE}
    assert world.joining.unsay(ANN, "arxiv:2608.00001", Feedback.SAVE) is Answer.DONE
    assert world.joining.unsay(ANN, "arxiv:2608.00001", Feedback.SAVE) is Answer.ALREADY


def test_a_network_may_ask_so_often_and_everybody_together_so_often():
    world = World(Limits(network=3, everybody=5))
    asked = [
        world.joining.request(wishes(f"reader{n}@x.example"), WEB, f"192.0.2.{n // 4}")
        for n in range(8)
    ]
    assert asked == [True] * 3 + [False] + [True] * 2 + [False] * 2
    world.clock.instant += timedelta(hours=1)
    assert world.joining.request(wishes("reader0@x.example"), WEB, "192.0.2.0")
    assert "192.0.2" not in str(world.database.all("SELECT * FROM limits"))


def test_acts_on_strangers_do_nothing(world):
    for act in ("resume", "leave", "undo", "bounce", "complain", "release"):
        assert getattr(world.joining, act)(ANN, WEB) is Answer.UNKNOWN
    assert world.joining.pause(ANN, None, WEB) is Answer.UNKNOWN
    assert world.joining.erase(ANN) is Answer.UNKNOWN
    assert world.joining.feedback(ANN, "arxiv:1", Feedback.MORE) is Answer.UNKNOWN
    assert list(world.readers.all()) == []
