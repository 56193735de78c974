"""Kinds: the first test that matches decides, in the order of the table."""

import itertools

import pytest

from callcare.mailbox.rules.reading import read
from callcare.mailbox.rules.readings import Kind, Ours
from tests.mailbox import corpus

# One sign of each kind, as headers; a mail may bear several.
SIGNS = {
    Kind.OWN: "X-CallCare-Instance: lille-1\n",
    Kind.BOUNCE: "X-Failed-Recipients: a@exemple.test\n",
    Kind.RECEIPT: "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n",
    Kind.AUTO_REPLY: "Auto-Submitted: auto-replied (vacation)\n",
    Kind.BULK: "List-Id: <x>\n",
    Kind.SPAM: "X-Spam-Flag: YES\n",
}
ORDER = list(SIGNS)


def kind(headers: str, ours: Ours = corpus.OURS) -> Kind:
    return read(f"From: Jean <jean@exemple.test>\n{headers}\nBonjour".encode(), ours).kind


def test_without_a_sign_it_is_a_person():
    assert kind("") == Kind.HUMAN


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(ORDER, 2)))
def test_the_first_of_two_signs_decides(one, other):
    assert kind(SIGNS[one] + SIGNS[other]) == one
    assert kind(SIGNS[other] + SIGNS[one]) == one


@pytest.mark.parametrize(("headers", "expected"), [
    ("Auto-Submitted: no\n", Kind.HUMAN),
    ("Auto-Submitted: NO (a person)\n", Kind.HUMAN),
    ("Auto-Submitted:\n", Kind.HUMAN),
    ("Auto-Submitted: no\nAuto-Submitted: auto-generated\n", Kind.AUTO_REPLY),
    ("Auto-Submitted: auto-notified; owner-email=x\n", Kind.AUTO_REPLY),
    ("Auto-Submitted: =?utf-8?Q?auto-replied?=\n", Kind.AUTO_REPLY),
    ("X-Loop: no\n", Kind.HUMAN),
    ("X-Autorespond:\n", Kind.AUTO_REPLY),
    ("Precedence: first-class\n", Kind.HUMAN),
    ("X-Precedence: LIST\n", Kind.BULK),
    ("Precedence: junk\n", Kind.BULK),
    ("List-Post: <mailto:x@exemple.test>\n", Kind.BULK),
    ("X-Spam-Flag: Yes, score=9\n", Kind.SPAM),
    ("X-Spam-Status: Yes\n", Kind.HUMAN),
    ("Return-Path: <>\n", Kind.HUMAN),
    ("Return-Path: <>\nFrom: MAILER-DAEMON@exemple.test\n", Kind.HUMAN),  # the first From counts
    ("Subject: Out of office\nIn-Reply-To: <autre@exemple.test>\n", Kind.HUMAN),
    ("Subject: Out of office\nReferences: <cc.0123456789abcdef0123456789abcdef@call-care.test>\n", Kind.AUTO_REPLY),
    ("Subject: Absence du bureau\nIn-Reply-To: <cc.T1.1.0000000000000000@call-care.test>\n", Kind.AUTO_REPLY),
    ("Subject: Re: absence\nIn-Reply-To: <cc.T1.1.0000000000000000@call-care.test>\n", Kind.HUMAN),
    ("X-CallCare-Instance: paris-1\n", Kind.HUMAN),
    ("Content-Type: multipart/report; boundary=b\n", Kind.HUMAN),
])  # fmt: skip
def test_exact_words(headers, expected):
    assert kind(headers) == expected


@pytest.mark.parametrize("local", ["MAILER-DAEMON", "postmaster", "Mailer-Daemon"])
def test_a_server_without_return_address_is_a_bounce(local):
    raw = f"Return-Path: <>\nFrom: {local}@exemple.test\n\nNon remis"
    assert read(raw.encode(), corpus.OURS).kind == Kind.BOUNCE
    assert read(raw.replace("<>", "<a@b.test>").encode(), corpus.OURS).kind == Kind.HUMAN


def test_a_mail_inside_says_nothing_of_the_one_around_it():
    inside = "\n".join(SIGNS.values())
    raw = "From: a@exemple.test\nContent-Type: multipart/mixed; boundary=c\n\n"
    raw += f"--c\nContent-Type: message/rfc822\n\n{inside}\n--c--\n"
    assert read(raw.encode(), corpus.OURS).kind == Kind.HUMAN


def test_without_an_instance_of_ours_no_mark_is_ours():
    nobody = Ours("call-care.test", lambda one: False)
    assert kind("X-CallCare-Instance:\n", nobody) == Kind.HUMAN


@pytest.mark.parametrize(("headers", "expected"), [
    ("", False),
    ("X-Auto-Response-Suppress: All\n", True),
    ("X-Auto-Response-Suppress: RN, DR\n", True),
    ("X-Auto-Response-Suppress: AutoReply\n", True),
    ("X-Auto-Response-Suppress: OOF\n", False),
    ("Return-Path: <>\n", True),
    ("Return-Path: <a@exemple.test>\n", False),
])  # fmt: skip
def test_who_wants_no_reply(headers, expected):
    reading = read(f"From: a@exemple.test\n{headers}\nBonjour".encode(), corpus.OURS)
    assert reading.wants_no_reply is expected
    assert reading.kind == Kind.HUMAN


@pytest.mark.parametrize(("address", "expected"), [
    ("no-reply", True), ("noreply", True), ("ne-pas-repondre", True), ("nepasrepondre", True), ("donotreply", True),
    ("noelle", False), ("nora.reply", False), ("reponse", False),
])  # fmt: skip
def test_addresses_that_nobody_reads(address, expected):
    assert read(f"From: {address}@exemple.test\n\nx".encode(), corpus.OURS).wants_no_reply is expected


def test_the_signed_identifier_counts_on_top_only():
    signed = corpus.SIGNED
    assert kind(f"Message-ID: {signed}\n") == Kind.OWN
    assert kind(f"In-Reply-To: {signed}\n") == Kind.HUMAN
    assert kind(f"Message-ID: <a@exemple.test>\nMessage-ID: {signed}\n") == Kind.HUMAN
