from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "callcare.calls"
    verbose_name = "téléphonie"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.calls.actions.taking import tell_anew
        from callcare.desk.models import Interaction
        from callcare.desk.signals import interaction_identified
        from callcare.ui import live, menu, panels

        interaction_identified.connect(tell_anew, sender=Interaction, dispatch_uid="calls:tell-anew")
        live.offer(
            stream="calls:stream",
            present="calls:present",
            label="Appels",
            one="1 autre appel",
            many="{n} autres appels",
            roles=[Role.OPERATOR],
        )
        panels.offer("message", "calls:messages", title="Message vocal", order=10, roles=[Role.OPERATOR])
        menu.offer(
            label="Chiffres du téléphone", url_name="calls:figures", order=82,
            roles=[Role.OPERATOR, Role.STEWARD], group="collectif",
        )  # fmt: skip
        menu.offer(label="Téléphonie", url_name="calls:trunks", order=92, roles=[Role.ADMIN], group="réglages")
