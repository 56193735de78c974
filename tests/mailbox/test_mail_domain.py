"""`./callcare mail domain`: what receivers will think of our letters, on recorded answers of name servers."""

import base64
import io

import dns.exception
import dns.resolver
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import call_command

from callcare.mailbox import domain
from callcare.mailbox.domain import Mark


def key(bits: int) -> str:
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


LONG = key(2048)
GOOD = {
    ("guichet.test", "MX"): ["10 mx.guichet.test."],
    ("guichet.test", "TXT"): ["autre=chose", "v=spf1 include:envoi.test -all"],
    ("default._domainkey.guichet.test", "TXT"): [f"v=DKIM1; k=rsa; p={LONG}"],
    ("_dmarc.guichet.test", "TXT"): ["v=DMARC1; p=reject; rua=mailto:x@guichet.test"],
}
SPF, DKIM, DMARC = ("guichet.test", "TXT"), ("default._domainkey.guichet.test", "TXT"), ("_dmarc.guichet.test", "TXT")


def found(over: dict | None = None) -> dict[str, domain.Finding]:
    answers = GOOD | (over or {})
    every = domain.findings(
        "guichet.test", selectors=["default"], asked=lambda name, kind: answers.get((name, kind), [])
    )
    return {one.what: one for one in every}


def test_a_domain_in_order_is_told_so():
    assert {one.mark for one in found().values()} == {Mark.GOOD}


@pytest.mark.parametrize(
    ("where", "records", "what", "mark", "said"),
    [
        (("guichet.test", "MX"), [], "MX", Mark.WRONG, "Personne ne reçoit"),
        (("guichet.test", "MX"), ["0 ."], "MX", Mark.WRONG, "Personne ne reçoit"),
        (SPF, [], "SPF", Mark.WRONG, "qui peut écrire"),
        (SPF, ["v=spf10 -all"], "SPF", Mark.WRONG, "qui peut écrire"),
        (SPF, ["v=spf1 -all", "v=spf1 mx -all"], "SPF", Mark.WRONG, "2 enregistrements"),
        (SPF, ["v=spf1 +all"], "SPF", Mark.WRONG, "N’importe qui"),
        (SPF, ["v=spf1 mx ?all"], "SPF", Mark.WEAK, "ne refuse personne"),
        (SPF, ["v=spf1 mx"], "SPF", Mark.WEAK, "ne refuse personne"),
        (SPF, ["v=spf1 redirect=envoi.test"], "SPF", Mark.GOOD, "redirect"),
        (SPF, ["v=spf1 " + "include:x.test " * 11 + "-all"], "SPF", Mark.WRONG, "11 recherches"),
        (DKIM, [], "DKIM (default)", Mark.WRONG, "Aucune clé"),
        (DKIM, ["v=DKIM1; p="], "DKIM (default)", Mark.WRONG, "révoquée"),
        (DKIM, ["v=DKIM1; p=n'importe quoi"], "DKIM (default)", Mark.WRONG, "illisible"),
        (DKIM, [f"p={key(1024)}"], "DKIM (default)", Mark.WEAK, "1024 bits"),
        (DKIM, ["k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="], "DKIM (default)", Mark.GOOD, ""),
        (DMARC, [], "DMARC", Mark.WRONG, "falsifiée"),
        (DMARC, ["v=DMARC1; p=none", "v=DMARC1; p=reject"], "DMARC", Mark.WRONG, "plusieurs"),
        (DMARC, ["v=DMARC1; p=none; rua=mailto:x@y.test"], "DMARC", Mark.WEAK, "acceptée"),
        (DMARC, ["v=DMARC1; p=quarantine"], "DMARC", Mark.WEAK, "indésirables"),
        (DMARC, ["v=DMARC1; p=jeter"], "DMARC", Mark.WRONG, "ne se lit pas"),
        (DMARC, ["v=DMARC1; p=reject"], "Rapports DMARC", Mark.WEAK, "rapports"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_what_to_do(where, records, what, mark, said):
    one = found({where: records})[what]
    assert one.mark == mark
    assert said in one.said
    assert bool(one.todo) == (mark != Mark.GOOD)


def run(monkeypatch, answers, *words: str) -> tuple[int, str, str]:
    def asked(name: str, kind: str) -> list[str]:
        if answers is None:
            raise domain.NoNetwork
        return answers.get((name, kind), [])

    monkeypatch.setattr(domain, "ask", asked)
    out, wrong = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("mail", "domain", *words, stdout=out, stderr=wrong)
    return int(ended.value.code or 0), out.getvalue(), wrong.getvalue()


def test_the_command_ends_with_one_when_something_is_wrong(monkeypatch):
    status, said, _ = run(monkeypatch, GOOD, "Bonjour@Guichet.test")
    assert status == 0
    assert "DMARC : bon. Une lettre falsifiée est refusée." in said
    status, said, _ = run(monkeypatch, GOOD | {SPF: []}, "guichet.test")
    assert status == 1
    assert "SPF : à corriger." in said
    assert "-all" in said


def test_a_domain_nobody_knows_is_told_in_one_sentence(monkeypatch):
    status, said, _ = run(monkeypatch, {}, "guichet.test")
    assert status == 1
    assert "ne connaît pas ce domaine" in said
    assert "SPF" not in said


def test_another_selector_is_looked_at(monkeypatch):
    answers = GOOD | {("envoi._domainkey.guichet.test", "TXT"): [f"p={LONG}"]}
    assert run(monkeypatch, answers, "guichet.test", "--selector", "envoi")[0] == 0
    assert run(monkeypatch, GOOD, "guichet.test", "--selector", "envoi")[0] == 1


def test_without_a_network_it_says_so_and_nothing_else(monkeypatch):
    status, said, wrong = run(monkeypatch, None, "guichet.test")
    assert status not in (0, 1)
    assert "aucun serveur de noms ne répond" in wrong
    assert "à corriger" not in said


class Answers:
    """A resolver that says what it is told."""

    lifetime = 0.0

    def __init__(self, said: Exception) -> None:
        self.said = said

    def resolve(self, *_: object, **__: object) -> object:
        raise self.said


@pytest.mark.parametrize("said", [dns.resolver.NoNameservers(), dns.exception.Timeout(), OSError("unreachable")])
def test_a_resolver_that_fails_is_no_answer(monkeypatch, said):
    monkeypatch.setattr(dns.resolver, "Resolver", lambda: Answers(said))
    with pytest.raises(domain.NoNetwork):
        domain.ask("guichet.test", "MX")


def test_a_name_that_does_not_exist_has_no_records(monkeypatch):
    monkeypatch.setattr(dns.resolver, "Resolver", lambda: Answers(dns.resolver.NXDOMAIN()))
    assert domain.ask("guichet.test", "MX") == []
