"""The capture line: one sentence of French becomes side, category, quantity, commune, dates… and loses no word."""

from callcare.desk.rules.capture.places import Places
from callcare.desk.rules.capture.reading import Captured, read
from callcare.desk.rules.capture.tokens import Chip
from callcare.desk.rules.capture.vocabulary import Vocabulary, Word

__all__ = ["Captured", "Chip", "Places", "Vocabulary", "Word", "read"]
