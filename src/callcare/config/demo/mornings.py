"""The rounds of the last nights, and what the operators did with the pairs they raised."""

from datetime import date, datetime, time, timedelta
from functools import partial

from callcare.catalogue.models import Reason
from callcare.config.demo.world import Office, World
from callcare.core import clock
from callcare.matching.actions import dismiss, make_round, put_off
from callcare.matching.models import Suggestion

NIGHTS = 7  # the last of the month, before an open day: earlier ones are forgotten by now
AT = time(5, 10)


def plan(world: World) -> None:
    """A round each night; the first operator of each desk reads what it raised at twenty past ten."""
    last = world.until.astimezone(clock.PARIS).date()
    for back in range(min(NIGHTS, (last - world.first).days + 1)):
        day = last - timedelta(days=back)
        open_ = [office for office in world.offices.values() if office.calendar.spans(day)]
        if open_:
            world.on(datetime.combine(day, AT, clock.PARIS), partial(make_round, by=None))  # type: ignore[arg-type]
        for office in open_:
            world.on(datetime.combine(day, time(10, 20), clock.PARIS), partial(_read, office, day))


def _read(office: Office, day: date) -> None:
    """The poorest of the day is put off, the poorest of another giver set aside; the others wait."""
    rows = Suggestion.objects.filter(desk=office.desk).shown(day).standing().order_by("score", "pk")
    pairs = list(rows.select_related("need_line", "commitment_line__commitment__organisation"))
    by = office.operators[0]
    if len(pairs) > 4:
        one = pairs[0]
        put_off(one.need_line, commitment_line=one.commitment_line, by=by)
        giver = one.commitment_line.commitment.organisation_id
        other = next((it for it in pairs[1:] if it.commitment_line.commitment.organisation_id != giver), None)
        if other:
            reason = Reason.objects.get(code="wrong_conditions")
            dismiss(other.need_line, commitment_line=other.commitment_line, reason=reason, by=by)
