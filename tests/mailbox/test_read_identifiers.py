"""Our Message-IDs: signed, verified with old keys too, and never believed by their form."""

import hashlib
import hmac

import pytest

from callcare.mailbox.models import Mail
from callcare.mailbox.rules.identifiers import (
    LONGEST_ID,
    key_of,
    looks_ours,
    shortened,
    signed,
    synthetic,
    verified,
)
from callcare.mailbox.rules.readings import domains_of

NEW, OLD = b"new", b"old"
DOMAIN = "call-care.test"
OURS = frozenset({DOMAIN})


def test_an_identifier_says_its_thread_and_number():
    one = signed("T7K3Q2F4", 12, NEW, DOMAIN)
    seal = hmac.new(NEW, b"T7K3Q2F4.12", hashlib.sha256).hexdigest()[:16]
    assert one == f"<cc.T7K3Q2F4.12.{seal}@call-care.test>"
    assert verified(one, [NEW], OURS) == ("T7K3Q2F4", 12)


def test_old_keys_are_still_accepted():
    one = signed("T1", 1, OLD, DOMAIN)
    assert verified(one, [NEW, OLD], OURS) == ("T1", 1)
    assert verified(one, [NEW], OURS) is None
    assert verified(one, [], OURS) is None


def test_case_of_the_domain_does_not_matter():
    assert verified(signed("T1", 1, NEW, "Call-Care.TEST"), [NEW], OURS) == ("T1", 1)


def test_a_letter_is_ours_in_the_domain_of_any_of_our_boxes_and_in_no_other():
    domains = domains_of("Call-Care.test", ["aide@asso.test", "contact@call-care.test"])
    assert domains == {"call-care.test", "asso.test"}
    one = signed("T1", 1, NEW, "asso.test")
    assert verified(one, [NEW], domains) == ("T1", 1)
    assert looks_ours(one, domains)
    assert verified(one, [NEW], OURS) is None
    assert verified(signed("T1", 1, NEW, "test"), [NEW], domains) is None


@pytest.mark.parametrize("change", [
    lambda one: one.replace("T1", "T2"),
    lambda one: one.replace(".1.", ".2."),
    lambda one: one.replace(".1.", ".01."),
    lambda one: one.replace("call-care.test", "pirate.example"),
    lambda one: one.upper(),
    lambda one: one[1:-1],
    lambda one: f" {one}",
    lambda one: one + one,
    lambda one: one.replace("@", "\n@"),
    lambda one: "<cc.T1.1.0000000000000000@call-care.test>",
    lambda one: "<cc.T1.1.é000000000000000@call-care.test>",
    lambda one: "<cc.T1.١.0000000000000000@call-care.test>",
    lambda one: "",
    lambda one: "<" * 100_000,
])  # fmt: skip
def test_a_changed_identifier_is_not_ours(change):
    one = signed("T1", 1, NEW, DOMAIN)
    assert verified(one, [NEW], OURS) == ("T1", 1)
    assert verified(change(one), [NEW], OURS) is None


def test_the_form_alone():
    assert looks_ours("<cc.T1.1.0000000000000000@call-care.test>", OURS)
    assert looks_ours("<cc.0123456789abcdef0123456789abcdef@Call-Care.test>", OURS)
    assert not looks_ours("<cc.T1@exemple.test>", OURS)
    assert not looks_ours("<T1@call-care.test>", OURS)


def test_the_key_is_not_the_secret_itself():
    assert key_of("secret") == hmac.new(b"secret", b"callcare.mailbox.identifiers", hashlib.sha256).digest()
    assert key_of("secret") != key_of("autre")


def test_a_monstrous_identifier_still_compares():
    one, other = "<" + "a" * 5_000 + "@x>", "<" + "a" * 5_001 + "@x>"
    assert len(shortened(one)) <= Mail._meta.get_field("message_id").max_length == LONGEST_ID
    assert shortened(one) == shortened(one) != shortened(other)
    assert shortened("<a@b>") == "<a@b>"


def test_a_mail_without_identifier_gets_the_same_one_each_time():
    assert synthetic("a" * 64) == synthetic("a" * 64) != synthetic("b" * 64)
