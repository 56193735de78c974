from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "callcare.calls"
    verbose_name = "téléphonie"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.calls.actions.taking import tell_anew
        from callcare.desk.models import Interaction
        from callcare.desk.signals import interaction_identified
        from callcare.ui import live

        interaction_identified.connect(tell_anew, sender=Interaction, dispatch_uid="calls:tell-anew")
        live.offer(
            stream="calls:stream",
            present="calls:present",
            label="Appels",
            one="1 autre appel",
            many="{n} autres appels",
            roles=[Role.OPERATOR],
        )
