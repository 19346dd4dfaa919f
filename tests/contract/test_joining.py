"""A subscriber's life is the same on every database."""

from datetime import date, timedelta

import pytest
from lives import WEB, World, wishes

from digest.mail.tokens import Scope, Token
from digest.model import DeliveryState, SubscriberState
from digest.model.consent import Consent, Way
from digest.model.feedback import Feedback
from digest.model.life import Act
from digest.model.request import Answer
from digest.stages.joining import Limits
from digest.store.reports import ReportStore

ANN = "ann@reader.example"
ACTIVE, PAUSED, LEFT = SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.LEFT


@pytest.fixture
def world(database):
    return World(Limits(network=3, everybody=100), database=database)


def token(world):
    number = world.readers.intern(ANN)
    return world.signer.sign(Token(Scope.CONFIRM, number, world.clock.now().date()))


def joined(world):
    assert world.joining.request(wishes(ANN, "robots"), WEB, "192.0.2.0/24")
    assert world.postbox.empty() == 1
    assert world.joining.confirm(token(world), WEB) is Answer.DONE


def test_from_request_to_erasure(world):
    joined(world)
    assert world.state(ANN) is ACTIVE
    assert world.requests.unwelcomed(world.clock.now()) == [ANN]
    assert world.joining.pause(ANN, date(2026, 8, 24), WEB) is Answer.DONE
    world.clock.instant += timedelta(days=3)
    assert world.joining.tick() == 1
    assert world.state(ANN) is ACTIVE
    assert world.joining.leave(ANN, Consent(Way.ONE_CLICK)) is Answer.DONE
    assert world.joining.add([wishes(ANN)]).refused == (ANN,)
    assert world.joining.undo(ANN, WEB) is Answer.DONE
    assert world.joining.erase(ANN) is Answer.DONE
    assert world.joining.add([wishes(ANN)]).refused == (ANN,)
    world.joining.request(wishes(ANN), WEB)
    assert world.joining.confirm(token(world), WEB) is Answer.DONE
    assert [deed.act for deed in world.joining.dossier(ANN)] == [Act.REQUEST, Act.CONFIRM]


def test_one_letter_a_day_and_the_first_wishes_stand(world):
    for topic in ("robots", "else"):
        world.joining.request(wishes(ANN, topic), WEB)
        world.postbox.empty()
    assert len(world.mailed) == 1
    world.joining.confirm(token(world), WEB)
    assert [str(topic) for topic in world.readers.get(ANN).topics] == ["robots"]


def test_an_old_letter_brings_nobody_back(world):
    joined(world)
    world.joining.leave(ANN, WEB)
    assert world.joining.confirm(token(world), WEB) is Answer.TOO_LATE
    assert world.state(ANN) is LEFT


def test_limits_are_counted_once_each(world):
    asked = [world.joining.request(wishes(f"r{n}@x.example"), WEB, "net") for n in range(5)]
    assert asked == [True] * 3 + [False] * 2


def test_who_never_answers_is_forgotten(world):
    world.joining.request(wishes(ANN), WEB)
    world.clock.instant += timedelta(days=8, seconds=1)
    assert world.joining.tick() == 1
    assert world.state(ANN) is None


def test_a_file_ends_only_the_operator_s_own_pause(world):
    joined(world)
    world.joining.pause(ANN, None, WEB)
    world.joining.add([wishes(ANN)])
    assert world.state(ANN) is PAUSED


def test_opinions(world):
    joined(world)
    for kind in (Feedback.SAVE, Feedback.LESS, Feedback.MORE):
        world.joining.feedback(ANN, "arxiv:2608.00001", kind)
    said = world.opinions.of([ANN, "nobody@x.example"])
    assert {opinion.kind for opinion in said[ANN]} == {Feedback.SAVE, Feedback.MORE}


def test_whom_the_operator_added(world):
    world.joining.add([wishes("bob@x.example"), wishes("cem@x.example")])
    joined(world)
    world.joining.leave("cem@x.example", WEB)
    assert list(world.readers.of_operator()) == ["bob@x.example"]


def test_reports_of_an_empty_store_are_empty(world):
    reports = ReportStore(world.database)
    today = world.clock.now().date()
    assert reports.editions(today) == {}
    assert reports.domains(today) == []
    assert reports.troubles(today, 5) == []
    assert reports.of_reader(ANN, 5) == []
    assert reports.health(today) == {}
    assert world.consents.since(world.clock.now()) == {}
    assert DeliveryState.ACCEPTED not in reports.editions(today)
