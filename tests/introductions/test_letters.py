"""The letters, word by word: these texts were read aloud before they were kept here."""

from datetime import UTC, datetime

import pytest

from callcare.core import clock, french
from callcare.desk.models import OutgoingMail
from callcare.introductions import mails
from callcare.introductions.models import Introduction
from callcare.introductions.rules import words as rules
from tests import cast
from tests.introductions import stage

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def thing(**over) -> rules.Thing:
    facts = {"quantity": 12, "factor": 1, "measure": "piece", "unit": "pièce", "units": "pièces",
             "category": "ordinateur portable"}  # fmt: skip
    return rules.Thing(**facts | over)


def time(**over) -> rules.Thing:
    facts = {"quantity": 420, "factor": 210, "measure": "minute", "unit": "demi-journée", "units": "demi-journées",
             "category": "soutien scolaire"}  # fmt: skip
    return rules.Thing(**facts | over)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (thing(), "12 ordinateurs portables"),
        (thing(quantity=1), "1 ordinateur portable"),
        (thing(quantity=1234), "1\u202f234 ordinateurs portables"),
        (thing(category="paire de chaussures de sécurité"), "12 paires de chaussures de sécurité"),
        (thing(category="Vélo électrique", is_loan=True), "12 vélos électriques, en prêt"),
        (thing(category="BAFA"), "12 BAFA"),
        (thing(is_countable=False), "ordinateurs portables, selon les besoins"),
        (thing(measure="cent", quantity=300_000, factor=100), "3\u202f000\u00a0€"),
        (time(), "2 demi-journées de soutien scolaire"),
        (time(every="par mois"), "2 demi-journées de soutien scolaire par mois"),
        (time(quantity=315), "1 demi-journée et 1\u00a0h\u00a045 de soutien scolaire"),
        (time(category="accompagnement à l’emploi"), "2 demi-journées d’accompagnement à l’emploi"),
        (time(category="hébergement"), "2 demi-journées d’hébergement"),
        (time(category="hangar"), "2 demi-journées de hangar"),
        (
            thing(measure="place", unit="place", units="places", quantity=3, category="stage d’observation"),
            "3 places de stage d’observation",
        ),
        (time(category="salle de réunion", quantity=840), "4 demi-journées de salle de réunion"),
    ],
)
def test_a_line_is_said_in_french(what, said):
    assert rules.said(what) == said


@pytest.mark.parametrize(
    ("commune", "said"),
    [("Lille", "à Lille"), ("Le Havre", "au Havre"), ("Les Lilas", "aux Lilas"), ("La Madeleine", "à La Madeleine")],
)
def test_a_commune_is_said_in_french(commune, said):
    assert rules.at(commune) == said


GOLDEN_ASKER = """\
Bonjour Claire Delattre,

Vous cherchez 12 ordinateurs portables à Roubaix (besoin {need}).
Filature Verlinde, entreprise à Lille, propose 40 ordinateurs portables.

« Batteries neuves, à retirer à Lille. »

Voici à qui parler. Cette personne a donné son accord pour que vous ayez ces
coordonnées :

    Hugo Vasseur, responsable RSE
    Filature Verlinde
    Téléphone : 03 53 01 22 02
    Courriel : hugo@verlinde.test

La suite : appelez-la, ou répondez à ce courriel : votre message lui
parviendra directement.

Avec votre accord, votre nom, votre téléphone et votre courriel lui sont
transmis dans une lettre semblable. Nous prendrons de vos nouvelles le lundi
9 mars.

Une question ? Le guichet vous répond au 03 53 01 00 00.

Marion, Guichet de Lille
Mise en relation {ref}
"""

GOLDEN_GIVER = """\
Bonjour Hugo Vasseur,

Vous proposez 40 ordinateurs portables à Lille (engagement {commitment}).
Atelier du Canal, association à Roubaix, cherche 12 ordinateurs portables.

« Pour que des lycéens suivent leurs cours à la maison. »

Voici à qui parler. Cette personne a donné son accord pour que vous ayez ces
coordonnées :

    Atelier du Canal
    Téléphone : 03 53 01 12 01

La suite : appelez-la. Votre réponse à ce courriel arriverait au guichet.
"""


@pytest.mark.django_db
def test_the_two_letters_word_by_word():
    with clock.at(MONDAY):
        it = stage.sent()
    [to_asker, to_giver] = OutgoingMail.objects.order_by("pk")
    refs = {"need": it.need.ref, "commitment": it.commitment.ref, "ref": it.ref}
    assert to_asker.subject == "Mise en relation avec Filature Verlinde : 12 ordinateurs portables"
    assert to_giver.subject == "Mise en relation avec Atelier du Canal : 40 ordinateurs portables"
    assert to_asker.body.rstrip() == GOLDEN_ASKER.format(**refs).rstrip()
    assert "Claire Delattre, coordinatrice" in to_giver.body


@pytest.mark.django_db
def test_with_less_allowed_the_letter_says_less():
    with clock.at(MONDAY):
        it = stage.sent(asker=frozenset({"phone"}))
    letter = OutgoingMail.objects.get(to="hugo@verlinde.test")
    begin = GOLDEN_GIVER.format(commitment=it.commitment.ref)
    assert letter.body.startswith(begin)


