"""What the desk sees of its mails: people first, machines folded, nothing cut, and nothing that runs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from callcare.core import clock
from callcare.core.deeds import Refused, timeline
from callcare.desk.actions import finish_interaction, log_interaction
from callcare.mailbox.actions import answering
from callcare.mailbox.actions.kinds import recognise_human
from callcare.mailbox.enums import MailKind
from callcare.mailbox.models import Mail
from callcare.mailbox.pieces import first_line, pieces
from callcare.ui.templatetags.words import moment
from tests import cast
from tests.mailbox import desk_stage as stage
from tests.queries import same_number_of_queries

OPEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday at 10 in Lille


def listed(client, query: str = ""):
    return client.get(f"/guichet/courriels/{query}")


@pytest.mark.django_db
def test_the_oldest_waiting_is_on_top_with_what_was_promised(client):
    new = stage.arrived(stage.eml(message_id="<2@x.test>", subject="Le second"), received_at=OPEN + timedelta(hours=1))
    old = stage.arrived(stage.eml(message_id="<1@x.test>", subject="Le premier"), received_at=OPEN)
    client.force_login(cast.marion())
    with clock.at(OPEN + timedelta(hours=2)):
        page = listed(client)
    assert list(page.context["page"]) == [old, new]
    said = page.content.decode()
    assert "à répondre avant 14\u00a0h\u00a000" in said.replace("\u202f", "\u00a0")
    with clock.at(OPEN + timedelta(hours=5)):
        assert "en retard, promis" in listed(client).content.decode()


@pytest.mark.django_db
def test_answered_by_a_person_it_is_late_no_more_and_held_back_it_is_again(client):
    mail = stage.arrived(received_at=OPEN)
    client.force_login(cast.marion())
    with clock.at(OPEN + timedelta(hours=1)):
        answer = answering.answer(mail, by=cast.marion(), to="claire@canal.test", subject="Re", body="Oui", seen=0)
    with clock.at(OPEN + timedelta(hours=30)):
        said = listed(client).content.decode()
        assert "répondu" in said
        assert "en retard" not in said
        answering.withdraw_answer(answer, by=cast.marion())
        assert "en retard" in listed(client).content.decode()


@pytest.mark.django_db
def test_its_contact_says_when_it_came_and_that_somebody_has_to_take_it(client):
    client.force_login(cast.marion())
    contact = stage.arrived().interaction
    page = " ".join(client.get(f"/guichet/contacts/{contact.ref}/").content.decode().split())
    came = " ".join(moment(contact.started_at).split())
    assert f"courriel, reçu {came}, à prendre" in page
    assert "par personne" not in page


@pytest.mark.django_db
def test_a_recorded_contact_is_among_the_treated(client):
    mail = stage.arrived()
    finish_interaction(mail.interaction, by=cast.marion(), dispositions=["information"])
    client.force_login(cast.marion())
    assert "Aucun courriel n’attend" in listed(client).content.decode()
    assert list(listed(client, "?groupe=traites").context["page"]) == [mail]


@pytest.mark.django_db
def test_a_machine_s_mail_is_folded_and_one_key_makes_it_a_person_s(client):
    mail = stage.newsletter()
    assert mail.kind == MailKind.BULK
    client.force_login(cast.marion())
    page = listed(client)
    assert list(page.context["page"]) == []
    assert [(group.label, group.total) for group in page.context["groups"]] == [("Diffusion", 1)]
    assert list(listed(client, "?groupe=diffusion").context["page"]) == [mail]
    client.post(reverse("mailbox:human", args=[mail.ref]))
    mail.refresh_from_db()
    assert (mail.kind, mail.read_kind) == (MailKind.HUMAN, MailKind.BULK)
    assert (mail.interaction.raw_identity, mail.interaction.operator) == ("lettre@asso.test", None)
    assert mail.interaction.started_at == mail.received_at
    assert timeline(mail)[-1].verb == "mail.by_person"
    assert list(listed(client).context["page"]) == [mail]
    with pytest.raises(Refused, match="déjà parmi"):
        recognise_human(mail, by=cast.marion())


@pytest.mark.django_db
def test_two_operators_press_the_key_at_once_and_there_is_one_contact():
    mail = stage.newsletter()
    same = Mail.objects.get(pk=mail.pk)
    recognise_human(mail, by=cast.marion())
    with pytest.raises(Refused):
        recognise_human(same, by=cast.nathalie())


@pytest.mark.django_db
def test_the_whole_text_is_there_quotes_and_signature_folded(client):
    mail = stage.arrived()
    found = list(pieces(mail))
    assert [piece.label for piece in found] == ["", "Signature", "Texte cité"] or [p.label for p in found] == [
        "", "Signature", "Messages précédents",
    ]  # fmt: skip
    assert "".join("".join(piece.text.split()) for piece in found) == "".join(mail.text.split())
    client.force_login(cast.marion())
    said = client.get(reverse("mailbox:thread", args=[mail.thread.ref])).content.decode()
    assert said.count("<details>") == 2
    assert "Que vous faut-il ?" in said


@pytest.mark.parametrize(
    "folds",
    [
        [],
        [{"start": 0, "end": 10_000, "kind": "quote"}],
        [{"start": 5, "end": 9, "kind": "quote"}, {"start": 7, "end": 12, "kind": "signature"}],
        [{"start": 9, "end": 5, "kind": "quote"}],
        [{"start": 20, "end": 24, "kind": "autre"}, {"start": 0, "end": 4, "kind": "quote"}],
    ],
)
def test_whatever_the_folds_nothing_is_lost_or_said_twice(folds):
    text = "Bonjour, voici ma demande.\nMerci."
    mail = Mail(text=text, folds=folds)
    assert "".join(piece.text for piece in pieces(mail)).replace("\n", "") == text.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Bonjour,\n\nNous cherchons 12 chaises.\nMerci", "Nous cherchons 12 chaises."),
        ("Bonjour Madame Delattre,\nUne  tondeuse\tà Croix", "Une tondeuse à Croix"),
        ("Madame, Monsieur,\nVoici.", "Voici."),
        ("Bonjour à tous !\nVoici.", "Voici."),
        ("Chère Marion,\nVoici.", "Voici."),
        ("Bonjour l’équipe du guichet de Lille,\nVoici.", "Voici."),
        ("Bonjour, nous cherchons 12 chaises à Lille.\nLien", "Bonjour, nous cherchons 12 chaises à Lille."),
        ("Bonjour nous cherchons des chaises\nMerci", "Bonjour nous cherchons des chaises"),
        ("Madame, il nous faut 3 vélos.\nMerci", "Madame, il nous faut 3 vélos."),
        ("Bonjour, avez-vous 3 ordinateurs ?", "Bonjour, avez-vous 3 ordinateurs ?"),
        ("", ""),
        ("x" * 1000, "x" * 300),
    ],
)
def test_the_first_line_that_says_something_is_proposed(text, line):
    assert first_line(Mail(text=text, folds=[])) == line


@pytest.mark.django_db
def test_it_is_the_capture_line_of_both_sides_until_something_was_typed(client):
    mail = stage.arrived()
    client.force_login(cast.marion())
    contact = mail.interaction.ref
    for name in ("needs:capture", "commitments:capture"):
        said = client.get(reverse(name, args=[contact])).content.decode()
        assert "12 ordinateurs portables à Roubaix" in said
    keep = reverse("desk:keep", args=[contact])
    assert client.post(keep, {"part": "need", "seen": 0, "line": "autre chose"}).status_code == 200
    said = client.get(reverse("needs:capture", args=[contact])).content.decode()
    assert "autre chose" in said
    assert "12 ordinateurs portables" not in said


@pytest.mark.django_db
def test_nothing_is_called_missing_before_she_was_asked(client):
    contact = stage.arrived(stage.eml(sender="lea@ville.test")).interaction.ref
    client.force_login(cast.marion())
    said = client.get(reverse("needs:capture", args=[contact])).content.decode()
    assert "12 ordinateurs portables à Roubaix" in said
    assert "Ce champ est obligatoire" not in said
    sent = client.post(reverse("needs:record"), {"interaction": contact, "line": "12 ordinateurs portables à Roubaix"})
    assert "Ce champ est obligatoire" in sent.content.decode()


@pytest.mark.django_db
def test_a_telephone_contact_proposes_no_line(client):
    client.force_login(cast.marion())
    contact = log_interaction(by=cast.marion(), desk=cast.lille_desk(), raw_identity="+33353011201")
    said = client.get(reverse("needs:capture", args=[contact.ref]))
    assert said.context["form"].initial["line"] == ""


@pytest.mark.django_db
def test_who_writes_is_proposed_by_address_then_by_domain(client):
    cast.claire()
    client.force_login(cast.marion())
    known = stage.arrived()
    assert known.interaction.person == cast.claire()
    other = stage.arrived(stage.eml(sender="Paul <paul@canal.test>", message_id="<paul@canal.test>"))
    page = client.get(reverse("desk:contact", args=[other.interaction.ref])).content.decode()
    assert "Qui écrit" in page
    assert "Atelier du Canal" in page
    assert "Qui appelle" not in page


@pytest.mark.django_db
def test_an_unreadable_mail_is_an_ordinary_card_with_its_original(client):
    raw = b"\xff\xfe nothing anybody reads"
    mail = stage.arrived(raw, is_readable=False, text="", subject="", from_address="", kind=MailKind.HUMAN)
    client.force_login(cast.marion())
    assert "illisible" in listed(client).content.decode()
    said = client.get(reverse("mailbox:of-interaction", args=[mail.interaction.ref])).content.decode()
    assert "Télécharger l’original" in said
    answer = client.get(reverse("mailbox:original", args=[mail.ref]))
    assert answer.content == raw
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("mailbox:answer", args=[mail.ref])).status_code == 200


@pytest.mark.django_db
def test_a_joined_thread_leads_to_where_its_mails_are(client):
    one, other = stage.arrived(), stage.newsletter()
    with stage.deed(cast.CastVerb.ENTERS, by=None):
        type(one.thread).objects.filter(pk=other.thread.pk).update(merged_into=one.thread)
    client.force_login(cast.marion())
    answer = client.get(reverse("mailbox:thread", args=[other.thread.ref]))
    assert answer.url == reverse("mailbox:thread", args=[one.thread.ref])


@pytest.mark.django_db
def test_the_desk_of_another_town_sees_nothing(client):
    mail = stage.arrived(stage.eml(html="<p>Bonjour</p>"))
    client.force_login(cast.amelie())
    assert list(listed(client).context["page"]) == []
    addresses = [("thread", mail.thread.ref), ("mail", mail.ref), ("formatted", mail.ref), ("original", mail.ref),
                 ("of-interaction", mail.interaction.ref)]  # fmt: skip
    for name, ref in addresses:
        assert client.get(reverse(f"mailbox:{name}", args=[ref])).status_code == 404, name
    assert client.post(reverse("mailbox:human", args=[mail.ref])).status_code == 404


@pytest.mark.django_db
def test_the_list_costs_the_same_for_one_mail_and_for_twenty(client):
    client.force_login(cast.marion())
    stage.arrived()
    stage.newsletter()
    with same_number_of_queries() as measure:
        measure(lambda: listed(client))
        for number in range(20):
            headers = {"List_Id": "x"} if number % 2 else {}
            stage.arrived(stage.eml(message_id=f"<c{number}@x.test>", text=f"n {number}", **headers))
        assert measure(lambda: listed(client)) <= 12
    thread = stage.arrived().thread
    with same_number_of_queries() as measure:
        page = reverse("mailbox:thread", args=[thread.ref])
        measure(lambda: client.get(page))
        for number in range(5):
            stage.arrived(stage.eml(message_id=f"<d{number}@x.test>", text=f"d {number}"), thread=thread)
        assert measure(lambda: client.get(page)) <= 12


XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://pistage.test/p.gif'>",
    "<svg onload=alert(1)>",
    "<iframe src='https://ailleurs.test/'></iframe>",
    "<a href='javascript:alert(1)'>ici</a>",
    "<form action='https://ailleurs.test/'><input name=a><button>x</button></form>",
    "<style>@import 'https://ailleurs.test/a.css'; body{background:url(https://ailleurs.test/b.png)}</style>",
    "<body onload=alert(1)>",
    "<meta http-equiv=refresh content='0;url=https://ailleurs.test/'>",
    "<link rel=stylesheet href='https://ailleurs.test/c.css'>",
    "<video src='https://ailleurs.test/v.mp4' autoplay onerror=alert(1)></video>",
    "<object data='https://ailleurs.test/o'></object><embed src='https://ailleurs.test/e'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<base href='https://ailleurs.test/'><a href='x'>x</a>",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.parametrize("is_clean", [True, False], ids=["as kept", "as if nobody had cleaned it"])
def test_behind_the_glass_nothing_runs_and_nothing_is_asked_for(as_person, live_server, is_clean):
    hostile = "<p>Bonjour la maison</p>" + "".join(XSS)
    mail = stage.arrived(stage.eml(html=f"<html><body>{hostile}</body></html>"))
    if not is_clean:
        with stage.deed(cast.CastVerb.ENTERS, by=None):
            Mail.objects.filter(pk=mail.pk).update(html=hostile)
    page = as_person(cast.marion())
    asked, dialogs = [], []

    def outside(urls):
        return [url for url in urls if not url.startswith((live_server.url, "data:"))]

    page.on("request", lambda request: asked.append(request.url))
    refused = []  # by the policy, in the browser, before anything leaves
    page.on("requestfailed", lambda request: refused.append(request.url) if request.failure == "csp" else None)
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{live_server.url}{reverse('mailbox:thread', args=[mail.thread.ref])}?forme={mail.ref}")
    page.wait_for_load_state("networkidle")
    inside = page.frames[1]
    assert "Bonjour la maison" in inside.locator("body").inner_text()
    page.wait_for_timeout(500)
    assert dialogs == []
    assert sorted(outside(asked)) == sorted(outside(refused))
    assert is_clean is False or outside(asked) == []
    # And opened alone, by somebody who copies the address.
    page.goto(f"{live_server.url}{reverse('mailbox:formatted', args=[mail.ref])}")
    page.wait_for_timeout(500)
    assert dialogs == []
    assert sorted(outside(asked)) == sorted(outside(refused))


@pytest.mark.django_db
def test_the_formatted_text_says_what_may_frame_it(client):
    mail = stage.arrived(stage.eml(html="<p>Bonjour</p>"))
    client.force_login(cast.marion())
    answer = client.get(reverse("mailbox:formatted", args=[mail.ref]))
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    plain = stage.arrived(stage.eml(message_id="<plain@x.test>", text="Sans mise en forme"))
    assert client.get(reverse("mailbox:formatted", args=[plain.ref])).status_code == 404


@pytest.mark.django_db
def test_two_threads_are_joined_in_one_key_given_back_in_another_and_split(client):
    newer, older = stage.a_pair()
    client.force_login(cast.marion())
    page = client.get(reverse("mailbox:thread", args=[newer])).content.decode()
    assert "Peut-être le même fil" in page
    client.post(reverse("mailbox:proposal", args=[newer, older]), {"choix": "oui"})
    assert client.get(reverse("mailbox:thread", args=[newer])).url == reverse("mailbox:thread", args=[older])
    joined = client.get(reverse("mailbox:thread", args=[older]))
    assert len(joined.context["entries"]) == 2
    assert "Défaire la réunion" in joined.content.decode()
    client.post(reverse("mailbox:undo-merge", args=[newer]))
    assert len(client.get(reverse("mailbox:thread", args=[older])).context["entries"]) == 1
    client.post(reverse("mailbox:proposal", args=[older, newer]), {"choix": "oui"})
    last = client.get(reverse("mailbox:thread", args=[older])).context["entries"][-1].mail
    client.post(reverse("mailbox:split", args=[last.ref]))
    last.refresh_from_db()
    assert last.thread.ref not in (newer, older)


@pytest.mark.django_db
def test_declined_it_is_not_proposed_again(client):
    newer, older = stage.a_pair()
    client.force_login(cast.marion())
    client.post(reverse("mailbox:proposal", args=[newer, older]), {"choix": "non"})
    assert "Peut-être le même fil" not in client.get(reverse("mailbox:thread", args=[newer])).content.decode()
    assert client.post(reverse("mailbox:proposal", args=[newer, older]), {"choix": "oui"}).status_code == 404


@pytest.mark.django_db
def test_a_mail_is_read_again(client):
    mail = stage.arrived(is_readable=False, text="")
    client.force_login(cast.marion())
    assert "Relire" in client.get(reverse("mailbox:thread", args=[mail.thread.ref])).content.decode()
    client.post(reverse("mailbox:read-again", args=[mail.ref]))
    mail.refresh_from_db()
    assert mail.is_readable
    assert "12 ordinateurs" in mail.text
