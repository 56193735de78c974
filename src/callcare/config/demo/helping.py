"""From a need to a thank-you: candidates of the engine, both consents, a promise, a delivery, an outcome."""

from dataclasses import dataclass

from callcare.accounts.models import User
from callcare.allocations.actions import correct, deliver, hold, promise, take_back
from callcare.allocations.enums import Proof
from callcare.allocations.models import Allocation, Fulfilment
from callcare.catalogue.enums import Audience, Mode
from callcare.catalogue.models import Reason
from callcare.commitments.models import CommitmentLine
from callcare.config.demo.contacts import contact, operator
from callcare.config.demo.world import Caller, Office, World
from callcare.core.deeds import Refused
from callcare.desk.enums import CaseState, Direction, Disposition, InteractionChannel
from callcare.introductions.actions import decline, introduce_now, no_help, succeed, take_up
from callcare.introductions.enums import IntroductionState, Side
from callcare.introductions.models import Introduction
from callcare.matching.candidates import Candidate, candidates_for_need, needs_for_commitment
from callcare.matching.lines import offered_by, this_day, wanted_by
from callcare.matching.models import Solicitation
from callcare.needs.models import Need, NeedLine
from callcare.outcomes.actions import Counted, count_people, record_outcome
from callcare.outcomes.enums import AgeBand, Extent

AGES = {
    Audience.SCHOOL: AgeBand.SIXTEEN,
    Audience.UNIVERSITY: AgeBand.YOUNG,
    Audience.EMPLOYMENT: AgeBand.YOUNG,
}
MERCIS = {  # by the first word that stands in the path of the category
    "computer": (
        "Les jeunes ont pu suivre les cours dès le lundi. Merci à tous.",
        "Livrés en deux jours, tous fonctionnaient. Mille mercis.",
        "Deux élèves qui ne venaient plus sont revenus en classe.",
        "Merci pour eux, ils n’avaient jamais eu d’ordinateur à eux.",
        "Cinq dossiers d’inscription ont été envoyés dans la semaine.",
        "On a enfin pu ouvrir l’atelier du jeudi.",
    ),
    "safety_shoes": (
        "Les chaussures étaient à la bonne pointure, l’entrée en formation est sauvée.",
        "Ils ont pu monter sur le chantier le lundi. Merci.",
    ),
    "time": (
        "Une belle rencontre : l’entreprise revient en juin présenter ses métiers.",
        "Trois jeunes ont décroché un stage après la visite.",
        "Ils parlent encore de cette journée.",
        "Des conseils très concrets, et beaucoup de bienveillance.",
    ),
    "venue": ("Une fête magnifique, et huit métiers découverts autour du buffet.",),
    "": (
        "Ils ont appelé le soir même. On ne pensait pas que ce serait si simple.",
        "Cela nous a évité deux mois de démarches.",
        "Tout était prêt à notre arrivée. Merci au guichet et à l’entreprise.",
        "Un grand merci de toute l’équipe.",
        "En trois jours, tout était réglé.",
        "Les familles étaient très touchées.",
        "Nous avons appelé le lundi, c’était là le jeudi.",
        "On se sent moins seuls. Merci.",
    ),
}
# The engine leaves a giver in peace after five; our operators stop at four, so that who opens the demo can still ask.
ENOUGH = 4
NO_NEWS = ("Les dates ne convenaient pas.", "Le matériel avait déjà été donné.", "Trop loin pour venir chercher.")


@dataclass(slots=True)
class Pair:
    """An introduction under way, and who is who."""

    office: Office
    introduction: Introduction
    asker: Caller
    giver: Caller | None


def caller_of(world: World, organisation_id: int) -> Caller | None:
    for office in world.offices.values():
        for caller in office.callers:
            if caller.organisation.pk == organisation_id:
                return caller
    return None


def look_for_help(world: World, office: Office, need: Need) -> bool:
    """Take the best confirmed candidate of the engine and put both in contact; False when there is none."""
    if need.state != CaseState.OPEN:
        return False
    for line in NeedLine.objects.filter(need=need).select_related("need__commune", "category", "unit"):
        for best in candidates_for_need(wanted_by(line), today=this_day(), limit=5).confirmed:
            offer = CommitmentLine.objects.select_related("category").get(pk=best.line)
            if _is_the_thing(line, offer) and _introduce(world, office, line, offer, best):
                return True
    return False