def kinds() -> dict[str, tuple[dict, dict]]:
    hours = {"kind": "time", "measure": "minute", "unit": cast.unit("half_day"), "factor": 210}
    places = {"kind": "venue", "measure": "place", "unit": cast.unit("place")}
    euros = {"kind": "money", "measure": "cent", "unit": cast.unit("euro"), "factor": 100}
    venue = cast.category("room", "salle de réunion", "venue", "place")
    money = cast.category("money", "aide financière", "money", "euro")
    return {
        "goods": ({}, {}),
        "time": (hours | {"category": cast.tutoring(), "every": "month"}, hours | {"category": cast.tutoring()}),
        "venue": (places | {"category": venue}, places | {"category": venue, "mode": "loan"}),
        "money": (euros | {"category": money}, euros | {"category": money}),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["goods", "time", "venue", "money"])
@pytest.mark.parametrize("has_commitment", [True, False])
def test_every_letter_reads_well_for_every_kind(kind, has_commitment):
    asked, given = kinds()[kind]
    need = stage.need(qty=840, line=asked)
    facts = {"need_line": need.lines.get()}
    if has_commitment:
        facts["commitment_line"] = stage.commitment(qty=4200, line=given).lines.get()
    else:
        facts |= {"commitment_line": None, "giver": cast.mill(), "giver_person": cast.hugo()}
    it = stage.proposed(**facts)
    stage.actions.ask_by_link(it, side="asker", by=cast.marion())
    stage.actions.ask_by_link(it, side="giver", by=cast.marion())
    for side in ("asker", "giver"):
        stage.actions.record_side_consent(it, side=side, gives=stage.ALL, by=cast.marion())
    stage.actions.introduce(it, by=cast.marion())
    letters = OutgoingMail.objects.all()
    assert len(letters) == 4
    for letter in letters:
        text = f"{letter.subject}\n{letter.body}"
        for flaw in ("None", "{{", "{%", "&#", "  .", " ,", "..", "«  »", "()", "de a", "de é", "\n\n\n"):
            assert flaw not in text, (flaw, text)
        assert max(len(line) for line in letter.body.splitlines() if "://" not in line) <= 76


def leaks(letter: OutgoingMail) -> list[str]:
    """Details of somebody else than the reader that no consent of the letter covers."""
    people = [cast.claire(), cast.hugo()]
    text = f"{letter.subject}\n{letter.body}\n{letter.reply_to}"
    digits = "".join(char for char in text if char.isdigit())
    given = {consent.person_id: consent.details for consent in stage.consents() if consent.pk in letter.consent_ids}
    found = []
    for who in people:
        channels = {channel.kind: channel.value for channel in who.channels.all()}
        if channels.get("email") == letter.to:
            continue
        shown = {
            "name": who.last_name in text,
            "phone": channels["phone"][3:] in digits,
            "email": channels["email"] in text,
        }
        found += [detail for detail, is_there in shown.items() if is_there and detail not in given.get(who.pk, ())]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("asker", [{"name"}, {"phone"}, {"email"}, {"name", "phone", "email"}])
@pytest.mark.parametrize("giver", [{"phone"}, {"email"}, {"name", "email"}])
def test_no_outgoing_mail_holds_more_than_was_allowed(asker, giver):
    it = stage.proposed()
    for side in ("asker", "giver"):
        stage.actions.ask_by_link(it, side=side, by=cast.marion())
    for side, gives in (("asker", asker), ("giver", giver)):
        stage.actions.record_side_consent(it, side=side, gives=frozenset(gives), by=cast.marion())
    stage.actions.introduce(it, by=cast.marion())
    assert OutgoingMail.objects.count() == 4
    for letter in OutgoingMail.objects.all():
        assert leaks(letter) == []


@pytest.mark.django_db
def test_the_search_finds_a_letter_that_says_too_much(monkeypatch):
    """The control: a builder that shows everything is caught."""
    real = stage.actions.revealing.mails.introduced

    def talkative(introduction, side, *, allowed, news_on, by):
        return real(introduction, side, allowed=dict.fromkeys(allowed, stage.ALL), news_on=news_on, by=by)

    monkeypatch.setattr("callcare.introductions.mails.introduced", talkative)
    monkeypatch.setattr(
        "callcare.introductions.actions.revealing.Disclosure.objects.create",
        lambda **facts: Introduction,
        raising=False,
    )
    it = stage.agreed(asker=frozenset({"phone"}), giver=frozenset({"phone"}))
    stage.actions.introduce(it, by=cast.marion())
    assert sorted(leaks(OutgoingMail.objects.first())) == ["email", "name"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("3 machines à laver Lens", True),
        ("12 ordinateurs portables Roubaix", False),  # the category says as much
        ("3 machines à laver pour Kevin, 06 12 34 56 78", False),  # could name somebody
    ],
)
def test_the_callers_words_are_quoted_where_the_category_says_less(typed, quoted):
    household = cast.category("household", "équipement de la maison", "goods")
    category = cast.laptop() if "portables" in typed else household
    need = stage.need(typed=typed, line={"category": category}, qty=3)
    it = stage.proposed(need_line=need.lines.get())
    body = " ".join(mails.introduced(it, "giver", allowed={}, news_on=None, by=None).body.split())
    assert (f"(« {typed} »)" in body) is quoted


@pytest.mark.parametrize(
    ("name", "said"),
    [("Atelier du Canal", "d’Atelier du Canal"), ("Yann", "de Yann"), ("Hugo", "d’Hugo"), ("Lens", "de Lens")],
)
def test_names_are_elided(name, said):
    assert french.of(name) == said
