"""Pairs set aside, who was asked when, what the engine reads, what the night raised, and the weights of the score."""

from callcare.matching.models.aside import Dismissal, DismissalQuerySet, Solicitation, SolicitationQuerySet
from callcare.matching.models.lines import GoneLine, MatchRow, OfferedLine, Trait, WantedLine, likeness
from callcare.matching.models.suggestions import Round, Suggestion, SuggestionQuerySet
from callcare.matching.models.weights import Weights

__all__ = [
    "Dismissal", "DismissalQuerySet", "GoneLine", "MatchRow", "OfferedLine", "Round", "Solicitation",
    "SolicitationQuerySet", "Suggestion", "SuggestionQuerySet", "Trait", "WantedLine", "Weights", "likeness",
]  # fmt: skip
