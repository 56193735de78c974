from django.apps import AppConfig


class IntroductionsConfig(AppConfig):
    name = "callcare.introductions"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.commitments.signals import commitment_closed
        from callcare.core.deeds import SENTENCES
        from callcare.desk.actions import following
        from callcare.introductions.actions import follow_commitment, follow_need, owed_for
        from callcare.introductions.badges import late_introductions
        from callcare.introductions.enums import LIVE
        from callcare.introductions.models import Introduction
        from callcare.matching import links
        from callcare.needs.signals import need_closed
        from callcare.ui import addresses, menu, panels

        addresses.offer("M", "introductions:page")
        links.offer("introductions:propose")
        need_closed.connect(follow_need)
        commitment_closed.connect(follow_commitment)
        following.offer(Introduction, live=LIVE, owed=owed_for, moves=lambda it: (it.need, it.commitment))

        operators = [Role.OPERATOR]
        menu.offer(
            label="Mises en relation", url_name="introductions:list", order=60, roles=operators, group="jour",
            badge=late_introductions, tone="late",
        )  # fmt: skip
        menu.offer(label="Mon espace", url_name="introductions:space", order=5, roles=[Role.PARTNER])
        title = "Mises en relation"
        panels.offer("need", "introductions:of-need", title=title, order=20, roles=operators)
        panels.offer("commitment", "introductions:of-commitment", title=title, order=20, roles=operators)

        panels.offer("person", "introductions:seen-of", title="Qui a vu ses coordonnées", order=10, roles=operators)

        SENTENCES.update(
            {
                "reveal_needs_live_consents": "L’accord de l’un des deux manque : rien n’est transmis.",
                "reveal_is_kept": "Ce qui a été transmis reste écrit tel quel.",
                "reveal_comes_first": "Cette mise en relation n’a pas encore été envoyée.",
                "disclosure_needs_its_consent": "Cet accord ne couvre pas cette personne.",
                "disclosure_within_consent": "Cette coordonnée n’a pas été autorisée.",
            }
        )
