"""An unknown number is given to whom the operator says; its past contacts take the name."""

import pytest
from django.urls import reverse

from callcare.core.deeds import Refused, timeline
from callcare.desk.actions import identify, keep_number
from callcare.desk.models import Reminder
from callcare.directory.callers import who_calls
from callcare.directory.models import Channel
from tests import cast
from tests.calls import stage

NUMBER = "+33353019999"


def contact(**over):
    return cast.call(state="draft", finished_at=None, raw_identity=NUMBER, **over)


@pytest.mark.django_db(transaction=True)
def test_past_contacts_of_the_number_take_the_name_and_say_by_whom():
    past, named = cast.call(raw_identity=NUMBER), cast.call(raw_identity=NUMBER, organisation=cast.mill())
    elsewhere = cast.call(raw_identity=NUMBER, desk=cast.amiens_desk())
    other = cast.call(raw_identity="+33353018888")
    now, marion, workshop = contact(), cast.marion(), cast.workshop()
    identify(now, by=marion, organisation=workshop)
    assert keep_number(now, by=marion) == 1
    for one in (past, named, elsewhere, other):
        one.refresh_from_db()
    assert [one.organisation for one in (past, named, elsewhere, other)] == [workshop, cast.mill(), None, None]
    line = timeline(past)[-1]
    assert (line.said, line.by) == ("a rattaché le numéro", marion.pk)
    assert line.changes["organisation_id"] == (None, workshop.pk)
    assert who_calls("03 53 01 99 99").organisation == workshop
    assert who_calls("03 53 01 99 99").person is None  # the number of an organisation selects nobody


@pytest.mark.django_db
def test_a_number_kept_for_a_person_is_hers_directly():
    now = contact(organisation=cast.workshop(), person=cast.claire())
    keep_number(now, by=cast.marion())
    assert Channel.objects.get(value=NUMBER).person == cast.claire()
    assert who_calls(NUMBER).person == cast.claire()


@pytest.mark.django_db
def test_the_call_that_is_owed_takes_the_name_too():
    stage.hear(stage.said("newCall", **{"from": "0353019999"}), stage.said("hangup", cause="cancel"))
    owed = Reminder.objects.get()
    assert owed.about == "Rappeler un numéro inconnu"
    keep_number(contact(organisation=cast.workshop()), by=cast.marion())
    owed.refresh_from_db()
    assert (owed.about, owed.organisation) == ("Rappeler Atelier du Canal", cast.workshop())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "why"),
    [
        ({"raw_identity": "anonymous", "organisation": cast.workshop}, "masqué"),
        ({"raw_identity": NUMBER}, "Dites d’abord qui appelle"),
        ({"raw_identity": NUMBER, "organisation": cast.workshop, "desk": cast.amiens_desk}, "guichet"),
    ],
)
def test_nothing_is_kept_without_a_number_a_name_and_the_desk(over, why):
    now = cast.call(**{name: value() if callable(value) else value for name, value in over.items()})
    with pytest.raises(Refused, match=why):
        keep_number(now, by=cast.marion())
    assert not Channel.objects.filter(value=NUMBER).exists()


@pytest.mark.django_db
def test_the_page_offers_it_with_one_key_and_only_while_there_is_something_to_keep(client):
    client.force_login(cast.marion())
    cast.call(raw_identity=NUMBER)
    now = contact(organisation=cast.workshop())
    page = client.get(reverse("desk:contact", args=[now.ref])).content.decode()
    assert 'data-key="g"' in page
    assert "Garder le 03 53 01 99 99 pour Atelier du Canal" in page
    assert "1 contact passé" in page
    answer = client.post(reverse("desk:number", args=[now.ref]), follow=True).content.decode()
    assert "Le numéro est gardé. Et 1 contact passé porte maintenant ce nom." in answer
    assert 'data-key="g"' not in answer


@pytest.mark.django_db
def test_a_hidden_number_reads_the_same_everywhere(client):
    client.force_login(cast.marion())
    for said in ("anonymous", "Restricted", ""):
        stage.hear(stage.said("newCall", f"call-{said}", **{"from": said}), stage.said("answer", f"call-{said}"))
    stage.hear(stage.said("newCall", "missed", **{"from": "private"}), stage.said("hangup", "missed", cause="cancel"))
    for name in ("desk:console", "desk:log", "desk:reminders"):
        page = client.get(reverse(name)).content.decode()
        assert not any(word in page.casefold() for word in ("anonymous", "restricted", "private"))
        assert "numéro masqué" in page or name == "desk:reminders"
    contact = client.get(reverse("desk:log")).context["page"][0]
    page = client.get(reverse("desk:contact", args=[contact.ref])).content.decode()
    assert "numéro masqué" in page.casefold()
    assert "anonymous" not in page
