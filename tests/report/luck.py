"""Deeds drawn by luck, on days of the last weeks: what a desk does in ten of them, in any order."""

import random
from datetime import timedelta

from django.db.models import Q

from callcare.allocations.models import Allocation, Fulfilment
from callcare.commitments.models import Commitment
from callcare.core import clock
from callcare.desk.models import Interaction
from callcare.directory.models import Organisation
from callcare.needs.models import Need, NeedLine
from callcare.outcomes.models import PeopleCount
from callcare.report import figures
from callcare.report.figures import Scope
from callcare.report.rules import Period
from tests import cast
from tests.introductions import stage

DAYS = 70
DEEDS = (
    "opens_a_need", "opens_a_need", "offers", "calls", "calls", "moves", "introduces", "promises", "hands_over",
    "corrects", "closes", "reopens", "counts_people", "finds_a_double", "leaves_a_contact", "changes_what_is_asked",
    "confirms",
)  # fmt: skip


class Story:
    def __init__(self, seed):
        self.pick = random.Random(seed)  # noqa: S311  # no secret
        self.number = 0
        self.places = [cast.roubaix(), cast.lens(), cast.amiens(), None]
        self.kinds = [cast.laptop(), cast.tutoring()]
        self.people = [cast.claire(), cast.hugo()]
        self.reasons = [cast.reason(code, code, "close_need") for code in ("unanswered", "served")]

    def goes_on(self):
        name = self.pick.choice(DEEDS)
        getattr(self, name)()
        return name

    def asks(self):
        """Any days, desks and département."""
        first, last = sorted(self.pick.choices(range(-DAYS, 3), k=2))
        day = clock.today()
        desks = self.pick.choice([[cast.lille_desk()], [cast.lille_desk(), cast.amiens_desk()], [cast.amiens_desk()]])
        return Scope(
            Period(day + timedelta(days=first), day + timedelta(days=last)),
            frozenset(desk.pk for desk in desks),
            self.pick.choice(["", "", "59", "62", "80", figures.NOWHERE]),
        )

    def then(self):
        return clock.now() - timedelta(days=self.pick.randrange(DAYS))

    def some(self, model, *which, **where):
        rows = list(model.objects.filter(*which, **where).order_by("pk"))
        return self.pick.choice(rows) if rows else None

    def change(self, thing, **facts):
        with cast.deed(cast.CastVerb.ENTERS, by=None):
            type(thing).objects.filter(pk=thing.pk).update(**facts)

    def opens_a_need(self):
        self.number += 1
        if self.pick.random() < 0.3:
            stage.need(opened_at=self.then(), commune=self.pick.choice(self.places))
            return
        body = cast.workshop(name=f"Atelier {self.number}", commune=self.pick.choice(self.places))
        desk = self.pick.choice([cast.lille_desk(), cast.amiens_desk()])
        facts = {"commune": self.pick.choice(self.places), "opened_at": self.then(), "desk": desk}
        need = cast.need(self.pick.randint(2, 9), organisation=body, **facts)
        if self.pick.random() < 0.4:
            line = need.lines.get()
            line.pk, line.category = None, self.kinds[1]
            with cast.deed(cast.CastVerb.ENTERS, by=None):
                line.save()

    def offers(self):
        facts = {"level": self.pick.choice(["announced", "confirmed"]), "commune": self.pick.choice(self.places)}
        cast.commitment(9, opened_at=self.then(), person=self.pick.choice(self.people), **facts)

    def confirms(self):
        if one := self.some(Commitment, level="announced"):
            self.change(one, level="confirmed", confirmed_at=clock.now())

    def calls(self):
        cast.call(organisation=self.some(Organisation), started_at=self.then())

    def moves(self):
        """The body or the need with the most rows goes elsewhere."""
        for model in (Organisation, Need):
            for one in model.objects.order_by("pk")[:4]:
                others = [place for place in self.places if (place and place.pk) != one.commune_id]
                self.change(one, commune=self.pick.choice(others))

    def introduces(self):
        need = self.some(Need, person=self.people[0], introductions=None, state="open")
        need, offer = need or stage.need(opened_at=self.then()), stage.commitment(opened_at=self.then())
        with clock.at(clock.now() - timedelta(days=self.pick.randrange(3))):
            stage.sent(need_line=need.lines.get(), commitment_line=offer.lines.get())

    def promises(self):
        if need := self.some(Need, lines__category=self.kinds[0], lines__qty_reserved=0, state="open"):
            line = need.lines.filter(category=self.kinds[0], qty_reserved=0).first()
            offer = cast.commitment(9, opened_at=self.then(), desk=need.desk)
            with cast.deed(cast.CastVerb.ENTERS, by=None):
                Allocation.objects.create(
                    desk=need.desk, need_line=line, commitment_line=offer.lines.get(), qty=2, state="confirmed",
                    owner=cast.marion(), next_action_at=clock.now(),
                )  # fmt: skip

    def hands_over(self):
        self.promises()
        if promise := self.some(Allocation, qty_fulfilled=0):
            with cast.deed(cast.CastVerb.ENTERS, by=None):
                Fulfilment.objects.create(
                    desk=promise.desk, allocation=promise, qty=self.pick.choice([1, 2]), at=self.then(), proof="slip"
                )

    def corrects(self):
        self.hands_over()
        if done := self.some(Fulfilment, kind="delivery", corrections=None):
            with cast.deed(cast.CastVerb.ENTERS, by=None):
                Fulfilment.objects.create(
                    desk=done.desk, allocation=done.allocation, kind="correction", corrects=done, qty=1,
                    at=self.then(), proof="oral",
                )  # fmt: skip

    def closes(self):
        due = Allocation.objects.filter(state="confirmed").values("need_line__need")
        if need := self.some(Need, ~Q(pk__in=due), state="open"):
            self.change(need, state="closed", closed_at=clock.now(), close_reason=self.pick.choice(self.reasons))

    def reopens(self):
        if need := self.some(Need, state="closed"):
            self.change(need, state="open", closed_at=None, close_reason=None, next_action_at=clock.now())

    def counts_people(self):
        if need := self.some(Need, people_counts=None):
            with cast.deed(cast.CastVerb.ENTERS, by=None):
                PeopleCount.objects.create(
                    desk=need.desk, need=need, audience="school", people=self.pick.randint(1, 30),
                    counted_at=self.then(),
                )  # fmt: skip

    def finds_a_double(self):
        one, other = self.some(Need), self.some(Need, duplicate_of=None)
        if one and other and one != other:
            self.change(one, duplicate_of=other)

    def leaves_a_contact(self):
        if one := self.some(Interaction):
            self.change(one, organisation=self.some(Organisation))

    def changes_what_is_asked(self):
        if line := self.some(NeedLine, category=self.kinds[0]):
            self.change(line, category=cast.computers())
