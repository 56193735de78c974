"""The operator's pages, from the candidate to the last button, and the partner's own space."""

import pytest
from django.test import Client
from django.urls import reverse

from callcare.accounts.enums import Role
from callcare.desk.models import OutgoingMail
from callcare.directory.models import Membership
from callcare.introductions import actions, mails
from callcare.introductions.enums import IntroductionState as S
from callcare.introductions.models import Introduction
from tests import cast
from tests.introductions import stage
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db
YES = {"asker_yes": "on", "asker_gives": ["name", "phone"], "giver_yes": "on", "giver_gives": ["name", "email"]}


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


@pytest.fixture
def samir(client):
    client.force_login(cast.samir())
    return client


def pair(**over) -> str:
    need, commitment = stage.need(), stage.commitment(**over)
    line, other = need.lines.get().pk, commitment.lines.get().pk
    return f"{reverse('introductions:propose')}?need_line={line}&commitment_line={other}"


def people() -> dict[str, int]:
    return {"asker_person": cast.claire().pk, "giver_person": cast.hugo().pk}


def test_the_two_sides_stand_face_to_face_before_anything_leaves(marion):
    text = marion.get(pair()).content.decode()
    assert "Atelier du Canal" in text
    assert "Filature Verlinde" in text
    assert "Ce que reçoit le contributeur" in text
    assert "claire@canal.test" in text  # where the letter goes
    assert not Introduction.objects.exists()


def test_the_preview_is_what_leaves(marion):
    url = pair()
    preview = marion.post(url, YES | people() | {"deed": "preview"})
    assert preview.status_code == 200
    assert not Introduction.objects.exists()
    marion.post(url, YES | people() | {"deed": "introduce"})
    shown = preview.content.decode().replace("&#x27;", "'")
    for letter in OutgoingMail.objects.all():
        body = letter.body.replace("\n", " ")
        for sentence in ("Hugo Vasseur, responsable RSE", "Téléphone : 03 53 01 12 01", "La suite : "):
            assert (sentence in body) <= (sentence in shown)
    assert "Courriel : claire@canal.test" not in shown


def test_one_press_introduces_when_both_agreed(marion):
    answer = marion.post(pair(), YES | people() | {"deed": "introduce"}, follow=True)
    introduction = Introduction.objects.get()
    assert introduction.state == S.SENT
    assert introduction.score
    assert introduction.reasons
    assert answer.redirect_chain[-1][0] == reverse("introductions:page", args=[introduction.ref])
    assert "part tout de suite" in answer.content.decode()


def test_a_yes_to_nothing_is_asked_again(marion):
    answer = marion.post(pair(), people() | {"asker_yes": "on", "deed": "introduce"})
    assert answer.status_code == 422
    assert "Cochez ce que" in answer.content.decode()


def test_without_a_yes_nothing_leaves_and_the_page_says_so(marion):
    answer = marion.post(pair(), people() | {"deed": "introduce"})
    assert answer.status_code == 409
    assert "pas donné son accord" in answer.content.decode()
    assert not Introduction.objects.exists()


def test_by_letter_only_the_one_who_has_not_said_yes_is_asked(marion):
    facts = people() | {"asker_yes": "on", "asker_gives": ["name", "phone"], "deed": "ask"}
    marion.post(pair(), facts)
    assert Introduction.objects.get().state == S.PROPOSED
    assert OutgoingMail.objects.get().to == "hugo@verlinde.test"


def test_another_desks_giver_stays_hidden_until_the_reveal(marion):
    url = pair(desk=cast.amiens_desk(), owner=cast.amelie(), sharing="all")
    text = marion.get(url).content.decode()
    for secret in ("Hugo", "Vasseur", "hugo@verlinde.test", "03 53 01 22 02"):
        assert secret not in text
    marion.post(
        url, {"asker_person": cast.claire().pk, "asker_yes": "on", "asker_gives": ["name", "email"], "deed": "ask"}
    )
    introduction = Introduction.objects.get()
    assert introduction.giver_person == cast.hugo()
    page = marion.get(reverse("introductions:page", args=[introduction.ref])).content.decode()
    for secret in ("Hugo", "Vasseur", "hugo@verlinde.test", "03 53 01 22 02"):
        assert secret not in page


def test_another_desk_finds_nothing(client):
    introduction = stage.sent()
    client.force_login(cast.amelie())
    assert client.get(reverse("introductions:page", args=[introduction.ref])).status_code == 404
    assert client.get(pair()).status_code == 404
    assert client.post(reverse("introductions:success", args=[introduction.ref])).status_code == 404


@pytest.mark.parametrize(
    ("name", "ends"), [("contact", S.IN_PROGRESS), ("success", S.SUCCEEDED), ("no-help", S.NO_HELP),
                       ("unreachable", S.UNREACHABLE), ("cancellation", S.CANCELLED), ("expiry", S.EXPIRED)],
)  # fmt: skip
def test_each_button_does_its_deed(marion, name, ends):
    introduction = stage.sent()
    marion.post(reverse(f"introductions:{name}", args=[introduction.ref]), {"because": "dit au téléphone"})
    introduction.refresh_from_db()
    assert introduction.state == ends
    text = marion.get(reverse("introductions:page", args=[introduction.ref])).content.decode()
    assert introduction.get_state_display() in text


