"""Which mails answer which. The result is the same whatever the order of arrival.

A mail names others: identifiers of letters of ours, the address of a thread, identifiers of mails, a reference in its
subject. Naming is not belonging: it joins a thread only when its sender already takes part in it. Joining makes more
people take part, so it goes on until nothing moves; whatever stays apart is proposed to an operator. Never by subject.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Value
from django.db.models.functions import Greatest

from callcare.mailbox.actions import joining, linking
from callcare.mailbox.actions.arrivals import Arrival
from callcare.mailbox.actions.linking import Link, Node
from callcare.mailbox.enums import MailKind, ProposalReason, ThreadedBy
from callcare.mailbox.models import Mail, Proposal, Thread

RANK = {
    ThreadedBy.OUR_ID: 0,
    ThreadedBy.TOKEN: 1,
    ThreadedBy.KNOWN_ID: 2,
    ThreadedBy.TAG: 3,
}


@dataclass(eq=False)
class Components:
    """Nodes that are one thread, and who takes part in each."""

    people: dict[Node, set[str]]
    closed: frozenset[Node]  # threads a person has cut: the machine joins no two of them
    _up: dict[Node, Node] = field(default_factory=dict)

    def root(self, node: Node) -> Node:
        while (above := self._up.get(node, node)) != node:
            node = above
        return node

    def takes_part(self, address: str, node: Node) -> bool:
        return bool(address) and address in self.people.get(self.root(node), ())

    def join(self, one: Node, other: Node) -> bool:
        """False where they are one already, or where a person cut them."""
        one, other = self.root(one), self.root(other)
        if one == other or (self._is_stored(one) and self._is_stored(other) and {one, other} & self.closed):
            return False
        keep, gone = sorted((one, other))  # stored threads come first, the oldest before the others
        self._up[gone] = keep
        self.people[keep] = self.people.get(keep, set()) | self.people.pop(gone, set())
        if gone in self.closed:
            self.closed |= {keep}
        return True

    @staticmethod
    def _is_stored(node: Node) -> bool:
        return node[0] == linking.THREAD


def join_threads(arrivals: Sequence[Arrival], *, own: Sequence[Arrival] = ()) -> None:
    """Give each mail its thread; threads that turn out to be one are joined, doubtful ones proposed."""
    found = linking.look(arrivals)
    parts = Components(found.people, found.closed)
    active = _settle(parts, found.links)
    _write(arrivals, found, parts, active)
    for one in own:  # a copy of our own letter, back in the box: noted, and of no consequence
        _alone(one, found)


def _settle(parts: Components, links: Sequence[Link]) -> set[int]:
    """Join until nothing moves; which links hold."""
    active: set[int] = set()
    moved = True
    while moved:
        moved = False
        for number, link in enumerate(links):
            if number in active or not (link.is_trusted or parts.takes_part(link.sender, link.target)):
                continue
            one, other = parts.root(link.source), parts.root(link.target)
            if one == other or parts.join(one, other):
                active.add(number)
                moved = True
    return active


def _write(arrivals: Sequence[Arrival], found: linking.Found, parts: Components, active: set[int]) -> None:
    members: dict[Node, list[Arrival]] = defaultdict(list)
    for number, one in enumerate(arrivals):
        members[parts.root((linking.MAIL, number))].append(one)
    stored: dict[Node, list[int]] = defaultdict(list)
    for pk in found.threads:
        stored[parts.root((linking.THREAD, pk))].append(pk)
    threads = _threads(members, stored, found)
    for number, one in enumerate(arrivals):
        one.mail.thread = threads[parts.root((linking.MAIL, number))]
        reasons = [
            link.reason for n, link in enumerate(found.links) if n in active and link.source == (linking.MAIL, number)
        ]
        one.mail.threaded_by = min(reasons, key=RANK.__getitem__, default=ThreadedBy.NEW)
    for pks in stored.values():
        if len(pks) > 1:
            joining.join_stored(found.threads[min(pks)], [found.threads[pk] for pk in sorted(pks)[1:]])
    _note_last(members, threads)
    _propose(arrivals, found, parts, active, threads)


def _threads(
    members: dict[Node, list[Arrival]], stored: dict[Node, list[int]], found: linking.Found
) -> dict[Node, Thread]:
    threads = {root: found.threads[min(pks)] for root, pks in stored.items()}
    new: dict[Node, Thread] = {}
    for root, some in members.items():
        if root not in threads:
            first = min(some, key=lambda one: (one.mail.received_at, one.raw.pk))
            last = max(one.mail.received_at for one in some)
            new[root] = Thread(desk=first.desk, subject=first.mail.subject, last_at=last)
    Thread.objects.bulk_create(new.values())
    return threads | new


def _alone(one: Arrival, found: linking.Found) -> None:
    """Its own thread, or the one its identifier says."""
    thread = next((found.threads[pk] for pk in found.named.get(one.mail.message_id, ()) if pk in found.threads), None)
    one.mail.thread = thread or Thread.objects.create(
        desk=one.desk, subject=one.mail.subject, last_at=one.mail.received_at
    )


def _note_last(members: dict[Node, list[Arrival]], threads: dict[Node, Thread]) -> None:
    """A thread moves up for a person's word; machines' mails do not bring it back."""
    for root, some in members.items():
        heard = [one.mail.received_at for one in some if one.mail.kind == MailKind.HUMAN]
        if heard and root[0] == linking.THREAD:
            Thread.objects.filter(pk=threads[root].pk).update(last_at=Greatest(F("last_at"), Value(max(heard))))


def _propose(
    arrivals: Sequence[Arrival],
    found: linking.Found,
    parts: Components,
    active: set[int],
    threads: dict[Node, Thread],
) -> None:
    """What may belong together: somebody says yes or no, once."""
    wanted: dict[tuple[int, int], Proposal] = {}

    def propose(thread: Thread, other: Thread, reason: ProposalReason) -> None:
        if thread.pk != other.pk and (other.pk, thread.pk) not in wanted:
            wanted.setdefault((thread.pk, other.pk), Proposal(thread=thread, other=other, reason=reason))

    for number, link in enumerate(found.links):
        one, other = parts.root(link.source), parts.root(link.target)
        if number not in active and one in threads and other in threads:
            propose(threads[one], threads[other], ProposalReason.UNVERIFIED)
    alone = [
        (number, one)
        for number, one in enumerate(arrivals)
        if one.mail.kind == MailKind.HUMAN and parts.root((linking.MAIL, number))[0] != linking.THREAD
    ]
    for number, earlier, is_same_subject in _alike(alone):
        reason = ProposalReason.SUBJECT if is_same_subject else ProposalReason.SENDER
        propose(threads[parts.root((linking.MAIL, number))], earlier, reason)
    Proposal.objects.bulk_create(wanted.values(), ignore_conflicts=True)


def _alike(alone: Iterable[tuple[int, Arrival]]) -> list[tuple[int, Thread, bool]]:
    """For each new thread, the last one its sender wrote in within two months; the one of the same subject first."""
    some = list(alone)
    if not some:
        return []
    lately: dict[tuple[int, str], list[Mail]] = defaultdict(list)
    for mail in linking.latest_of_senders({(one.mail.desk_id, one.mail.from_address) for _, one in some}):
        lately[mail.desk_id, mail.from_address].append(mail)
    found = []
    for number, one in some:
        mails = lately[one.mail.desk_id, one.mail.from_address]
        subject = linking.bare(one.mail.subject)
        best = next((mail for mail in mails if subject and linking.bare(mail.subject) == subject), None)
        if chosen := best or next(iter(mails), None):
            found.append((number, chosen.thread, best is not None))
    return found
