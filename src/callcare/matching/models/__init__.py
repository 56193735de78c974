"""Pairs set aside, who was asked when, the tables the engine reads, and what the round of the night raised."""

from callcare.matching.models.aside import Dismissal, DismissalQuerySet, Solicitation, SolicitationQuerySet
from callcare.matching.models.lines import GoneLine, MatchRow, OfferedLine, Trait, WantedLine, likeness
from callcare.matching.models.suggestions import Round, Suggestion, SuggestionQuerySet

__all__ = [
    "Dismissal", "DismissalQuerySet", "GoneLine", "MatchRow", "OfferedLine", "Round", "Solicitation",
    "SolicitationQuerySet", "Suggestion", "SuggestionQuerySet", "Trait", "WantedLine", "likeness",
]  # fmt: skip