def look_for_askers(world: World, office: Office, line: CommitmentLine) -> None:
    """A new commitment: who was waiting for it?"""
    found = needs_for_commitment(offered_by(line), today=this_day(), limit=3).candidates
    for best in found[:2]:
        need_line = NeedLine.objects.select_related("need__commune", "category", "unit").get(pk=best.line)
        if _is_the_thing(need_line, line):
            _introduce(world, office, need_line, line, best)


def _is_the_thing(line: NeedLine, offer: CommitmentLine) -> bool:
    """Operators relate the very thing, or a kind of it; what is only near waits for a closer look."""
    return line.category.code in offer.category.path


def _introduce(world: World, office: Office, line: NeedLine, offer: CommitmentLine, best: Candidate) -> bool:
    by = operator(world, office)
    if Introduction.objects.live().filter(need=line.need_id).exists():
        return False  # somebody is already being asked for it
    if Solicitation.objects.filter(giver=offer.commitment.organisation_id).count() >= ENOUGH:
        return False
    try:
        introduction = introduce_now(
            by=by,
            need_line=line,
            commitment_line=offer,
            score=best.score,
            reasons=[reason.text for reason in best.reasons],
        )
    except Refused:
        return False
    asker, giver = caller_of(world, line.need.organisation_id), caller_of(world, introduction.giver_id)
    if asker is None:
        return True
    pair = Pair(office, introduction, asker, giver)
    draw = world.chance.random()
    if draw < 0.80:
        world.after(office, world.chance.randint(1, 3), lambda: taken_up(world, pair))
    elif draw < 0.90:
        world.after(office, world.chance.randint(1, 3), lambda: _declined(world, pair))
    return True


def _news(world: World, pair: Pair, by: User, caller: Caller | None, summary: str) -> None:
    direction = world.chance.choice((Direction.IN, Direction.OUT))
    contact(
        world, pair.office, caller or pair.asker, by=by, led_to=[Disposition.UPDATE], summary=summary,
        channel=InteractionChannel.PHONE, direction=direction,
    )  # fmt: skip


def taken_up(world: World, pair: Pair) -> None:
    it, by = pair.introduction, operator(world, pair.office)
    it.refresh_from_db()
    if it.state != IntroductionState.SENT:
        return
    if Need.objects.get(pk=it.need_id).state != CaseState.OPEN:
        no_help(it, by=by, because="Le besoin a trouvé sa réponse ailleurs.")
        return
    _news(world, pair, by, pair.giver, "Ils se sont parlé, c’est en bonne voie.")
    take_up(it, by=by)
    if world.chance.random() < 0.13:
        world.after(pair.office, 2, lambda: _nothing_came(world, pair))
        return
    allocation = _promise(world, pair, by)
    wait = world.chance.randint(1, 4)
    if allocation:
        world.after(pair.office, wait, lambda: _handed_over(world, pair, allocation))
    else:
        world.after(pair.office, wait, lambda: thanks(world, pair))


def _declined(world: World, pair: Pair) -> None:
    it, by = pair.introduction, operator(world, pair.office)
    it.refresh_from_db()
    if it.state != IntroductionState.SENT:
        return
    reason = Reason.objects.get(code=world.chance.choice(("wrong_dates", "too_far", "no_time", "later")))
    _news(world, pair, by, pair.giver, f"Ne peut pas cette fois : {reason.label}.")
    decline(it, side=Side.GIVER, reason=reason, by=by)


def _nothing_came(world: World, pair: Pair) -> None:
    by = operator(world, pair.office)
    because = world.chance.choice(NO_NEWS)
    _news(world, pair, by, pair.asker, because)
    pair.introduction.refresh_from_db()
    no_help(pair.introduction, by=by, because=because)


