"""Bounces in each form, made for the purpose: a report, a notice, a complaint."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.inbound.reading import Kind, read
from digest.model import Severity

ANN = "ann@reader.example"


def report(
    *groups: str, notice: str = "Your mail was not delivered.", kind: str = "delivery-status"
) -> bytes:
    """A multipart/report (RFC 6522)."""
    lines = [
        "From: MAILER-DAEMON@mx.example",
        "To: bounces+00@digest.example",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        notice,
        "--b",
        f"Content-Type: message/{kind}",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        *[line for group in groups for line in (group, "")],
        "--b",
        "Content-Type: message/rfc822",
        "",
        "From: digest@digest.example",
        f"To: {ANN}",
        "Subject: 7 papers",
        "",
        "text",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def recipient(
    address: str = ANN, action: str = "failed", status: str = "5.1.1", diagnostic: str = ""
) -> str:
    fields = [f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}"]
    return "\r\n".join([*fields, *([f"Diagnostic-Code: smtp; {diagnostic}"] if diagnostic else [])])


def verdict(mail: bytes) -> tuple[str, Severity, str]:
    """The one address, its severity and status."""
    (failure,) = read(mail).failures
    return failure.address, failure.severity, failure.refusal.status


def test_the_code_inside_diagnostic_code_counts_before_status():
    mail = report(recipient(status="5.0.0", diagnostic="550 5.1.1 User unknown"))
    assert verdict(mail) == (ANN, Severity.HARD, "5.1.1")


def test_failed_with_a_transient_status_is_soft():
    mail = report(recipient(status="4.4.1", diagnostic="451 4.4.1 connection timed out"))
    assert verdict(mail) == (ANN, Severity.SOFT, "4.4.1")


def test_delayed_is_not_failed():
    assert verdict(report(recipient(action="delayed", status="4.4.1")))[1] is Severity.DELAYED


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_success_is_no_bounce(action):
    reading = read(report(recipient(action=action, status="2.0.0")))
    assert reading.kind is Kind.IGNORE
    assert [failure.severity for failure in reading.failures] == [Severity.NONE]


def test_each_recipient_of_a_report_has_a_verdict_of_its_own():
    mail = report(
        recipient("dead@x.example", diagnostic="550 5.1.1 no such user"),
        recipient("full@x.example", status="5.2.2", diagnostic="552 5.2.2 Mailbox full"),
        recipient("slow@x.example", action="delayed", status="4.0.0"),
    )
    assert {f.address: f.severity for f in read(mail).failures} == {
        "dead@x.example": Severity.HARD,
        "full@x.example": Severity.SOFT,
        "slow@x.example": Severity.DELAYED,
    }


def test_the_internationalised_form_is_read_too():
    """RFC 6533 §3: message/global-delivery-status, utf-8 addresses."""
    group = "Final-Recipient: utf-8; jos\\x{E9}@x.example\r\nAction: failed\r\nStatus: 5.1.1"
    assert verdict(report(group, kind="global-delivery-status"))[0] == "josé@x.example"


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("550 5.7.1 blocked using zen.spamhaus.org", Severity.BLOCK),
        ("550 5.7.26 unauthenticated mail, DMARC", Severity.BLOCK),
        ("554 5.7.1 Message refused as spam", Severity.BLOCK),
        ("550 5.7.25 no PTR record", Severity.BLOCK),
        ("550 5.1.1 sender rate limit exceeded", Severity.BLOCK),
        ("552 5.2.2 over quota", Severity.SOFT),
        ("550 5.2.1 the account is disabled", Severity.SOFT),
        ("551 5.1.6 User has moved", Severity.HARD),
        ("556 5.1.10 null MX", Severity.HARD),
    ],
)
def test_only_a_dead_address_is_hard(words, severity):
    status = words.split()[1]
    assert verdict(report(recipient(status=status, diagnostic=words)))[1] is severity


def test_unknown_said_after_the_content_is_a_filter_s_word():
    notice = f"<{ANN}>: host mx said: 550 User unknown (in reply to end of DATA command)"
    mail = report(recipient(status="5.0.0", diagnostic="550 User unknown"), notice=notice)
    assert verdict(mail)[1] is Severity.SOFT


def exim(address: str, words: str) -> bytes:
    return (
        "From: Mail Delivery System <Mailer-Daemon@mx.example>\n"
        "To: bounces+00@digest.example\nSubject: Mail delivery failed: returning message\n\n"
        "A message that you sent could not be delivered to all of its recipients.\n\n"
        f"  {address}\n    {words}\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n"
        f"Return-path: <bounces+00@digest.example>\nReceived: from x\nTo: {address}\n"
        "From: digest@digest.example\nSubject: spam, viruses, and quota exceeded\n\nhello\n"
    ).encode()


def test_a_notice_in_free_form_is_read():
    words = "SMTP error from remote mail server after RCPT TO:<x>: 550 no such user"
    address, severity, _ = verdict(exim(ANN, words))
    assert (address, severity) == (ANN, Severity.HARD)


def test_the_message_that_came_back_is_not_taken_for_the_reason():
    assert verdict(exim(ANN, "Unrouteable address"))[1] is Severity.HARD


def test_somebody_who_writes_about_a_bounce_is_no_bounce():
    mail = EmailMessage()
    mail["From"], mail["To"] = ANN, "digest@digest.example"
    mail["Subject"] = "Re: delivery failed?"
    mail.set_content("Your mail to bob@x.example could not be delivered, user unknown. Why?\n")
    assert read(mail.as_bytes()).kind is not Kind.BOUNCE


def test_a_library_that_fails_writes_nothing_into_our_log(caplog):
    read(b"From: \nReturn-Path: <>\nSubject: Undelivered Mail\n\nnot delivered\n")
    assert caplog.records == []


def complaint(feedback: str) -> bytes:
    return (
        "From: feedback@isp.example\nTo: fbl@digest.example\nSubject: FW: papers\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nAn abuse report\n"
        f"--b\nContent-Type: message/feedback-report\n\n{feedback}\n"
        f"--b\nContent-Type: message/rfc822\n\nTo: {ANN}\nFrom: digest@digest.example\n\nx\n--b--\n"
    ).encode()


def test_a_feedback_report_is_a_complaint():
    """RFC 5965 §3.1."""
    reading = read(complaint(f"Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <{ANN}>\n"))
    assert (reading.kind, reading.complainers) == (Kind.COMPLAINT, (ANN,))


def test_opting_out_by_a_feedback_report_unsubscribes():
    reading = read(complaint("Feedback-Type: opt-out\nVersion: 1\n"))
    assert [str(command) for command in reading.commands] == ["unsubscribe"]


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "Subject: Out of office",
        "Subject: Automatische Antwort: 7 papers",
    ],
)
def test_a_vacation_notice_is_an_auto_reply(field):
    mail = f"From: {ANN}\nTo: digest@digest.example\n{field}\n\nstop\n".encode()
    assert read(mail).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "body",
    [
        "I am away. Your mail has been forwarded to bob@work.example.",
        "Your message was delivered, but will not be read. Write to bob@work.example.",
        "This mailbox is not monitored; mail is not processed. Try <bob@work.example>",
    ],
)
@pytest.mark.parametrize("field", ["Auto-Submitted: auto-replied", "X-Autoreply: yes"])
def test_a_vacation_notice_with_a_null_path_is_no_bounce(body, field):
    mail = (
        f"Return-Path: <>\nFrom: {ANN}\nTo: bounces+00@digest.example\n"
        f"Subject: Re: 7 papers\n{field}\n\n{body}\n"
    )
    assert read(mail.encode()).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "piece",
    ["\n", "-", "= ", "> ", "<a@b.example>: ", "user ", "Final-Recipient: rfc822; a@b.c\n\n"],
)
def test_half_a_megabyte_of_anything_is_read(piece):
    """Backtracking would take minutes here."""
    head = b"From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\nReturn-Path: <>\n\n"
    read(head + piece.encode() * (500_000 // len(piece)))


@given(st.binary(max_size=2000))
def test_no_octets_whatever_raise(octets):
    read(octets)


FIELDS = st.sampled_from(
    [
        "Content-Type: multipart/report; boundary=b",
        "Content-Type: multipart/mixed",
        "Content-Type: message/delivery-status",
        "Content-Type: message/rfc822",
        "Content-Type: message/feedback-report",
        'Content-Type: text/html; charset="nonsense"',
        "Content-Transfer-Encoding: base64",
        "Subject: =?utf-8?q?=ff?=",
        "Subject: Undelivered Mail",
        "From: Mailer-Daemon <>",
        "Return-Path: <>",
        "--b",
        "--b--",
        "",
        "Final-Recipient: rfc822; a@b",
        "Final-Recipient: utf-8; \\x{D800}@b",
        "Status: 5.1.1",
        "Action: failed",
        "Diagnostic-Code: smtp; 550 \udc80",
        "=====",
        "<a@b.example>: 550 unknown user",
        "<![CDATA[ <p",
        "X-Failed-Recipients: a@b,",
        "Auto-Submitted: auto-replied",
        "To: confirm+00@x",
        "pause 1 week",
        '{"notificationType":"Bounce","bounce":[]}',
    ]
)


@given(st.lists(st.one_of(FIELDS, st.text(max_size=40)), max_size=40))
def test_no_damaged_report_raises(lines):
    read("\r\n".join(lines).encode("utf-8", "surrogatepass"))


RECIPIENTS = st.lists(
    st.tuples(
        st.from_regex(r"[a-z]{1,12}@[a-z]{1,8}\.example", fullmatch=True),
        st.sampled_from(["failed", "delayed", "delivered", "relayed", "expanded"]),
        st.integers(4, 5),
        st.tuples(st.integers(0, 7), st.integers(0, 30)),
        st.sampled_from(["no such user", "mailbox full", "blocked for spam", "we cannot say", ""]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda recipient: recipient[0],
)


@given(RECIPIENTS)
def test_every_recipient_of_any_report_is_found_and_none_is_called_dead_without_reason(recipients):
    groups = []
    for address, action, category, (subject, detail), words in recipients:
        status = f"{category}.{subject}.{detail}"
        diagnostic = f"{category}50 {status} {words}" if words else ""
        groups.append(recipient(address, action, status, diagnostic))
    found = {failure.address: failure for failure in read(report(*groups)).failures}
    assert set(found) == {address for address, *_ in recipients}
    for address, action, category, (subject, detail), words in recipients:
        severity = found[address].severity
        if action == "delayed":
            assert severity is Severity.DELAYED
        elif action != "failed":
            assert severity is Severity.NONE
        elif severity is Severity.HARD:
            assert category == 5
            assert words in {"no such user", "we cannot say", ""}
            assert subject in {1, 4, 5}
        else:  # 5.1.7 and 5.1.8 speak of the sender (RFC 3463 §3.2)
            told = category == 5 and subject == 1 and detail not in {7, 8}
            assert not (told and words == "no such user")