def test_consent_question_and_sending_by_their_buttons(marion):
    introduction = stage.proposed()
    at = lambda name, *args: reverse(f"introductions:{name}", args=[introduction.ref, *args])  # noqa: E731
    marion.post(at("question", "contributeur"))
    marion.post(at("consent", "demandeur"), {"gives": ["name", "phone"]})
    marion.post(at("consent", "contributeur"), {"gives": ["email"]})
    marion.post(at("sending"))
    introduction.refresh_from_db()
    assert introduction.state == S.SENT
    assert marion.post(at("consent", "voisin")).status_code == 404


def test_a_no_is_noted_with_its_side_and_reason(marion):
    introduction = stage.proposed()
    reason = cast.reason("later", "plus tard", "decline", is_final=False)
    url = reverse("introductions:refusal", args=[introduction.ref])
    marion.post(url, {"side": "giver"})
    assert Introduction.objects.get().state == S.PROPOSED
    marion.post(url, {"side": "giver", "reason": reason.pk})
    assert Introduction.objects.get().declined_by == "giver"


def test_the_list_and_its_filters(marion):
    stage.sent()
    url = reverse("introductions:list")
    assert "Filature Verlinde" in marion.get(url).content.decode()
    for state in ("en-vie", "sent"):
        assert "Filature Verlinde" in marion.get(url, {"etat": state}).content.decode()
    assert "Aucune mise en relation ici" in marion.get(url, {"etat": "retard"}).content.decode()


def test_empty_it_says_where_to_begin(marion):
    assert "Voir les besoins" in marion.get(reverse("introductions:list")).content.decode()


def test_needs_and_commitments_show_theirs(marion):
    introduction = stage.sent()
    for name, ref in (("of-need", introduction.need.ref), ("of-commitment", introduction.commitment.ref)):
        assert introduction.ref in marion.get(reverse(f"introductions:{name}", args=[ref])).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(marion):
    stage.sent()
    url = reverse("introductions:list")
    with same_number_of_queries() as measure:
        marion.get(url)  # what is looked up once for all
        assert measure(lambda: marion.get(url)) <= 12
        for number in range(4):
            giver = cast.mill(name=f"Maison {number}")
            stage.proposed(commitment_line=stage.commitment(organisation=giver, person=None).lines.get())
        measure(lambda: marion.get(url))


def test_the_page_costs_twelve_queries_at_most(marion, django_assert_max_num_queries):
    introduction = stage.sent()
    marion.get(reverse("introductions:list"))
    with django_assert_max_num_queries(12):
        marion.get(reverse("introductions:page", args=[introduction.ref]))


def test_the_two_sides_cost_twelve_queries_at_most(marion, django_assert_max_num_queries):
    url = pair()
    marion.get(reverse("introductions:list"))
    with django_assert_max_num_queries(12):
        marion.get(url)


def test_a_partner_finds_what_is_hers_once_it_is_made(samir):
    introduction = stage.agreed()
    url = reverse("introductions:space")
    before = samir.get(url).content.decode()
    assert introduction.need.ref in before
    assert "Filature" not in before
    actions.introduce(introduction, by=cast.marion())
    after = samir.get(url).content.decode()
    assert "Hugo Vasseur, responsable RSE" in after
    samir.post(reverse("introductions:told", args=[introduction.ref]))
    assert Introduction.objects.get().state == S.IN_PROGRESS


def test_a_partner_is_told_what_the_other_side_lets_be_said_never_what_the_operator_typed():
    secret = {"typed": "40 portables, M. Vasseur au 06 39 98 12 34", "title": "40 portables, M. Vasseur"}
    commitment = stage.commitment(**secret)
    typed = {"typed": "12 portables pour la petite Inès", "title": "12 portables pour la petite Inès"}
    need = stage.need(**typed)
    introduction = stage.sent(need_line=need.lines.get(), commitment_line=commitment.lines.get())
    url = reverse("introductions:space")
    asker = signed_in(cast.samir()).get(url).content.decode()
    assert "Engagement : 40 ordinateurs portables" in asker
    assert "Batteries neuves, à retirer à Lille." in asker
    assert "M. Vasseur" not in asker
    giver = signed_in(hugos_account(introduction.giver)).get(url).content.decode()
    assert "Pour que des lycéens suivent leurs cours à la maison." in giver
    assert "Inès" not in giver


def test_a_case_that_is_not_counted_is_not_said_by_the_line_the_operator_typed():
    need = stage.need(typed="un ordinateur pour la petite Inès", title="un ordinateur pour la petite Inès")
    introduction = stage.proposed(need_line=need.lines.get())
    introduction.need_line = None
    cast.enters(lambda: need.lines.all().delete())
    assert "Inès" not in mails.side_facts(introduction, "asker")["said"]


def test_the_space_costs_the_same_for_one_introduction_and_for_five():
    stage.sent()
    browser = signed_in(cast.samir())
    url = reverse("introductions:space")
    browser.get(url)
    with same_number_of_queries() as measure:
        measure(lambda: browser.get(url))
        for _ in range(4):
            stage.sent()
        measure(lambda: browser.get(url))


@cast.enters
def hugos_account(organisation):
    user = cast._user("hugo@filature.test", "Hugo", Role.PARTNER)
    Membership.objects.get_or_create(user=user, organisation=organisation)
    return user


def signed_in(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_a_partner_sees_nothing_of_others(samir):
    other = cast.organisation("Régie des Moulins")
    need = stage.need(organisation=other, person=None)
    introduction = stage.proposed(need_line=need.lines.get())
    assert need.ref not in samir.get(reverse("introductions:space")).content.decode()
    assert samir.post(reverse("introductions:told", args=[introduction.ref])).status_code == 404
    assert samir.get(reverse("introductions:list")).status_code == 403
