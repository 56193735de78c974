"""What each part of the score is worth, between which bounds, and what it does, in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from callcare.matching.rules.facts import WEIGHTS

ALL = 100  # points the eight parts share


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: its name, its bounds in points, and the sentence that says what more of it does."""

    name: str
    label: str
    least: int
    most: int
    more: str

    @property
    def does(self) -> str:
        return f"Plus haut : {self.more}"


# What is fair keeps a floor: nobody turns it off by accident.
PARTS: Mapping[str, Part] = {
    one.name: one
    for one in (
        Part("covers", "couvre la demande", 5, 40, "qui peut tout donner passe avant qui n’a qu’une partie."),
        Part("near", "proximité", 0, 40, "les plus proches passent avant les mieux pourvus."),
        Part("urgent", "urgence", 0, 30, "un besoin attendu sous cinq jours ouvrés passe avant les autres."),
        Part("waiting", "attente", 5, 30, "un besoin ancien passe avant un besoin récent."),
        Part("fair", "équité entre demandeurs", 5, 30, "qui a peu reçu depuis un an passe avant qui a été servi."),
        Part("fresh", "confirmation récente", 0, 20, "un engagement confirmé ce mois-ci passe avant un ancien."),
        Part("rest", "repos des contributeurs", 2, 20, "qui a été peu sollicité ce mois-ci passe avant les autres."),
        Part("specific", "sur mesure", 2, 20, "qui sert à peu de besoins passe avant qui sert à beaucoup."),
    )
}


def wrong(weights: Mapping[str, int]) -> str:
    """Why these weights cannot be; "" when they can."""
    for name in WEIGHTS:
        part = PARTS[name]
        if not part.least <= weights[name] <= part.most:
            return f"« {part.label} » vaut entre {part.least} et {part.most} points."
    total = sum(weights[name] for name in WEIGHTS)
    return "" if total == ALL else f"Les huit parts font {total} points : il en faut {ALL} en tout."
