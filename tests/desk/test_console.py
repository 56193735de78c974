import json
import re

import pytest
from django.urls import reverse

from callcare.desk import actions
from callcare.desk.models import Draft, Interaction, Reminder
from callcare.ui.templatetags.words import hour
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return cast.marion()


@pytest.fixture
def call(marion):
    return actions.log_interaction(by=marion, desk=cast.lille_desk(), raw_identity="+33353011201")


def test_a_call_begins_with_one_field(client, marion):
    answer = client.post(reverse("desk:start"), {"channel": "phone", "raw_identity": "03 53 01 12 01"}, follow=True)
    assert Interaction.objects.get().raw_identity == "+33353011201"
    assert "Qui appelle" in answer.content.decode()


def test_what_cannot_be_a_number_is_asked_about_once_and_starts_nothing(client, marion):
    silly = {"channel": "phone", "raw_identity": "pas un numéro ☎ 12"}
    answer = client.post(reverse("desk:start"), silly)
    assert answer.status_code == 422
    assert "ne peut pas être un numéro" in answer.content.decode()
    assert not Interaction.objects.exists()
    again = dict(re.findall(r'name="(asked_about)" value="([^"]*)"', answer.content.decode()))
    assert again == {"asked_about": "pas un numéro ☎ 12"}
    client.post(reverse("desk:start"), silly | again)
    assert Interaction.objects.get().raw_identity == "pas un numéro ☎ 12"


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("phone", ""),
        ("phone", "numéro masqué"),
        ("phone", "anonymous"),
        ("phone", "39 19"),
        ("mail", "claire@canal.test"),
        ("visit", "au comptoir"),
    ],
)
def test_a_hidden_number_or_another_channel_is_kept_as_it_is_said(client, marion, channel, said):
    client.post(reverse("desk:start"), {"channel": channel, "raw_identity": said})
    assert Interaction.objects.count() == 1


def test_a_known_number_is_a_hint(client, call):
    cast.claire()
    page = client.get(reverse("desk:contact", args=[call.ref])).content.decode()
    assert "Claire Delattre" in page
    assert "Ce numéro est connu" in page
    call.refresh_from_db()
    assert call.person is None


def test_the_operator_says_who_speaks(client, call):
    claire = cast.claire()
    facts = {"organisation": claire.organisation.ref, "person": claire.pk}
    client.post(reverse("desk:identify", args=[call.ref]), facts)
    call.refresh_from_db()
    assert (call.organisation, call.person) == (claire.organisation, claire)
    client.post(reverse("desk:identify", args=[call.ref]), {})
    call.refresh_from_db()
    assert call.organisation is None


def test_organisations_are_found_while_typing(client, call):
    cast.workshop()
    found = client.get(reverse("desk:who", args=[call.ref]), {"q": "atelie canal"}, headers={"HX-Request": "true"})
    assert "Atelier du Canal" in found.content.decode()


def test_the_note_is_kept_and_comes_back(client, call):
    url = reverse("desk:keep", args=[call.ref])
    kept = client.post(url, {"part": "note", "seen": 0, "summary": "Quinze", "dispositions": ["need", "call_back"]})
    said = json.loads(kept.content)
    assert (said["seen"], said["at"]) == (1, hour(Draft.objects.get().saved_at))
    page = client.get(reverse("desk:contact", args=[call.ref])).content.decode()
    assert "Quinze" in page
    assert "brouillon gardé" in page


def test_a_colleague_s_draft_is_not_overwritten(client, call):
    actions.save_draft(call, by=cast.nathalie(), seen=0, part="note", typed={"summary": "le sien"})
    answer = client.post(reverse("desk:keep", args=[call.ref]), {"part": "note", "seen": 0, "summary": "le mien"})
    assert (answer.status_code, "modifié par Nathalie" in answer.content.decode()) == (409, True)
    assert Draft.objects.get().content["note"]["summary"] == "le sien"


def test_finishing_without_a_word_keeps_the_note_and_says_why(client, call):
    answer = client.post(reverse("desk:finish", args=[call.ref]), {"summary": "Elle rappellera."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "à quoi ce contact a mené" in page
    assert "Elle rappellera." in page


def test_one_key_closes_a_useless_call_and_one_takes_it_back(client, call):
    client.post(reverse("desk:finish", args=[call.ref]), {"dispositions": "sales"})
    call.refresh_from_db()
    assert call.state == "final"
    assert "Reprendre" in client.get(reverse("desk:console")).content.decode()
    client.post(reverse("desk:reopen", args=[call.ref]))
    call.refresh_from_db()
    assert call.state == "draft"


def test_a_call_back_is_promised(client, call):
    client.post(reverse("desk:call-back", args=[call.ref]), {"number": "03.53.01.12.01", "note": "devis"})
    assert Reminder.objects.get().number == "+33353011201"
    wrong = client.post(reverse("desk:call-back", args=[call.ref]), {"number": "12", "day": "2001-01-01"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "jour à venir" in page
    assert "ne peut pas être appelé" in page


def test_another_desk_s_contact_does_not_exist(client, call):
    client.force_login(cast.amelie())
    for name in ("contact", "finish", "identify", "keep", "who", "reopen", "call-back", "refer"):
        url = reverse(f"desk:{name}", args=[call.ref])
        answer = client.get(url) if name in {"contact", "who"} else client.post(url)
        assert answer.status_code == 404, name


@pytest.mark.parametrize("page", ["desk:console", "desk:log", "desk:reminders"])
def test_the_lists_cost_the_same_with_one_row_or_twenty(client, marion, page):
    def one_more(number):
        call = cast.call(organisation=cast.workshop(name=f"Organisation {number}"), person=None)
        actions.promise_call_back(call, by=marion, due_at=call.started_at, number="+33353011201")

    one_more(0)
    one_more(1)
    client.get(reverse(page))  # what is worked out once a minute is worked out
    with same_number_of_queries() as measure:
        assert measure(lambda: client.get(reverse(page))) <= 12
        for number in range(2, 20):
            one_more(number)
        measure(lambda: client.get(reverse(page)))


def test_the_contact_page_costs_at_most_twelve_queries(client, call, django_assert_max_num_queries):
    claire = cast.claire()
    actions.identify(call, by=cast.marion(), organisation=None, person=claire)
    client.get(reverse("desk:console"))
    with django_assert_max_num_queries(12):
        client.get(reverse("desk:contact", args=[call.ref]))
