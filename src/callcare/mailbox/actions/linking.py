"""What mails name: threads, letters and mails, and who takes part in those. A few statements a batch."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from callcare.core import clock, refs
from callcare.desk.models import OutgoingMail
from callcare.mailbox.actions.arrivals import Arrival
from callcare.mailbox.enums import MailKind, ProposalReason, ProposalState, ThreadedBy
from callcare.mailbox.models import Answer, Mail, Mailbox, Proposal, Thread
from callcare.mailbox.rules import identifiers
from callcare.mailbox.rules.readings import domains_of

Node = tuple[int, int]  # what it is, and which
THREAD, MAIL, LETTER = 0, 1, 2  # in this order they give their place to one another
MACHINES = frozenset({MailKind.BOUNCE, MailKind.RECEIPT, MailKind.AUTO_REPLY})
LATELY = timedelta(days=60)
MOST_ANSWERS = 2000  # of stored mails that name new ones: more is an attack
DEEPEST = 50  # joined threads that lead from one to the next

# Mails that name one of these. One look into the index for each: asked for all of them at once, the planner expects
# them in a fifth of the table and reads all of it.
NAMING = """
    SELECT id FROM (
        SELECT named.id FROM unnest(%s::varchar[]) AS one (id) CROSS JOIN LATERAL (
            SELECT id FROM mailbox_mail WHERE in_reply_to @> ARRAY[one.id] AND desk_id = ANY(%s)
            AND copy_of_id IS NULL AND threaded_by <> %s OFFSET 0
        ) AS named
        UNION
        SELECT named.id FROM unnest(%s::varchar[]) AS one (id) CROSS JOIN LATERAL (
            SELECT id FROM mailbox_mail WHERE "references" @> ARRAY[one.id] AND desk_id = ANY(%s)
            AND copy_of_id IS NULL AND threaded_by <> %s OFFSET 0
        ) AS named
    ) AS every ORDER BY id LIMIT %s
"""

_PREFIX = re.compile(r"^\s*((re|ré|rép|tr|fw|fwd|aw)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A mail, or the thread it is in, names something. `is_trusted`: its sender need not take part."""

    source: Node
    target: Node
    sender: str
    reason: ThreadedBy
    is_trusted: bool = False


@dataclass(eq=False)
class Found:
    threads: dict[int, Thread] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    people: dict[Node, set[str]] = field(default_factory=dict)
    closed: frozenset[Node] = frozenset()
    named: dict[str, list[int]] = field(default_factory=dict)


def bare(subject: str) -> str:
    """Without « Re : » and « Tr : », in one spelling."""
    return " ".join(_PREFIX.sub("", subject).casefold().split())


def latest_of_senders(senders: Collection[tuple[int, str]]) -> list[Mail]:
    """Their mails of the last two months, the latest first."""
    addresses = {address for _, address in senders if address}
    rows = Mail.objects.filter(
        desk__in={desk for desk, _ in senders},
        from_address__in=addresses,
        received_at__gt=clock.now() - LATELY,
        kind=MailKind.HUMAN,
        copy_of=None,
    )
    return list(
        rows.select_related("thread")
        .order_by("-received_at", "-pk")
        .only("desk", "from_address", "subject", "thread")[:500]
    )


def look(arrivals: Sequence[Arrival]) -> Found:
    """Everything these mails name, and every stored mail that names one of these."""
    if not arrivals:
        return Found()
    search = _Search(arrivals)
    search.thread_ids()
    search.mails()
    search.letters()
    search.answers()
    search.load_threads()
    search.take_part()
    search.doubts()
    return search.done()


