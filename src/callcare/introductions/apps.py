from django.apps import AppConfig


class IntroductionsConfig(AppConfig):
    name = "callcare.introductions"

    def ready(self) -> None:
        from callcare.core.deeds import SENTENCES

        SENTENCES.update(
            {
                "reveal_needs_live_consents": "L’accord de l’un des deux manque : rien n’est transmis.",
                "reveal_is_kept": "Ce qui a été transmis reste écrit tel quel.",
                "reveal_comes_first": "Cette mise en relation n’a pas encore été envoyée.",
                "disclosure_needs_its_consent": "Cet accord ne couvre pas cette personne.",
                "disclosure_within_consent": "Cette coordonnée n’a pas été autorisée.",
            }
        )
