from django.db import models


class InteractionChannel(models.TextChoices):
    PHONE = "phone", "téléphone"
    MAIL = "mail", "courriel"
    FORM = "form", "formulaire"
    VISIT = "visit", "visite"
    IMPORT = "import", "import"


class Direction(models.TextChoices):
    IN = "in", "reçu"
    OUT = "out", "émis"


class InteractionState(models.TextChoices):
    DRAFT = "draft", "brouillon"
    FINAL = "final", "enregistré"


class Disposition(models.TextChoices):
    """What an interaction led to; several may hold at once."""

    NEED = "need", "besoin"
    COMMITMENT = "commitment", "engagement"
    UPDATE = "update", "mise à jour"
    REPEAT = "repeat", "réitération"
    REFERRAL = "referral", "orientation"
    INFORMATION = "information", "information"
    CALL_BACK = "call_back", "rappel"
    OUT_OF_SCOPE = "out_of_scope", "hors champ"
    WRONG_NUMBER = "wrong_number", "erreur de numéro"
    SILENT = "silent", "silence"
    SALES = "sales", "démarchage"
    VOICEMAIL = "voicemail", "message vocal"
    NO_ANSWER = "no_answer", "sans réponse"


class Basis(models.TextChoices):
    """How a consent was given."""

    ORAL = "oral", "accord oral"
    MAIL = "mail", "par courriel"
    FORM = "form", "par formulaire"
    LINK = "link", "par lien personnel"
    PUBLIC = "public", "coordonnée publique"


class Reach(models.TextChoices):
    ONE = "one", "une mise en relation"
    CASE = "case", "ce besoin ou cet engagement"
    STANDING = "standing", "jusqu’à nouvel ordre"


class MailState(models.TextChoices):
    QUEUED = "queued", "à envoyer"
    SENT = "sent", "envoyé"
    FAILED = "failed", "échec"
    HELD = "held", "retenu"  # withdrawn before it left


class MailManner(models.TextChoices):
    """Who speaks in a letter, as its headers tell other machines (RFC 3834)."""

    NOTICE = "notice", "courrier de la maison"  # written by a deed: auto-generated
    PERSON = "person", "réponse d’une personne"
    RECEIPT = "receipt", "accusé de réception"  # auto-replied, from nobody: no machine answers it


class ReminderStep(models.TextChoices):
    """The steps of follow-up. The machine writes, people call."""

    CALL_BACK = "call_back", "rappeler"
    LISTEN = "listen", "écouter le message"
    QUALIFY = "qualify", "préciser la demande"
    RESUME = "resume", "reprendre après la suspension"
    NO_CANDIDATE = "no_candidate", "chercher une piste"
    CONFIRM_OFFER = "confirm_offer", "confirmer l’engagement"
    RECONFIRM = "reconfirm", "vérifier que l’offre tient"
    GIVER_SILENT = "giver_silent", "relancer par courriel"
    CONSENT_MISSING = "consent_missing", "obtenir l’accord"
    EXPIRES = "expires", "clore la proposition sans réponse"
    NOT_TAKEN = "not_taken", "demander des nouvelles"
    SECOND_NUDGE = "second_nudge", "relancer de nouveau par courriel"
    LAST_CHANCE = "last_chance", "appeler, puis chercher une autre piste"
    NO_NEWS = "no_news", "prendre des nouvelles par courriel"
    STILL_NO_NEWS = "still_no_news", "reprendre contact avec les deux"
    HOLD_ENDS = "hold_ends", "confirmer ou libérer"
    LATE_DELIVERY = "late_delivery", "remise en retard"
    OUTCOME_ASKED = "outcome_asked", "demander le résultat"
    THANKS = "thanks", "remercier"
    MAIL_FAILED = "mail_failed", "courrier non parti : téléphoner"
    MAIL_BACK = "mail_back", "courrier revenu : téléphoner"
    MAIL_WAITS = "mail_waits", "répondre au courriel"
    UNUSUAL = "unusual", "vérifier : beaucoup de transmissions"


# These steps are made by the machine, in opening hours; all the others are somebody's.
BY_MACHINE = frozenset(
    {ReminderStep.GIVER_SILENT, ReminderStep.SECOND_NUDGE, ReminderStep.NO_NEWS, ReminderStep.EXPIRES}
)


class ReminderState(models.TextChoices):
    PLANNED = "planned", "prévue"
    DONE = "done", "faite"
    OVERTAKEN = "overtaken", "dépassée"
    CANCELLED = "cancelled", "annulée"


class ImportWhat(models.TextChoices):
    """What a spreadsheet holds."""

    NEEDS = "needs", "besoins"
    COMMITMENTS = "commitments", "engagements"
    ORGANISATIONS = "organisations", "organisations"


class ImportState(models.TextChoices):
    READ = "read", "lu à blanc"
    APPLIED = "applied", "écrit"
    DROPPED = "dropped", "abandonné"


class DeskVerb(models.TextChoices):
    DESK_OPENED = "desk.opened", "a ouvert le guichet"
    DESK_SET = "desk.set", "a réglé le guichet"
    INTERACTION_LOGGED = "interaction.logged", "a noté le contact"
    INTERACTION_FINISHED = "interaction.finished", "a enregistré le contact"
    INTERACTION_REOPENED = "interaction.reopened", "a repris le contact"
    NUMBER_KEPT = "interaction.number_kept", "a rattaché le numéro"
    REFERRED = "interaction.referred", "a orienté"
    CONSENT_GIVEN = "consent.given", "a noté l’accord"
    CONSENT_WITHDRAWN = "consent.withdrawn", "a noté le retrait de l’accord"
    REMINDER_PLANNED = "reminder.planned", "a prévu une relance"
    REMINDER_TAKEN = "reminder.taken", "a pris la relance"
    REMINDER_DONE = "reminder.done", "a fait la relance"
    REMINDER_SNOOZED = "reminder.snoozed", "a reporté la relance"
    REMINDER_TRIED = "reminder.tried", "a appelé sans réponse"
    CALL_BACK_OWED = "call_back.owed", "n’a pas pu répondre"
    CALL_BACK_SETTLED = "call_back.settled", "a parlé à la personne"
    REMINDER_WRITTEN = "reminder.written", "a relancé par courriel"
    MAIL_SENT = "mail.sent", "a envoyé le courrier"
    MAIL_FAILED = "mail.failed", "n’a pas pu envoyer le courrier"
    MAIL_RETRIED = "mail.retried", "a relancé l’envoi"
    IMPORT_RECEIVED = "import.received", "a déposé le tableur"
    IMPORT_READ_AGAIN = "import.read_again", "a relu le tableur"
    IMPORT_APPLIED = "import.applied", "a écrit le tableur"
    IMPORT_DROPPED = "import.dropped", "a abandonné le tableur"


class CaseState(models.TextChoices):
    """The life of a need or of a commitment."""

    TO_QUALIFY = "to_qualify", "à qualifier"
    OPEN = "open", "ouvert"
    ON_HOLD = "on_hold", "suspendu"
    CLOSED = "closed", "clos"