class _Search:
    def __init__(self, arrivals: Sequence[Arrival]) -> None:
        self.arrivals = arrivals
        self.desks = {one.raw.mailbox.desk_id for one in arrivals}
        self.desk_of = [one.raw.mailbox.desk_id for one in arrivals]
        self.new: dict[tuple[int, str], list[int]] = defaultdict(list)
        for number, one in enumerate(arrivals):
            if one.mail.message_id:
                self.new[self.desk_of[number], one.mail.message_id].append(number)
        self.raw_links: list[tuple[Node, tuple[int, Any], str, ThreadedBy, bool]] = []
        self.threads: dict[int, Thread] = {}
        self.wanted: set[int] = set()
        self.people: dict[Node, set[str]] = defaultdict(set)
        self.named: dict[str, list[int]] = defaultdict(list)
        self.us = {address.lower() for address in Mailbox.objects.values_list("address", flat=True)}
        self.domains = domains_of(settings.MAIL_DOMAIN, self.us)
        self.links: list[Link] = []

    def _is_machine(self, number: int) -> bool:
        return self.arrivals[number].mail.kind in MACHINES

    def thread_ids(self) -> None:
        """Signed identifiers, tokens of addresses, and references in authenticated subjects."""
        keys = [identifiers.key_of(str(one)) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
        asked: list[tuple[int, str, ThreadedBy, bool]] = []
        for number, one in enumerate(self.arrivals):
            failed = [failure["message_id"] for failure in one.mail.failures]
            asked += [
                (number, signed[0], ThreadedBy.OUR_ID, self._is_machine(number))
                for message_id in [*one.follows, *failed, one.mail.message_id]
                if (signed := identifiers.verified(message_id, keys, self.domains))
            ]
            if one.reading:
                asked += [(number, token, ThreadedBy.TOKEN, False) for token in one.reading.tokens]
        by_token = {
            thread.token: thread
            for thread in Thread.objects.filter(token__in={token for _, token, _, _ in asked}, desk__in=self.desks)
        }
        for number, token, reason, is_trusted in asked:
            thread = by_token.get(token)
            if thread and thread.desk_id == self.desk_of[number]:
                self._point(number, thread.pk, reason, is_trusted=is_trusted)
        self._tags()

    def _tags(self) -> None:
        asked = [
            (number, ref)
            for number, one in enumerate(self.arrivals)
            if one.reading and one.reading.is_authenticated
            for tag in one.reading.tags
            if (ref := refs.clean(tag[3:]))
        ]
        if asked:
            by_ref = {thread.ref: thread for thread in Thread.objects.filter(ref__in={ref for _, ref in asked})}
            for number, ref in asked:
                if (thread := by_ref.get(ref)) and thread.desk_id == self.desk_of[number]:
                    self._point(number, thread.pk, ThreadedBy.TAG)

    def _point(self, number: int, thread: int, reason: ThreadedBy, *, is_trusted: bool = False) -> None:
        self.wanted.add(thread)
        sender = self.arrivals[number].mail.from_address
        self.raw_links.append(((MAIL, number), (THREAD, thread), sender, reason, is_trusted))

    def mails(self) -> None:
        """Identifiers of mails we hold, or that came in this very batch."""
        ids = {message_id for one in self.arrivals for message_id in [*one.follows, one.mail.message_id]}
        stored: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
        rows = Mail.objects.filter(message_id__in=ids - {""}, desk__in=self.desks).exclude(kind=MailKind.OWN)
        for known in rows.values("desk", "message_id", "thread", "body_digest", "from_address", "raw__mailbox"):
            stored[known["desk"], known["message_id"]].append(dict(known))
            self.named[known["message_id"]].append(known["thread"])
        for number, one in enumerate(self.arrivals):
            desk = self.desk_of[number]
            for message_id in one.follows:
                for row in stored[desk, message_id]:
                    self._point(number, row["thread"], ThreadedBy.KNOWN_ID)
                for other in self.new.get((desk, message_id), ()):
                    if other != number:
                        self._name(number, other)
            self._twins(number, one, stored[desk, one.mail.message_id])

    def _name(self, number: int, other: int, *, is_trusted: bool = False) -> None:
        sender = self.arrivals[number].mail.from_address
        self.raw_links.append(((MAIL, number), (MAIL, other), sender, ThreadedBy.KNOWN_ID, is_trusted))

    def _twins(self, number: int, one: Arrival, rows: Iterable[dict[str, Any]]) -> None:
        """The same mail in two boxes of one desk: two rows, one thread."""
        if not one.mail.body_digest:
            return
        for row in rows:
            same = (row["body_digest"], row["from_address"]) == (one.mail.body_digest, one.mail.from_address)
            if same and row["raw__mailbox"] != one.raw.mailbox_id:
                self._point(number, row["thread"], ThreadedBy.KNOWN_ID, is_trusted=True)
        for other in self.new[self.desk_of[number], one.mail.message_id]:
            twin = self.arrivals[other]
            is_same = (twin.mail.body_digest, twin.mail.from_address) == (one.mail.body_digest, one.mail.from_address)
            if other < number and is_same and twin.raw.mailbox_id != one.raw.mailbox_id:
                self._name(number, other, is_trusted=True)

    def letters(self) -> None:
        """Letters of ours that stand in no thread: those who answer the same one answer together."""
        ids: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(self.arrivals):
            failed = [failure["message_id"] for failure in one.mail.failures]
            for message_id in [*one.follows, *failed]:
                if identifiers.looks_ours(message_id, self.domains):
                    ids[message_id].append(number)
        letters = OutgoingMail.objects.filter(message_id__in=ids, desk__in=self.desks, answer=None) if ids else ()
        by_id = {letter.message_id: letter for letter in letters}
        for message_id, letter in by_id.items():
            node = (LETTER, letter.pk)
            self.people[node].add(letter.to.lower())
            for number in ids[message_id]:
                if self.desk_of[number] == letter.desk_id:
                    sender, trusted = self.arrivals[number].mail.from_address, self._is_machine(number)
                    self.raw_links.append(((MAIL, number), node, sender, ThreadedBy.OUR_ID, trusted))
        if by_id:
            self._answered_before(by_id)

    def _answered_before(self, letters: dict[str, OutgoingMail]) -> None:
        """Stored mails that answered these letters."""
        for row in self._naming(letters):
            source = (THREAD, row["thread"])
            for message_id in {*row["in_reply_to"], *row["references"]} & letters.keys():
                if letters[message_id].desk_id == row["desk"]:
                    self.wanted.add(row["thread"])
                    node, trusted = (LETTER, letters[message_id].pk), row["kind"] in MACHINES
                    self.raw_links.append((source, node, row["from_address"], ThreadedBy.OUR_ID, trusted))

    def _naming(self, ids: Collection[str]) -> Iterable[dict[str, Any]]:
        some, desks = list(ids), list(self.desks)
        with connection.cursor() as cursor:
            cursor.execute(NAMING, [some, desks, ThreadedBy.PERSON, some, desks, ThreadedBy.PERSON, MOST_ANSWERS])
            pks = [pk for (pk,) in cursor.fetchall()]
        asked = ("desk", "thread", "from_address", "in_reply_to", "references", "kind")
        found = Mail.objects.filter(pk__in=pks).order_by("pk").values_list(*asked) if pks else ()
        return [dict(zip(asked, row, strict=True)) for row in found]

    def answers(self) -> None:
        """Stored mails that came before what they answer."""
        ids = {message_id for _, message_id in self.new if not message_id.endswith(".invalid>")}
        for row in self._naming(ids) if ids else ():
            for message_id in {*row["in_reply_to"], *row["references"]} & ids:
                for number in self.new.get((row["desk"], message_id), ()):
                    self.wanted.add(row["thread"])
                    self.raw_links.append(
                        ((THREAD, row["thread"]), (MAIL, number), row["from_address"], ThreadedBy.KNOWN_ID, False)
                    )

    def load_threads(self) -> None:
        """Those named, and where those that were joined to another are now."""
        missing = self.wanted
        for _ in range(DEEPEST):
            if not missing:
                break
            self.threads |= Thread.objects.select_related("desk").in_bulk(missing)
            above = {thread.merged_into_id for thread in self.threads.values() if thread.merged_into_id}
            missing = above - self.threads.keys()

    def _now(self, pk: int) -> int:
        for _ in range(DEEPEST):
            above = self.threads[pk].merged_into_id
            if above is None or above not in self.threads:
                break
            pk = above
        return pk

    def _place(self, node: Node) -> Node:
        return (THREAD, self._now(node[1])) if node[0] == THREAD else node

    def take_part(self) -> None:
        """Who takes part: whoever wrote, was written to or copied, in each thread named and in each mail that came."""
        live = {self._now(pk) for pk in self.threads}
        rows = Mail.objects.filter(thread__in=live, copy_of=None).exclude(kind__in=MACHINES)
        for thread, sender, back, to, cc in rows.values_list("thread", "from_address", "reply_to", "to", "cc"):
            self.people[THREAD, thread] |= self._them(sender, back, to, cc)
        written = Answer.objects.filter(thread__in=self.threads)
        for pk, to in written.values_list("thread", "letter__to"):
            self.people[THREAD, self._now(pk)].add(to.lower())
        for number, one in enumerate(self.arrivals):
            if one.mail.kind not in MACHINES:
                mail = one.mail
                self.people[MAIL, number] |= self._them(mail.from_address, mail.reply_to, mail.to, mail.cc)
        self.links = [
            Link(self._place(source), self._place(target), sender, reason, is_trusted)
            for source, target, sender, reason, is_trusted in dict.fromkeys(self.raw_links)
        ]

    def _them(self, sender: str, back: str, to: Iterable[dict[str, str]], cc: Iterable[dict[str, str]]) -> set[str]:
        every = {sender.lower(), back.lower(), *(one["address"] for one in [*to, *cc])}
        return {one for one in every if one and self._plain(one) not in self.us}

    @staticmethod
    def _plain(address: str) -> str:
        local, _, domain = address.partition("@")
        return f"{local.partition('+')[0]}@{domain}"

    def doubts(self) -> None:
        """What was held back because its sender took no part: she may take part by now."""
        live = {self._now(pk) for pk in self.threads}
        held = Proposal.objects.filter(
            other__in=live, state=ProposalState.OPEN, reason=ProposalReason.UNVERIFIED, thread__merged_into=None
        ).select_related("thread__desk")
        doubtful = {one.thread_id: one for one in held}
        if not doubtful:
            return
        self.threads |= {one.thread_id: one.thread for one in doubtful.values()}
        rows = list(
            Mail.objects.filter(thread__in={*doubtful, *(one.other_id for one in doubtful.values())}, copy_of=None)
        )
        ids: dict[str, set[int]] = defaultdict(set)
        for mail in rows:
            ids[mail.message_id].add(mail.thread_id)
        for mail in rows:
            if mail.thread_id not in doubtful or mail.threaded_by == ThreadedBy.PERSON:
                continue
            self.people[THREAD, mail.thread_id] |= self._them(mail.from_address, mail.reply_to, mail.to, mail.cc)
            for message_id in {*mail.in_reply_to, *mail.references}:
                for thread in ids.get(message_id, set()) - {mail.thread_id}:
                    self.links.append(
                        Link(
                            (THREAD, mail.thread_id),
                            (THREAD, self._now(thread)),
                            mail.from_address,
                            ThreadedBy.KNOWN_ID,
                        )
                    )

    def done(self) -> Found:
        live = {pk: self.threads[pk] for pk in {self._now(pk) for pk in self.threads}}
        cut = Mail.objects.filter(thread__in=live, threaded_by=ThreadedBy.PERSON).values_list("thread", flat=True)
        closed = frozenset((THREAD, pk) for pk in cut.distinct().order_by()) if live else frozenset()
        return Found(live, self.links, self.people, closed, dict(self.named))
