"""Our own cutting of mails against the library's (`policy.compat32`): the same parts with the same bytes."""

import email
from email.policy import compat32

import pytest

from callcare.mailbox.rules import mime
from tests.mailbox import corpus

# Where we differ on purpose, and why.
ON_PURPOSE = {
    "broken/the same boundary at each level",  # parts that are announced and do not come are none for us
    "attachments/base64 with faults",  # the library reads "BASE64 (a comment)" as no encoding
}


def leaves(message: email.message.Message) -> list[email.message.Message]:
    """The parts without parts; a mail inside a mail is one."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        return [message]
    return [leaf for part in message.get_payload() for leaf in leaves(part)]


def differences(raw: bytes) -> list[object]:
    theirs = leaves(email.message_from_bytes(raw, policy=compat32))
    ours = mime.taken_apart(raw).leaves
    if len(ours) != len(theirs):
        return [len(ours), len(theirs)]
    pairs = [(mime.payload(our), their.get_payload(decode=True)) for our, their in zip(ours, theirs, strict=True)]
    return [pair for pair in pairs if pair[1] is not None and pair[0] != pair[1]]  # None: a mail inside


@pytest.mark.parametrize("mail", corpus.golden(), ids=lambda mail: mail.name)
def test_the_library_sees_the_same_parts(mail):
    assert bool(differences(mail.raw)) == (mail.name in ON_PURPOSE)
