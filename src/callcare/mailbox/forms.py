"""What the pages of mails ask."""

from typing import Any

from django import forms

from callcare.mailbox.actions.answering import addresses_for
from callcare.mailbox.mails import answer_subject, answer_text
from callcare.mailbox.models import Mail


class AnswerForm(forms.Form):
    """An answer: to an address known for whoever wrote, from a text she edits."""

    to = forms.ChoiceField(label="À", error_messages={"invalid_choice": "Choisissez une adresse de la liste."})
    subject = forms.CharField(
        label="Objet", max_length=200, error_messages={"required": "Écrivez l’objet de votre réponse."}
    )
    body = forms.CharField(
        label="Votre réponse",
        max_length=50_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "Écrivez votre réponse."},
    )
    sent = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, mail: Mail, by: Any, start: dict[str, Any] | None = None) -> None:
        known = addresses_for(mail)
        initial = {
            "to": mail.answer_address, "subject": answer_subject(mail), "body": answer_text(mail, by=by),
            "sent": mail.thread.sent,
        }  # fmt: skip
        super().__init__(data, initial=initial | (start or {}), prefix=None)
        self.fields["to"].choices = [(one, one) for one in known]  # type: ignore[attr-defined]

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n").replace("\x00", "")
        if not body.strip():
            raise forms.ValidationError("Écrivez votre réponse.")
        return body


class OpenOriginalForm(forms.Form):
    """Why an unscanned attachment has to be opened."""

    because = forms.CharField(
        label="Pourquoi faut-il ouvrir l’original ?",
        max_length=200,
        help_text="Noté dans l’historique, avec votre nom. Par exemple : « devis attendu, confirmé au téléphone ».",
        error_messages={"required": "Dites pourquoi : c’est noté dans l’historique."},
    )
