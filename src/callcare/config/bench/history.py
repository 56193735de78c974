"""Two years of a desk behind the open cases of the made-up country: without them a list that is fast proves nothing.

Persons with their numbers, contacts, reminders, introductions with their letters, promises, hand-overs, outcomes.
Every row could have come of a deed: keys, checks and counters hold. Only the triggers are passed by, for speed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from callcare.allocations.models import Allocation, Fulfilment
from callcare.catalogue.models import Reason
from callcare.commitments.models import CommitmentLine
from callcare.config.bench.loading import Row, Say, copy, ref
from callcare.desk.enums import Disposition, ReminderStep
from callcare.desk.models import Consent, Interaction, OutgoingMail, Reminder
from callcare.directory.models import Channel, Person
from callcare.introductions.enums import LIVE
from callcare.introductions.models import FINAL, Disclosure, Introduction
from callcare.matching.models import Solicitation
from callcare.needs.models import NeedLine
from callcare.outcomes.models import Outcome, PeopleCount

if TYPE_CHECKING:
    from callcare.config.bench.dataset import Cases

YEARS = 730  # days
DRAFTS = 40  # contacts being noted down now, by everybody
FIRST_NAMES = (
    "Claire",
    "Samir",
    "Nadia",
    "Hugo",
    "Inès",
    "Paul",
    "Aminata",
    "Luc",
    "Jeanne",
    "Yanis",
    "Odile",
    "Marc",
)
LAST_NAMES = (
    "Delattre",
    "Benali",
    "Carpentier",
    "Lefebvre",
    "Diallo",
    "Vasseur",
    "Morel",
    "Dubois",
    "Haddad",
    "Petit",
)
NUMBERS = ("+3319900", "+3326191", "+3335301", "+3346571", "+3353649", "+3363998")  # kept free for fiction by Arcep
NOTE = (
    "Appelle au sujet de son dossier ; rappelle ce qui a été dit la semaine passée, précise les quantités et le lieu, "
    "demande quand une réponse viendra et qui l’appellera."
)
LETTER = "Bonjour,\n\n" + "Comme convenu au téléphone, voici avec qui vous pouvez en parler directement. " * 14
TABLES = (
    Person, Channel, Consent, Interaction, Reminder, OutgoingMail, Introduction, Disclosure, Allocation, Fulfilment,
    Outcome, PeopleCount,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each, for so many open commitments."""

    commitments: int

    @property
    def contacts(self) -> int:
        return 2 * self.commitments

    @property
    def introductions(self) -> int:
        return self.commitments // 5

    @property
    def promises(self) -> int:
        return self.commitments // 5

    @property
    def reminders(self) -> int:
        return self.commitments * 3 // 10


def people(count: int, pick: random.Random) -> Iterator[Row]:
    """One person speaks for each organisation, under the same number."""
    for number in range(1, count + 1):
        first, last = pick.choice(FIRST_NAMES), pick.choice(LAST_NAMES)
        yield {
            "id": number, "organisation_id": number, "first_name": first, "last_name": last, "role": "coordination",
            "search_name": f"{first} {last}".lower().replace("è", "e"), "do_not_contact": number % 200 == 0,
        }  # fmt: skip


def telephone(number: int) -> str:
    return f"{NUMBERS[number // 10_000 % len(NUMBERS)]}{number % 10_000:04d}"


def channels(count: int) -> Iterator[Row]:
    """A number and an address for each person; one domain in fifty is that of two organisations."""
    for number in range(1, count + 1):
        house = number - 1 if number % 50 == 0 else number
        value = f"contact{number}@organisation{house}.test"
        yield {"id": 2 * number - 1, "person_id": number, "kind": "phone", "value": telephone(number)}
        yield {"id": 2 * number, "person_id": number, "kind": "email", "value": value}


