"""The mails of the demo: real bytes, read as any mail, so that the pages of mails are not empty."""

from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from io import BytesIO

from PIL import Image

from callcare.config.demo.scenes import named
from callcare.config.demo.world import Caller, Office, World
from callcare.core import clock
from callcare.desk.actions import finish_interaction
from callcare.desk.enums import Disposition
from callcare.mailbox.actions import box_moved, open_mailbox, read_pending, set_mailbox
from callcare.mailbox.actions.answering import answer
from callcare.mailbox.enums import Security
from callcare.mailbox.models import Answer, Mail, Mailbox
from callcare.mailbox.raw import Fetched, keep

OURS = "lille@call-care.test"

FIRST = """Bonjour,

Pouvez-vous prendre 6 vélos révisés à Lille la semaine prochaine ?
Ils sont dans notre cour, et il faut la libérer.

Bien cordialement,
--\x20
{name}
{body}
"""
SECOND = """Bonjour,

Le mardi nous convient, entre 9 h et 12 h.

{name}

Le 2 mars, Guichet de Lille <lille@call-care.test> a écrit :
> Merci beaucoup. Quel jour vous arrange ?
"""
ASKED = """Bonjour,

Nous cherchons 4 tables pliantes à {city} avant fin juin.
Je joins une photo de la salle.

Merci d’avance,
{name}
"""
AWAY = "Bonjour,\n\nJe suis absent jusqu’à lundi, et je lirai votre message à mon retour.\n"
LETTER = "Les rendez-vous du mois, et les portraits de nos bénévoles.\n"
BOUNCE = """--retour
Content-Type: text/plain; charset=utf-8

Ce courrier n’a pas pu être remis.

--retour
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.call-care.test

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--retour
Content-Type: text/rfc822-headers

Message-ID: {message_id}
To: {to}

--retour--
"""


def plan(world: World, days: list[date]) -> None:
    """The box of Lille is opened the first morning; mails arrive in the last days."""
    office = world.offices["lille"]
    world.on(datetime.combine(days[0], time(8, 55), clock.PARIS), lambda: _open(office))
    thread = named(office, "Groupe Hautecloque")
    if len(days) > 3:
        world.on(datetime.combine(days[-3], time(9, 31), clock.PARIS), lambda: _begins(office, thread))
        world.on(datetime.combine(days[-2], time(11, 2), clock.PARIS), lambda: _lost(office))
    world.on(world.until - timedelta(minutes=130), lambda: _comes(office, _letter()))
    world.on(world.until - timedelta(minutes=84), lambda: _comes(office, _photo(named(office, "Jeunes en Sambre"))))
    world.on(world.until - timedelta(minutes=18), lambda: _goes_on(office, thread))


def _open(office: Office) -> None:
    """It is fetched by nobody: its mails are those of the story."""
    facts = {"host": "127.0.0.1", "port": 1143, "security": Security.NONE, "login": "lille"}
    box = open_mailbox(by=None, desk=office.desk, address=OURS, password="", **facts)  # type: ignore[arg-type]
    set_mailbox(
        box, by=None, password="", folder="INBOX", treated="", is_enabled=False,
        because="boîte de la démonstration, sans serveur", **facts,  # type: ignore[arg-type]
    )  # fmt: skip
    box_moved(box, 1)


def _arrives(office: Office, raw: bytes) -> Mail:
    box = Mailbox.objects.get(address=OURS)
    number = box.last_uid + 1
    keep(box.pk, 1, [Fetched(number, raw, clock.now())])
    while read_pending():
        pass
    return Mail.objects.select_related("thread", "desk", "raw__mailbox", "interaction").get(raw__uid=number)


def _comes(office: Office, raw: bytes) -> None:
    """It arrives, and waits for whoever opens the demo."""
    _arrives(office, raw)


def _written(sender: str, subject: str, text: str, number: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, OURS, subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{number}@{sender.rpartition('@')[2].rstrip('>')}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def _of(caller: Caller) -> str:
    return formataddr((str(caller.person), caller.email))


def _begins(office: Office, caller: Caller) -> None:
    """Somebody writes, and is answered: the first two of a thread of three."""
    text = FIRST.format(name=caller.person, body=caller.organisation)
    mail = _arrives(office, _written(_of(caller), "Six vélos à prendre", text, "velos-1").as_bytes())
    by = office.operators[0]
    body = f"Bonjour,\n\nMerci beaucoup. Quel jour vous arrange ?\n\n{by.display_name}, {office.desk.name}\n"
    answer(mail, by=by, to=caller.email, subject="Re : Six vélos à prendre", body=body, seen=0)
    if mail.interaction:
        finish_interaction(
            mail.interaction, by=by, dispositions=[Disposition.INFORMATION], summary="Attend le jour de l’enlèvement."
        )


def _goes_on(office: Office, caller: Caller) -> None:
    """The third of the thread, where the first two were played."""
    written = Answer.objects.filter(letter__to=caller.email, by__isnull=False).select_related("letter").first()
    ids = written.letter.message_id if written else "<velos-1@ailleurs.test>"
    text = SECOND.format(name=caller.person)
    raw = _written(_of(caller), "Re: Six vélos à prendre", text, "velos-2", In_Reply_To=ids, References=ids)
    _arrives(office, raw.as_bytes())


def _lost(office: Office) -> None:
    """An answer to an address that is no more comes back; and a machine says that somebody is away."""
    raw = _written(
        "Ancienne adresse <contact@ancienne-asso.test>",
        "Changement d’adresse",
        "Bonjour,\n\nNous avons déménagé.\n",
        "demenage",
    )
    mail = _arrives(office, raw.as_bytes())
    by = office.operators[-1]
    sent = answer(
        mail,
        by=by,
        to=mail.from_address,
        subject="Re : Changement d’adresse",
        body="Bonjour,\n\nC’est noté, merci.\n",
        seen=0,
    )
    if mail.interaction:
        finish_interaction(
            mail.interaction, by=by, dispositions=[Disposition.UPDATE], summary="Nouvelle adresse notée."
        )
    letter = sent.letter
    head = (
        f"Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@call-care.test>\r\nTo: {OURS}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nDate: {format_datetime(clock.now())}\r\n"
        "Message-ID: <retour-1@mx.call-care.test>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="retour"\r\n\r\n'
    )
    body = BOUNCE.format(to=letter.to, message_id=letter.message_id).replace("\n", "\r\n")
    _arrives(office, (head + body).encode())
    away = _written(
        "Paul Renard <paul@asso-voisine.test>",
        "Réponse automatique : absence",
        AWAY,
        "absence",
        Auto_Submitted="auto-replied (vacation)",
    )
    _arrives(office, away.as_bytes())


def _letter() -> bytes:
    raw = _written(
        "La lettre du réseau <lettre@reseau.test>",
        "La lettre de la semaine",
        LETTER,
        "lettre-1",
        List_Id="lettre.reseau.test",
    )
    return raw.as_bytes()


def _photo(caller: Caller) -> bytes:
    raw = _written(
        _of(caller), "Des tables pour notre salle", ASKED.format(name=caller.person, city=caller.city), "tables-1"
    )
    out = BytesIO()
    picture = Image.linear_gradient("L").resize((640, 400)).convert("RGB")
    picture.save(out, "JPEG", quality=70)
    raw.add_attachment(out.getvalue(), maintype="image", subtype="jpeg", filename="salle.jpg")
    return raw.as_bytes()
