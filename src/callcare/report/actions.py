"""Targets: what is aimed at, by when."""

from datetime import date

from callcare.accounts.models import User
from callcare.core.deeds import Refused, deed
from callcare.desk.models import Desk
from callcare.report.enums import Indicator, ReportVerb
from callcare.report.models import Target
from callcare.report.permissions import may_aim


def set_target(
    *,
    by: User | None,
    indicator: Indicator,
    value: int,
    from_on: date,
    due_on: date,
    desk: Desk | None,
    source: str = "",
) -> Target:
    """Aim at `value` between two days (both included), for one desk or for the collective; a new value replaces it."""
    with deed(ReportVerb.TARGET_SET, by=by):
        if not may_aim(by):
            raise Refused("Les objectifs sont fixés par les pilotes du collectif.")
        known = Target.objects.filter(indicator=indicator, desk=desk, due_on=due_on).first()
        target = known or Target(indicator=indicator, desk=desk, due_on=due_on)
        target.value, target.from_on, target.source = value, from_on, source
        target.save()
        return target
