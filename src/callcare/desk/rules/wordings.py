"""The exact words people say yes to, by version. A sentence that was read aloud is never edited: write a new version.

`Consent.wording_version` points here, so that years later we can show what the person heard.
"""

ORAL: dict[int, str] = {
    1: (
        "« Pour que la personne qui peut répondre vous joigne directement, acceptez-vous que je lui transmette "
        "votre nom, votre téléphone et votre courriel ? Vous pouvez n’en choisir qu’une partie, "
        "et revenir sur cet accord à tout moment en nous appelant. »"
    ),
}
WRITTEN: dict[int, str] = {
    1: (
        "J’accepte que le guichet transmette à l’autre organisation les coordonnées que j’ai cochées, "
        "pour cette mise en relation. Je peux revenir sur cet accord à tout moment en appelant le guichet ; "
        "ce qui a déjà été transmis ne peut pas être repris."
    ),
}
CURRENT = 1