def _promise(world: World, pair: Pair, by: User) -> Allocation | None:
    it = pair.introduction
    line, offer = it.need_line, it.commitment_line
    if line is None or offer is None or not offer.is_countable or it.commitment is None:
        return None
    it.commitment.refresh_from_db()
    if it.commitment.state != CaseState.OPEN:
        return None
    line.refresh_from_db()
    offer.refresh_from_db()
    qty = min(line.left, offer.left)
    if qty <= 0:
        return None
    qty -= qty % line.factor if qty > line.factor else 0
    does = hold if world.chance.random() < 0.2 else promise
    return does(need_line=line, commitment_line=offer, qty=qty, by=by, introduction=it)


def _handed_over(world: World, pair: Pair, allocation: Allocation) -> None:
    by = operator(world, pair.office)
    allocation.refresh_from_db()
    left = allocation.qty - allocation.qty_fulfilled - allocation.qty_released
    factor = allocation.need_line.factor
    units = left // factor
    is_part = units > 3 and not allocation.qty_fulfilled and world.chance.random() < 0.3
    qty = units // 2 * factor if is_part else left
    _news(
        world,
        pair,
        by,
        world.chance.choice((pair.asker, pair.giver)),
        "C’est fait pour une partie." if is_part else "C’est fait.",
    )
    proof = world.chance.choice((Proof.ORAL, Proof.SLIP, Proof.MAIL, Proof.SIGNATURE))
    done = deliver(allocation, qty=qty, by=by, proof=proof, place=pair.asker.city)
    if allocation.need_line.mode == Mode.LOAN:
        world.after(pair.office, world.chance.randint(2, 4), lambda: _comes_back(world, pair, allocation))
    if is_part:
        world.after(pair.office, world.chance.randint(2, 4), lambda: _handed_over(world, pair, allocation))
    elif units > 3 and allocation.need_line.category.is_tracked and world.is_first("correction"):
        world.after(pair.office, 1, lambda: _was_too_much(world, pair, done))
    elif world.chance.random() < 0.85:
        world.after(pair.office, world.chance.randint(1, 4), lambda: thanks(world, pair))


def _comes_back(world: World, pair: Pair, allocation: Allocation) -> None:
    by = operator(world, pair.office)
    allocation.refresh_from_db()
    back = allocation.qty_fulfilled - allocation.qty_returned
    if not back:  # handed over in two parts, and all came back together
        return
    _news(world, pair, by, pair.asker, "Le prêt est rendu.")
    take_back(allocation, qty=back, by=by, proof=Proof.SLIP, note="Rendu en bon état.")


def _was_too_much(world: World, pair: Pair, done: Fulfilment) -> None:
    """Two of them did not work: noted as handed over, corrected, and replaced two days later."""
    by, allocation = operator(world, pair.office), done.allocation
    because = "Deux ne fonctionnaient pas : repris par le contributeur."
    _news(world, pair, by, pair.asker, because)
    correct(done, qty=2 * allocation.need_line.factor, by=by, because=because)
    world.after(pair.office, 2, lambda: _handed_over(world, pair, allocation))


def _words_of_thanks(world: World, it: Introduction) -> str:
    """Words that fit what was given, not said twice while others are left; nothing when all were said."""
    path = it.need_line.category.path if it.need_line else []
    key = next((word for word in MERCIS if word in path), "")
    new = [words for words in (*MERCIS[key], *MERCIS[""]) if words not in world.happened]
    if not new:
        return ""
    world.happened.add(words := world.chance.choice(new))
    return words


def thanks(world: World, pair: Pair) -> None:
    by, it = operator(world, pair.office), pair.introduction
    it.refresh_from_db()
    need = Need.objects.get(pk=it.need_id)
    said = _words_of_thanks(world, it) if world.chance.random() < 0.7 else ""
    _news(world, pair, by, pair.asker, said or "Tout s’est bien passé.")
    if it.state == IntroductionState.IN_PROGRESS:
        succeed(it, by=by)
    full = need.state == CaseState.CLOSED
    record_outcome(
        by=by, need=need, side=Side.ASKER, extent=Extent.FULL if full else Extent.PART, useful=True, introduction=it,
        verbatim=said, may_publish=bool(said) and world.chance.random() < 0.6,
    )  # fmt: skip
    audience = Audience(need.audience or Audience.EMPLOYMENT)
    people = need.people_expected or 1
    first = people if world.chance.random() < 0.6 else people // 2
    count_people(by=by, need=need, counts=[Counted(audience, AGES[audience], people, first)])
