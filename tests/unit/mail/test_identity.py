import pytest

from digest.errors import BadSetting
from digest.mail.identity import Identity, MailSettings


def test_the_defaults_are_for_this_machine_alone():
    identity = Identity.of(MailSettings())
    assert identity.name == "Paper Digest"
    assert str(identity.mailbox) == "digest@localhost"
    assert (identity.list_name, identity.list_label) == ("Paper Digest", "daily.papers.localhost")
    assert identity.bounce_domain == "localhost"


def test_all_follows_from_the_from_line():
    identity = Identity.of(MailSettings("Lab, Papers <Papers@News.Example.org>"))
    assert identity.name == "Lab, Papers"
    identity = Identity.of(MailSettings('"Lab, Papers" <Papers@News.Example.org>'))
    assert identity.name == "Lab, Papers"
    assert identity.domain == "news.example.org"
    assert identity.list_label == "daily.papers.news.example.org"


def test_what_is_set_is_kept():
    identity = Identity.of(
        MailSettings(
            "digest@example.org",
            list_id="CS Daily <CS.daily.Example.org>",
            bounce_domain="Bounces.example.org",
            imprint="Lab\nStreet 1",
        )
    )
    assert identity.name == "Paper Digest"
    assert (identity.list_name, identity.list_label) == ("CS Daily", "cs.daily.example.org")
    assert identity.bounce_domain == "bounces.example.org"
    assert identity.imprint == "Lab Street 1"


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        (MailSettings("Paper Digest"), "mail.from"),
        (MailSettings("Paper Digest <digest@>"), "mail.from"),
        (MailSettings("a@example.org, b@example.org"), "mail.from"),
        (MailSettings(list_id="no label"), "mail.list_id"),
        (MailSettings(list_id="A <b c.d>"), "mail.list_id"),
        (MailSettings(bounce_domain="exa mple.org"), "mail.bounce_domain"),
    ],
)
def test_a_wrong_setting_is_named(settings, where):
    with pytest.raises(BadSetting) as caught:
        Identity.of(settings)
    assert caught.value.where == where
    assert caught.value.problem
