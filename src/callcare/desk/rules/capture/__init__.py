"""The capture line: one sentence of French becomes side, category, quantity, commune, dates… and loses no word."""

from callcare.desk.rules.capture.places import Places
from callcare.desk.rules.capture.reading import Captured, read
from callcare.desk.rules.capture.things import Vocabulary, Word
from callcare.desk.rules.capture.tokens import Chip

__all__ = ["Captured", "Chip", "Places", "Vocabulary", "Word", "read"]
