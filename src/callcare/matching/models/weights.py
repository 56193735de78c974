"""What each part of the score is worth: one set in force, those before kept."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from callcare.core import clock
from callcare.matching.rules.facts import WEIGHTS
from callcare.matching.rules.weighing import ALL, PARTS


def _points(name: str) -> "models.PositiveSmallIntegerField[int, int]":
    return models.PositiveSmallIntegerField(PARTS[name].label)


@pghistory.track()
class Weights(models.Model):
    """The weights of the score since one day. The set in force holds for every desk and every engine.

    A set never changes: another takes its place, also when an earlier one is taken back. Where there is none, the
    rule's own numbers hold (`rules.facts.Settings`).
    """

    covers = _points("covers")
    near = _points("near")
    urgent = _points("urgent")
    waiting = _points("waiting")
    fair = _points("fair")
    fresh = _points("fresh")
    rest = _points("rest")
    specific = _points("specific")
    is_in_force = models.BooleanField("en vigueur", default=True)
    set_at = models.DateTimeField("fixées le", default=clock.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="par"
    )
    because = models.CharField("motif", max_length=200)

    class Meta:
        verbose_name = "pondérations"
        verbose_name_plural = "pondérations"
        constraints = [
            models.UniqueConstraint(
                fields=["is_in_force"],
                condition=Q(is_in_force=True),
                name="weights_one_in_force",
                violation_error_message="Quelqu’un vient de changer les pondérations. Rechargez la page.",
            ),
            *(
                models.CheckConstraint(
                    name=f"weights_{name}_bounded",
                    condition=Q(**{f"{name}__gte": part.least, f"{name}__lte": part.most}),
                    violation_error_message=f"« {part.label} » vaut entre {part.least} et {part.most} points.",
                )
                for name, part in PARTS.items()
            ),
            models.CheckConstraint(
                name="weights_make_a_hundred",
                condition=Q(covers=ALL - sum(F(name) for name in WEIGHTS[1:])),
                violation_error_message=f"Les huit parts font {ALL} points en tout.",
            ),
        ]
        indexes = [models.Index(fields=["-set_at"], name="weights_latest")]

    def __str__(self) -> str:
        return f"pondérations du {self.set_at:%d/%m/%Y}"

    @property
    def points(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in WEIGHTS}
