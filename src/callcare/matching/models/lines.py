"""The two tables the engine reads. Candidates themselves are computed, never stored."""

from django.db import models
from django.db.models import Case, Q, When
from django.db.models.expressions import CombinedExpression

from callcare.catalogue.enums import Kind, Measure, Mode
from callcare.commitments.enums import Sharing, Travel


class MatchRow(models.Model):
    """What the engine knows of a live line. Kept by triggers, written by nobody, safe to empty and rebuild.

    A closed case has no row here: the table is what a partial index on the lines would be, and the numbers of a
    covering index fit one page beside the other. `x`, `y`, `z` are kilometres from the middle of the earth.
    """

    desk = models.ForeignKey("desk.Desk", models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    category = models.ForeignKey(
        "catalogue.Category", models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField("nature", max_length=9, choices=Kind)
    measure = models.CharField("mesure", max_length=6, choices=Measure)
    mode = models.CharField("mode", max_length=6, choices=Mode)
    times = models.PositiveSmallIntegerField("fois par an", default=0)
    starts_on = models.DateField("à partir du", null=True)
    ends_on = models.DateField("jusqu’au", null=True)
    opened_on = models.DateField("ouvert le")
    commune = models.ForeignKey(
        "territories.Territory", models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    epci_id = models.BigIntegerField("intercommunalité", null=True)
    x = models.FloatField("x", null=True)
    y = models.FloatField("y", null=True)
    z = models.FloatField("z", null=True)
    is_rough = models.BooleanField("point approché", default=False)
    is_open = models.BooleanField("ouvert", default=True)
    specs = models.JSONField("précisions", default=dict)
    revision = models.PositiveIntegerField("révision", default=1)

    class Meta:
        abstract = True


class Trait:
    """The bits of `OfferedLine.traits`: what the engine asks of every line of a family, in one number.

    Above them stand the kind and the measure (`likeness`). Comparing words took longer than everything else.
    """

    OPEN, REACHABLE, COUNTABLE, GIVES, LENDS, NO_ROAD, FOR_ALL, FOR_NEIGHBOURS = (1 << bit for bit in range(8))
    ABOVE = 8


def likeness(kind: str, measure: str) -> int:
    """The number of a kind with a measure: lines of another one are something else."""
    return list(Kind.values).index(kind) * len(Measure.values) + list(Measure.values).index(measure)


def _traits() -> CombinedExpression:
    def bit(value: int, **when: object) -> Case:
        return Case(When(Q(**when), then=value), default=0)

    kinds = (When(kind=kind, then=likeness(kind, Measure.values[0]) << Trait.ABOVE) for kind in Kind.values)
    measures = (When(measure=one, then=likeness(Kind.values[0], one) << Trait.ABOVE) for one in Measure.values)
    return (
        bit(Trait.OPEN, is_open=True) + bit(Trait.REACHABLE, is_reachable=True)
        + bit(Trait.COUNTABLE, is_countable=True)
        + bit(Trait.GIVES, mode__in=[Mode.GIFT, Mode.EITHER]) + bit(Trait.LENDS, mode__in=[Mode.LOAN, Mode.EITHER])
        + Case(When(Q(travel=Travel.REMOTE) | Q(kind=Kind.MONEY), then=Trait.NO_ROAD), default=0)
        + bit(Trait.FOR_ALL, sharing=Sharing.ALL) + bit(Trait.FOR_NEIGHBOURS, sharing=Sharing.NEIGHBOURS)
        + Case(*kinds, default=0) + Case(*measures, default=0)
    )  # fmt: skip


class OfferedLine(MatchRow):
    """A commitment line of a case that is not closed."""

    line = models.OneToOneField(
        "commitments.CommitmentLine", models.DO_NOTHING, related_name="+", db_constraint=False, primary_key=True
    )
    commitment = models.ForeignKey("commitments.Commitment", models.DO_NOTHING, related_name="+", db_constraint=False)
    giver = models.ForeignKey(
        "directory.Organisation", models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    free = models.BigIntegerField("reste libre")
    is_countable = models.BooleanField("comptée", default=True)
    confirmed_on = models.DateField("confirmé le", null=True)
    radius_km = models.PositiveIntegerField("rayon (km)", null=True)
    travel = models.CharField("déplacement", max_length=14, choices=Travel)
    sharing = models.CharField("partage", max_length=10, choices=Sharing)
    is_reachable = models.BooleanField("sollicitable", default=True)
    max_live = models.PositiveSmallIntegerField("mises en relation à la fois", default=3)
    live = models.SmallIntegerField("mises en relation en cours", default=0)  # kept by the trigger of solicitations
    rev = models.BigIntegerField("dernière transaction", default=0, db_default=0)
    traits = models.GeneratedField(expression=_traits(), output_field=models.IntegerField(), db_persist=True)

    class Meta:
        db_table = "matching_offered"
        verbose_name = "ligne offerte"
        verbose_name_plural = "lignes offertes"
        indexes = [
            models.Index(
                fields=["category"],
                include=[
                    "line", "traits", "desk", "free", "times", "starts_on", "ends_on", "confirmed_on", "commune",
                    "epci_id", "x", "y", "z", "radius_km", "giver", "live", "max_live",
                ],
                name="offered_by_category",
            ),
            models.Index(fields=["desk", "sharing"], name="offered_by_desk"),
            models.Index(fields=["rev"], name="offered_by_rev"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"ligne offerte n° {self.pk}"


class GoneLine(models.Model):
    """An offered line that left the table, for the copies in memory to drop. Written by a trigger, kept two days."""

    line = models.BigIntegerField("ligne")
    rev = models.BigIntegerField("dernière transaction")
    at = models.DateTimeField("le")

    class Meta:
        db_table = "matching_gone"
        verbose_name = "ligne partie"
        verbose_name_plural = "lignes parties"
        indexes = [models.Index(fields=["rev"], name="gone_by_rev")]

    def __str__(self) -> str:
        return f"ligne partie n° {self.line}"


class WantedLine(MatchRow):
    """A need line of a case that is not closed."""

    line = models.OneToOneField(
        "needs.NeedLine", models.DO_NOTHING, related_name="+", db_constraint=False, primary_key=True
    )
    need = models.ForeignKey("needs.Need", models.DO_NOTHING, related_name="+", db_constraint=False)
    asker = models.ForeignKey("directory.Organisation", models.DO_NOTHING, related_name="+", db_constraint=False)
    open = models.BigIntegerField("reste à trouver")
    min_useful = models.BigIntegerField("minimum utile", default=1)
    served_percent = models.PositiveSmallIntegerField("part déjà servie", default=0)

    class Meta:
        db_table = "matching_wanted"
        verbose_name = "ligne demandée"
        verbose_name_plural = "lignes demandées"
        indexes = [
            models.Index(
                fields=["category"],
                include=[
                    "line", "kind", "measure", "desk", "mode", "is_open", "open", "min_useful", "times", "starts_on",
                    "ends_on", "opened_on", "commune", "epci_id", "x", "y", "z", "asker", "need", "served_percent",
                ],
                name="wanted_by_category",
            ),
            models.Index(fields=["desk"], name="wanted_by_desk"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"ligne demandée n° {self.pk}"
