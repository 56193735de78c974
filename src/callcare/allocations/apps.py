from django.apps import AppConfig


class AllocationsConfig(AppConfig):
    name = "callcare.allocations"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.allocations.actions.steps import owed_for
        from callcare.allocations.enums import AllocationState
        from callcare.allocations.models import Allocation
        from callcare.core.deeds import SENTENCES
        from callcare.desk.actions import following
        from callcare.matching import links
        from callcare.ui import addresses, panels

        addresses.offer("A", "allocations:page")
        links.offer_sharing("allocations:share")
        following.offer(
            Allocation,
            live=(AllocationState.HELD, AllocationState.CONFIRMED),
            owed=owed_for,
            moves=lambda it: (it.need_line.need, it.commitment_line.commitment),
        )
        for place in ("need", "commitment", "introduction"):
            panels.offer(place, f"allocations:of-{place}", title="Affectations", order=30, roles=[Role.OPERATOR])

        SENTENCES.update(
            allocation_never_changes="Une affectation ne change ni de lignes ni de quantité : libérez-la d’abord.",
            allocation_same_measure="Le besoin et l’engagement ne comptent pas la même chose.",
            allocation_of_counted_line="Cet engagement est « selon les besoins » : rien à promettre.",
            allocation_to_open_need="Ce besoin n’est plus ouvert. Rouvrez-le d’abord.",
            allocation_of_confirmed_offer="Cet engagement n’est pas ouvert et confirmé. Confirmez-le d’abord.",
            only_loans_return="C’est un don : il ne revient pas. Si la remise n’a pas eu lieu, corrigez-la.",
            correction_within_its_fulfilment="On ne corrige pas plus que ce qui a été noté.",
            counter_is_kept="Ce compteur est tenu par la base, personne ne l’écrit à la main.",
            case_closes_without_promise="Une quantité est encore promise. Libérez-la, ou notez la remise.",
        )