class Years:
    """The life of the cases. Rows are drawn in the order of their keys: what came first has the smaller one."""

    def __init__(self, pick: random.Random, cases: "Cases", sizes: Sizes) -> None:
        self.pick, self.cases, self.sizes, self.now = pick, cases, sizes, cases.now
        self.reasons = dict(Reason.objects.values_list("code", "pk"))
        self.offers: dict[int, list[int]] = {}
        self.met: list[Row] = []
        self.made: list[Row] = []

    def write(self, say: Say) -> None:
        """All of it, in the order of the keys between them."""
        bodies, sizes = self.cases.bodies, self.sizes
        for line, category in enumerate(self.cases.category["commitment"], 1):
            self.offers.setdefault(category, []).append(line)
        copy(Consent, self.consents(bodies), bodies, say)
        copy(Introduction, self.introductions(), sizes.introductions, say)
        asked = list(self.solicitations())
        copy(Solicitation, asked, len(asked), say, after=Solicitation.objects.count())
        sent = [row for row in self.met if row.get("sent_at")]
        copy(OutgoingMail, self.letters(sent), 2 * len(sent), say)
        copy(Disclosure, self.disclosures(sent), 2 * len(sent), say)
        copy(Allocation, self.promises(), sizes.promises, say)
        done = [row for row in self.made if row["qty_fulfilled"]]
        copy(Fulfilment, self.deliveries(done), len(done), say)
        copy(Outcome, self.outcomes(done), len(done), say)
        helped = {row["need_line_id"]: row for row in done}
        copy(PeopleCount, self.counts(helped), len(helped), say)
        copy(Reminder, self.reminders(), sizes.reminders, say)

    def contacts(self) -> Iterator[Row]:
        """Two years of calls and mails, the last few still being noted down."""
        pick, count = self.pick, self.sizes.contacts
        step = timedelta(YEARS) / count
        for number in range(1, count + 1):
            at = self.now - step * (count - number + 1)
            is_draft = number > count - min(DRAFTS, count // 2)
            who = pick.randint(1, self.cases.bodies) if pick.random() < 0.9 else None
            yield {
                "id": number, "ref": ref("C", number), "desk_id": self.cases.one_desk(), "started_at": at,
                "channel": pick.choices(["phone", "mail", "form", "visit"], [70, 22, 5, 3])[0],
                "direction": pick.choice(["in", "in", "out"]), "operator_id": self.cases.operator,
                "organisation_id": who, "person_id": who, "raw_identity": telephone(who or number),
                "ended_at": None if is_draft else at + timedelta(minutes=pick.randint(2, 20)),
                "finished_at": None if is_draft else at + timedelta(minutes=pick.randint(21, 40)),
                "dispositions": [] if is_draft else pick.sample(Disposition.values, pick.choice([1, 1, 2])),
                "summary": NOTE[: pick.randint(40, len(NOTE))], "state": "draft" if is_draft else "final",
            }  # fmt: skip

    def drafts(self) -> Iterator[Row]:
        last = self.sizes.contacts
        for number in range(last - min(DRAFTS, last // 2) + 1, last + 1):
            yield {
                "interaction_id": number,
                "content": {"note": {"summary": NOTE}},
                "saved_by_id": self.cases.operator,
            }

    def consents(self, count: int) -> Iterator[Row]:
        for number in range(1, count + 1):
            yield {
                "id": number, "desk_id": self.cases.one_desk(), "person_id": number, "gives_name": True,
                "gives_phone": True, "gives_email": True, "reach": "standing", "basis": "oral",
                "recorded_by_id": self.cases.operator, "given_at": self.now - timedelta(YEARS),
            }  # fmt: skip

    def _pair(self) -> tuple[int, int]:
        """A need and a commitment of the same category; half of the open needs are left without help."""
        cases = self.cases
        while True:
            need = self.pick.randint(1, cases.bodies // 2 or 1)
            if self.pick.random() < 0.7:  # mostly closed by now
                need += cases.bodies
            offers = self.offers.get(cases.category["need"][need - 1])
            if offers:
                return need, self.pick.choice(offers)

    def introductions(self) -> Iterator[Row]:
        cases, seen = self.cases, set[tuple[int, int]]()
        number = 0
        while number < self.sizes.introductions:
            need, offer = self._pair()
            asker, giver = cases.organisation["need"][need - 1], cases.organisation["commitment"][offer - 1]
            if asker == giver or (need, giver) in seen:
                continue
            seen.add((need, giver))
            number += 1
            row = self._introduction(number, need, offer, asker, giver)
            self.met.append(row)
            yield row

    def _introduction(self, number: int, need: int, offer: int, asker: int, giver: int) -> Row:
        pick, cases = self.pick, self.cases
        at = self._after(cases.opened["need"][need - 1], 20)
        is_live = need <= cases.bodies and pick.random() < 0.6
        state = str(pick.choice(LIVE if is_live else FINAL))
        is_sent = state in {"sent", "in_progress", "succeeded", "no_help", "unreachable"}
        return {
            "id": number, "ref": ref("M", number), "desk_id": cases.of["need"][need - 1], "need_id": need,
            "need_line_id": need, "giver_id": giver, "commitment_id": offer, "commitment_line_id": offer,
            "asker_person_id": asker, "giver_person_id": giver, "proposer_id": cases.operator, "state": state,
            "score": pick.randint(40, 95), "reasons": ["couvre la demande", "à 12 km"], "proposed_at": at,
            "asker_consent_id": asker if is_sent else None, "giver_consent_id": giver if is_sent else None,
            "sent_at": self._after(at, 5) if is_sent else None, "closed_at": None if is_live else self._after(at, 40),
            "declined_by": "giver" if state == "declined" else "",
            "reason_id": self.reasons["enough_found"] if state == "declined" else None,
            "owner_id": cases.operator, "next_action_at": self._due() if is_live else None,
        }  # fmt: skip

    def _after(self, at: datetime, days: int) -> datetime:
        """Some time after, never in the future."""
        return min(self.now, at + timedelta(self.pick.random() * days))

    def _due(self) -> datetime:
        return self.now + timedelta(self.pick.randint(-4, 20))

    def solicitations(self) -> Iterator[Row]:
        """Each introduction is an asking; a pair that is already asked stays as it is."""
        known = set(Solicitation.objects.values_list("need_id", "giver_id"))
        for row in self.met:
            if (row["need_id"], row["giver_id"]) in known:
                continue
            yield {
                "need_id": row["need_id"], "desk_id": row["desk_id"], "giver_id": row["giver_id"],
                "commitment_id": row["commitment_id"], "at": row["proposed_at"], "closed_at": row["closed_at"],
            }  # fmt: skip

    def letters(self, sent: list[Row]) -> Iterator[Row]:
        for number, (row, side) in enumerate(((row, side) for row in sent for side in ("asker", "giver")), 1):
            state = self.pick.choices(["sent", "failed", "queued"], [980, 15, 5])[0]
            yield {
                "id": number, "desk_id": row["desk_id"], "key": f"introduced:{row['ref']}:{side}",
                "message_id": f"<cc.{number:032x}@banc.test>", "to": f"contact{row[f'{side}_person_id']}@banc.test",
                "subject": "Mise en relation", "body": LETTER, "state": state, "queued_at": row["sent_at"],
                "sent_at": row["sent_at"] if state == "sent" else None, "attempts": 1,
            }  # fmt: skip

    def disclosures(self, sent: list[Row]) -> Iterator[Row]:
        for number, (row, side) in enumerate(((row, side) for row in sent for side in ("asker", "giver")), 1):
            other = "giver" if side == "asker" else "asker"
            yield {
                "id": number, "desk_id": row["desk_id"], "introduction_id": row["id"], "side": side,
                "recipient_id": row[f"{side}_person_id"], "about_id": row[f"{other}_person_id"],
                "consent_id": row[f"{other}_consent_id"], "text": LETTER, "mail_id": number, "at": row["sent_at"],
            }  # fmt: skip

    def promises(self) -> Iterator[Row]:
        """At most half of what is asked and of what is offered is promised, so that the open cases stay open."""
        pick, cases, number = self.pick, self.cases, 0
        left = {kind: [whole // 2 for whole in cases.quantity[kind]] for kind in ("need", "commitment")}
        met = iter(row for row in self.met if row["state"] in {"succeeded", "in_progress"})
        tried = 0
        while number < self.sizes.promises and tried < 20 * self.sizes.promises:
            tried += 1
            row = next(met, None)
            need, offer = (row["need_id"], row["commitment_id"]) if row else self._pair()
            most = min(left["need"][need - 1], left["commitment"][offer - 1]) // cases.factor["need"][need - 1]
            if most < 1:
                continue
            number += 1
            qty = pick.randint(1, max(1, most // 2)) * cases.factor["need"][need - 1]
            left["need"][need - 1] -= qty
            left["commitment"][offer - 1] -= qty
            made = self._promise(number, need, offer, qty, row)
            self.made.append(made)
            yield made

    def _promise(self, number: int, need: int, offer: int, qty: int, met: Row | None) -> Row:
        cases = self.cases
        is_old = need > cases.bodies
        states, odds = ["held", "confirmed", "fulfilled", "released"], [0, 0, 8, 1] if is_old else [1, 4, 3, 1]
        state = self.pick.choices(states, odds)[0]
        is_live = state in {"held", "confirmed"}
        at = met["sent_at"] if met else self._after(cases.opened["need"][need - 1], 30)
        return {
            "id": number, "ref": ref("A", number), "desk_id": cases.of["need"][need - 1], "need_line_id": need,
            "commitment_line_id": offer, "introduction_id": met["id"] if met else None, "qty": qty,
            "qty_fulfilled": qty if state == "fulfilled" else 0, "qty_released": qty if state == "released" else 0,
            "state": state, "held_until": self._due() if state == "held" else None, "owner_id": cases.operator,
            "next_action_at": self._due() if is_live else None, "made_at": at,
        }  # fmt: skip

    def deliveries(self, done: list[Row]) -> Iterator[Row]:
        for number, row in enumerate(done, 1):
            yield {
                "id": number, "desk_id": row["desk_id"], "allocation_id": row["id"], "qty": row["qty"],
                "at": self._after(row["made_at"], 20), "proof": "oral", "by_id": self.cases.operator,
            }  # fmt: skip

    def outcomes(self, done: list[Row]) -> Iterator[Row]:
        for number, row in enumerate(done, 1):
            yield {
                "id": number, "desk_id": row["desk_id"], "need_id": row["need_line_id"], "side": "asker",
                "introduction_id": row["introduction_id"], "fulfilment_id": number, "useful": True, "extent": "full",
                "verbatim": NOTE if number % 3 == 0 else "", "may_publish": number % 9 == 0,
                "recorded_by_id": self.cases.operator, "answered_at": self._after(row["made_at"], 60),
            }  # fmt: skip

    def counts(self, helped: dict[int, Row]) -> Iterator[Row]:
        for number, (need, row) in enumerate(helped.items(), 1):
            yield {
                "id": number, "desk_id": row["desk_id"], "need_id": need, "audience": "school",
                "people": max(1, int(self.pick.lognormvariate(2.0, 1.0))),
                "counted_at": self._after(row["made_at"], 60),
            }  # fmt: skip

    def reminders(self) -> Iterator[Row]:
        """A fifth is still owed; the others are done. Each is about a contact of its own, one call-back a number."""
        contact = ContentType.objects.get_for_model(Interaction).pk
        last, count = self.sizes.contacts, self.sizes.reminders
        owed: set[int] = set()
        for number in range(1, count + 1):
            is_owed, who = number % 5 == 0, self.pick.randint(1, self.cases.bodies)
            step = ReminderStep.NOT_TAKEN if who in owed else ReminderStep.CALL_BACK
            owed |= {who} if is_owed else set()
            due = self._due() if is_owed else self.now - timedelta(self.pick.random() * YEARS)
            yield {
                "id": number, "ref": ref("R", number), "desk_id": self.cases.one_desk(), "due_at": due,
                "subject_type_id": contact, "subject_id": last - count + number, "step": str(step),
                "subject_ref": ref("C", last - count + number), "about": "Rappeler au sujet de la demande",
                "organisation_id": who, "person_id": who, "number": telephone(who), "owner_id": self.cases.operator,
                "state": "planned" if is_owed else "done", "done_at": None if is_owed else due,
            }  # fmt: skip


def count_promises() -> None:
    """What the triggers of promises keep on both lines."""
    with connection.cursor() as cursor:
        for model, key in ((NeedLine, "need_line_id"), (CommitmentLine, "commitment_line_id")):
            cursor.execute(COUNTED.format(table=model._meta.db_table, key=key))


COUNTED = """
UPDATE {table} AS line SET qty_reserved = sums.reserved, qty_fulfilled = sums.fulfilled
FROM (SELECT {key} AS id, sum(qty - qty_released) AS reserved, sum(qty_fulfilled) AS fulfilled
      FROM allocations_allocation GROUP BY 1) AS sums
WHERE sums.id = line.id
"""
