"""Threads that are one: joined by the machine where nothing is in doubt, by people otherwise; and separated."""

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from pghistory.models import Context

from callcare.accounts.models import User
from callcare.core.deeds import Refused, deed
from callcare.core.states import TOO_LATE
from callcare.desk.permissions import keeps
from callcare.mailbox.enums import MailboxVerb, ProposalState, ThreadedBy
from callcare.mailbox.models import Mail, Proposal, Thread

NOT_YOURS = "Ce fil n’est pas de votre guichet."


def join_stored(kept: Thread, others: Sequence[Thread]) -> None:
    """The machine knows that these are one: their mails stand in the oldest from now on."""
    pks = [one.pk for one in others]
    there = Mail.objects.filter(thread__in=pks)
    there.filter(threaded_by=ThreadedBy.NEW, copy_of=None).update(threaded_by=ThreadedBy.KNOWN_ID)
    there.update(thread=kept)
    Thread.objects.filter(pk__in=pks).update(merged_into=kept)
    last = max(one.last_at for one in others)
    Thread.objects.filter(pk=kept.pk).update(last_at=Greatest(F("last_at"), Value(last)))
    every = [kept.pk, *pks]
    Proposal.objects.filter(thread__in=every, other__in=every, state=ProposalState.OPEN).update(
        state=ProposalState.ACCEPTED
    )


def merge_threads(thread: Thread, into: Thread, *, by: User) -> None:
    """« Réunir »: the mails of one thread stand in the other; each keeps its row, so that it can be undone."""
    with deed(MailboxVerb.THREADS_MERGED, by=by, into=into.ref):
        _must_keep(by, thread, into)
        one, other = _locked(thread, into)
        if one.pk == other.pk:
            raise Refused("Choisissez un autre fil.")
        if one.desk_id != other.desk_id:
            raise Refused("Ces deux fils ne sont pas du même guichet.")
        if one.merged_into_id or other.merged_into_id:
            raise Refused(TOO_LATE)
        Mail.objects.filter(thread=one).update(thread=other, threaded_by=ThreadedBy.PERSON)
        Thread.objects.filter(pk=one.pk).update(merged_into=other)
        Thread.objects.filter(pk=other.pk).update(last_at=Greatest(F("last_at"), Value(one.last_at)))
        _between(one, other, ProposalState.OPEN).update(state=ProposalState.ACCEPTED)


def undo_merge(thread: Thread, *, by: User) -> None:
    """Give back to this thread the mails that were taken from it, each as it was; later mails stay where they are."""
    with deed(MailboxVerb.MERGE_UNDONE, by=by):
        _must_keep(by, thread)
        (one,) = _locked(thread)
        if one.merged_into_id is None:
            raise Refused("Ce fil n’est réuni avec aucun autre. Rechargez la page.")
        into = Thread.objects.get(pk=one.merged_into_id)
        for mail, was, why in _moved_in(one):
            Mail.objects.filter(pk=mail, thread=into).update(thread=was, threaded_by=why)
        Thread.objects.filter(pk=one.pk).update(merged_into=None)
        _between(one, into, ProposalState.ACCEPTED).update(state=ProposalState.OPEN)


def _moved_in(thread: Thread) -> list[tuple[int, int, str]]:
    """Which mails left this thread when it was joined to another, and how each stood before: from the history."""
    events = Thread.pgh_event_model.objects  # type: ignore[attr-defined]
    merge = events.filter(pgh_obj=thread.pk, merged_into=thread.merged_into_id).order_by("-pgh_id").first()
    context: Context | None = merge and merge.pgh_context
    if merge is None or context is None:
        raise Refused("L’historique de cette réunion n’est plus gardé : séparez les courriels un par un.")
    mails = Mail.pgh_event_model.objects  # type: ignore[attr-defined]
    found = []
    taken = mails.filter(pgh_context=context.pk, thread=thread.merged_into_id).order_by("pgh_obj", "pgh_id")
    began: dict[int, int] = {}
    for event in mails.filter(pgh_context=context.pk).order_by("pgh_id").values("pgh_id", "pgh_obj"):
        began.setdefault(event["pgh_obj"], event["pgh_id"])
    for pk in dict.fromkeys(taken.values_list("pgh_obj", flat=True)):
        before = mails.filter(pgh_obj=pk, pgh_id__lt=began[pk]).order_by("-pgh_id").first()
        if before is not None and before.thread_id == thread.pk:
            found.append((pk, before.thread_id, before.threaded_by))
    return found


def split_mail(mail: Mail, *, by: User) -> Thread:
    """« Séparer »: a mail, and those that answer it, begin a thread of their own; the machine leaves them there."""
    with deed(MailboxVerb.THREAD_SPLIT, by=by):
        _must_keep(by, mail.thread)
        (thread,) = _locked(mail.thread)
        mails = list(Mail.objects.filter(thread=thread, copy_of=None).order_by("received_at", "pk"))
        here = next((one for one in mails if one.pk == mail.pk), None)
        if here is None:
            raise Refused(TOO_LATE)
        going = _with_answers(here, mails)
        if len(going) == len(mails):
            raise Refused("Ce courriel est le premier de son fil : il n’y a rien à séparer.")
        pks = [one.pk for one in going]
        new = Thread.objects.create(
            desk=thread.desk, subject=here.subject, last_at=max(one.received_at for one in going)
        )
        Mail.objects.filter(Q(pk__in=pks) | Q(copy_of__in=pks)).update(thread=new, threaded_by=ThreadedBy.PERSON)
        return new


def _with_answers(first: Mail, mails: Sequence[Mail]) -> list[Mail]:
    going, ids = [first], {first.message_id}
    for mail in mails:
        if mail.pk != first.pk and ids & {*mail.in_reply_to, *mail.references}:
            going.append(mail)
            ids.add(mail.message_id)
    return going


def accept_proposal(proposal: Proposal, *, by: User) -> None:
    """« Oui, c’est le même »: the newer thread goes into the other."""
    with deed(MailboxVerb.THREADS_MERGED, by=by):
        merge_threads(proposal.thread, proposal.other, by=by)


def decline_proposal(proposal: Proposal, *, by: User) -> None:
    """« Non »: not proposed again."""
    with deed(MailboxVerb.PROPOSAL_DECLINED, by=by):
        _must_keep(by, proposal.thread)
        proposal.move(ProposalState.DECLINED)


def _between(one: Thread, other: Thread, state: ProposalState) -> QuerySet[Proposal]:
    return Proposal.objects.filter(Q(thread=one, other=other) | Q(thread=other, other=one), state=state)


def _must_keep(by: User, *threads: Thread) -> None:
    if not all(keeps(by, thread.desk) for thread in threads):
        raise Refused(NOT_YOURS)


def _locked(*threads: Thread) -> list[Thread]:
    rows = Thread.objects.select_for_update().filter(pk__in=[one.pk for one in threads]).order_by("pk")
    found = {row.pk: row for row in rows}
    return [found[one.pk] for one in threads]
