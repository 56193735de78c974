from django.db import models


class Security(models.TextChoices):
    """How the line to a mail server is kept from eavesdroppers."""

    TLS = "tls", "TLS (port 993)"
    STARTTLS = "starttls", "STARTTLS (port 143)"
    NONE = "none", "aucun (sur cette machine seulement)"


class ParseState(models.TextChoices):
    """How far the bytes of a mail were understood."""

    PENDING = "pending", "à lire"
    DONE = "done", "lu"
    UNREADABLE = "unreadable", "illisible"


class MailKind(models.TextChoices):
    """What a mail is, as `rules.classes` says; an operator may say that a machine's mail is a person's."""

    OWN = "own", "de nous-mêmes"
    BOUNCE = "bounce", "retour d’un serveur"
    RECEIPT = "receipt", "accusé de lecture"
    AUTO_REPLY = "auto_reply", "réponse automatique"
    BULK = "bulk", "diffusion"
    SPAM = "spam", "indésirable"
    HUMAN = "human", "message d’une personne"


class ScanState(models.TextChoices):
    """What is known of an attachment's innocence."""

    UNSCANNED = "unscanned", "non analysée"
    CLEAN = "clean", "saine"
    INFECTED = "infected", "infectée"
    FAILED = "failed", "analyse impossible"


class ThreadedBy(models.TextChoices):
    """Why a mail stands in its thread."""

    OUR_ID = "our_id", "répond à un de nos courriers"
    TOKEN = "token", "écrit à l’adresse du fil"  # a reason, no secret
    KNOWN_ID = "known_id", "répond à un courriel connu"
    TAG = "tag", "porte la référence du fil"
    PERSON = "person", "rattaché par une opératrice"
    NEW = "new", "premier du fil"


class ProposalReason(models.TextChoices):
    """Why two threads may be one: said to an operator, never done by the machine."""

    SENDER = "sender", "même expéditeur"
    SUBJECT = "subject", "même objet"
    UNVERIFIED = "unverified", "répond à ce fil, d’une autre adresse"


class ProposalState(models.TextChoices):
    OPEN = "open", "proposé"
    ACCEPTED = "accepted", "réuni"
    DECLINED = "declined", "écarté"


class MailboxVerb(models.TextChoices):
    MAILBOX_OPENED = "mailbox.opened", "a ouvert la boîte aux lettres"
    MAILBOX_SET = "mailbox.set", "a réglé la boîte aux lettres"
    MAIL_READ = "mail.read", "a lu le courriel reçu"
    MAIL_UNREADABLE = "mail.unreadable", "n’a pas pu lire le courriel"
    MAIL_READ_AGAIN = "mail.read_again", "a fait relire le courriel"
    MAIL_BY_PERSON = "mail.by_person", "a reconnu le message d’une personne"
    ADDRESS_BOUNCED = "address.bounced", "a marqué l’adresse injoignable"
    ANSWERED = "mail.answered", "a répondu"
    MAIL_WAITS = "mail.waits", "a vu quels courriels attendent"
    ANSWER_WITHDRAWN = "mail.answer_withdrawn", "a retenu la réponse"
    ACKNOWLEDGED = "mail.acknowledged", "a accusé réception"
    THREADS_MERGED = "thread.merged", "a réuni deux fils"
    THREAD_SPLIT = "thread.split", "a séparé un courriel du fil"
    MERGE_UNDONE = "thread.merge_undone", "a défait la réunion"
    PROPOSAL_DECLINED = "thread.proposal_declined", "a écarté le rapprochement"
    ATTACHMENT_OPENED = "attachment.opened", "a ouvert l’original d’une pièce jointe"
    ATTACHMENT_SCANNED = "attachment.scanned", "a analysé la pièce jointe"
