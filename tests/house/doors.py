"""Every door of the house, and whom it lets in. HERE YOU ADD ONE LINE for each URL you make:

    door("needs:page", OPERATOR, of=lambda: (cast.need().ref,)),            # GET, a row of Lille's desk
    door("needs:closure", OPERATOR, of=lambda: (cast.need().ref,), post=True),  # POST only
    door("directory:page", OPERATOR, of=lambda: (cast.mill().ref,), shared=True),  # a row all desks share
    door("report:review", OPERATOR, STEWARD),                                # a page without a thing
    door("ui:style", open_to_all=True),                                      # and in test_manners.OPEN_PAGES

`of` builds the thing and returns the arguments of its address; it may be called twice and finds the same thing.
`both=True`: the door takes GET and POST. `strange=lambda: (…,)`: a thing that is not Samir's, for doors of partners.
`asks=True`: the thing is named in the query or in what is posted, so that a bare visit may answer 404.
`test_doors.py` walks through all of them as seven people: a door that is not here, opens to somebody it does not name,
or shows another desk's row turns it red. Nobody is asked to fill forms: an empty POST may answer 302, 409 or 422.
"""

from collections.abc import Callable
from dataclasses import dataclass

from callcare.accounts.enums import Role
from tests import cast
from tests.house import things
from tests.mailbox import desk_stage

OPERATOR, STEWARD, ADMIN, PARTNER = Role.OPERATOR, Role.STEWARD, Role.ADMIN, Role.PARTNER
EVERYBODY = tuple(Role)

Address = Callable[[], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Door:
    """One URL name: whom it lets in, what it is about, which methods it takes."""

    name: str
    roles: frozenset[Role]
    of: Address
    methods: tuple[str, ...]
    open_to_all: bool
    shared: bool
    strange: Address | None
    asks: bool

    @property
    def has_thing(self) -> bool:
        return self.of is not nothing


def nothing() -> tuple[object, ...]:
    """A page that is about no thing in particular."""
    return ()


def door(
    name: str,
    *roles: Role,
    of: Address = nothing,
    post: bool = False,
    both: bool = False,
    open_to_all: bool = False,
    shared: bool = False,
    strange: Address | None = None,
    asks: bool = False,
) -> Door:
    """Declare a door; see above."""
    methods = ("get", "post") if both else ("post",) if post else ("get",)
    return Door(name, frozenset(roles), of, methods, open_to_all, shared, strange, asks)


# Landed before their line here, or their line before them; this list only gets shorter.
IN_FLUX: set[str] = set()

DOORS = [
    door("home", *EVERYBODY),
    door("health", open_to_all=True),
    door("ui:style", open_to_all=True),
    # accounts
    door("account_login", open_to_all=True, both=True),
    door("account_request_login_code", open_to_all=True, both=True),
    door("account_confirm_login_code", open_to_all=True, both=True),
    door("account_inactive", open_to_all=True),
    door("account_logout", open_to_all=True, both=True),
    door("account_change_password", *EVERYBODY, both=True),
    door("account_set_password", *EVERYBODY, both=True),
    door("accounts:account", *EVERYBODY, both=True),
    door("accounts:sessions", *EVERYBODY),
    door("accounts:session-closure", *EVERYBODY, post=True),
    door("accounts:list", ADMIN),
    door("accounts:invitation", ADMIN, both=True),
    door("accounts:page", ADMIN, of=lambda: (cast.nathalie().ref,)),
    door("accounts:roles", ADMIN, of=lambda: (cast.nathalie().ref,), post=True),
    door("accounts:closure", ADMIN, of=lambda: (cast.nathalie().ref,), post=True),
    door("accounts:reopening", ADMIN, of=lambda: (cast.nathalie().ref,), post=True),
    # desk
    door("desk:console", OPERATOR),
    door("desk:log", OPERATOR),
    door("desk:start", OPERATOR, post=True),
    door("desk:contact", OPERATOR, of=things.draft),
    door("desk:keep", OPERATOR, of=things.draft, post=True),
    door("desk:who", OPERATOR, of=things.draft),
    door("desk:identify", OPERATOR, of=things.draft, post=True),
    door("desk:number", OPERATOR, of=things.draft, post=True),
    door("desk:finish", OPERATOR, of=things.draft, post=True),
    door("desk:reopen", OPERATOR, of=lambda: (cast.call().ref,), post=True),
    door("desk:call-back", OPERATOR, of=things.draft, post=True),
    door("desk:refer", OPERATOR, of=things.draft, post=True),
    door("desk:choose", OPERATOR, post=True),
    door("desk:desks", ADMIN),
    door("desk:desk-new", ADMIN, both=True),
    door("desk:settings", ADMIN, of=things.desk, both=True),
    door("desk:hours", ADMIN, of=things.desk, post=True),
    door("desk:closure", ADMIN, of=things.desk, post=True),
    door("config:tables", OPERATOR, STEWARD),
    door("config:table-receive", OPERATOR, post=True),
    door("config:table", OPERATOR, STEWARD, of=things.spreadsheet),
    door("config:table-writing", OPERATOR, of=things.spreadsheet, post=True),
    door("config:table-giving-up", OPERATOR, of=things.spreadsheet, post=True),
    door("config:table-refused", OPERATOR, of=things.spreadsheet),
    door("desk:reminders", OPERATOR),
    door("desk:take", OPERATOR, of=things.reminder, post=True),
    door("desk:done", OPERATOR, of=things.reminder, post=True),
    door("desk:tried", OPERATOR, of=things.reminder, post=True),
    door("desk:snooze", OPERATOR, of=things.reminder, post=True),
    # mailbox
    door("mailbox:mails", OPERATOR),
    door("mailbox:of-interaction", OPERATOR, of=lambda: (desk_stage.arrived().interaction.ref,)),
    door("mailbox:thread", OPERATOR, of=lambda: (desk_stage.arrived().thread.ref,)),
    door("mailbox:withdraw", OPERATOR, of=desk_stage.an_answer, post=True),
    door("mailbox:mail", OPERATOR, of=lambda: (desk_stage.arrived().ref,)),
    door("mailbox:formatted", OPERATOR, of=lambda: (desk_stage.formatted().ref,)),
    door("mailbox:original", OPERATOR, of=lambda: (desk_stage.arrived().ref,)),
    door("mailbox:human", OPERATOR, of=lambda: (desk_stage.newsletter().ref,), post=True),
    door("mailbox:answer", OPERATOR, of=lambda: (desk_stage.arrived().ref,), both=True),
    door("mailbox:attachment", OPERATOR, of=lambda: (desk_stage.attachment().ref,)),
    door("mailbox:preview", OPERATOR, of=lambda: (desk_stage.attachment().ref, 1)),
    door("mailbox:download", OPERATOR, of=lambda: (desk_stage.clean_attachment().ref,)),
    door("mailbox:open", OPERATOR, of=lambda: (desk_stage.attachment().ref,), post=True),
    door("mailbox:proposal", OPERATOR, of=desk_stage.a_pair, post=True),
    door("mailbox:undo-merge", OPERATOR, of=lambda: (desk_stage.arrived().thread.ref,), post=True),
    door("mailbox:split", OPERATOR, of=lambda: (desk_stage.arrived().ref,), post=True),
    door("mailbox:read-again", OPERATOR, of=lambda: (desk_stage.arrived().ref,), post=True),
    # calls
    door("calls:messages", OPERATOR, of=things.voice_contact),
    door("calls:sound", OPERATOR, of=things.voice_message),
    door("calls:heard", OPERATOR, of=things.voice_message, post=True),
    door("calls:figures", OPERATOR, STEWARD),
    door("calls:trunks", ADMIN),
    door("calls:trunk-new", ADMIN, both=True),
    door("calls:trunk", ADMIN, of=things.trunk, both=True),
    door("calls:secret", ADMIN, of=things.trunk, post=True),
    door("calls:extension", ADMIN, of=things.trunk, post=True),
    door("calls:trial", ADMIN, of=things.trunk, post=True),
    door("calls:arrivals", ADMIN, of=things.trunk),
    door("calls:reading", ADMIN, of=things.trunk, post=True, asks=True),
    door("calls:stream", OPERATOR),
    door("calls:present", OPERATOR),
    door("mailbox:boxes", OPERATOR, ADMIN),
    door("mailbox:box-new", ADMIN, both=True),
    door("mailbox:box", ADMIN, of=things.mail_box, both=True),
    door("mailbox:box-trial", ADMIN, of=things.closed_box, post=True),
    door("calls:take", OPERATOR, of=things.ringing, post=True),
    # matching
    door("matching:morning", OPERATOR),
    door("matching:weights", STEWARD, both=True),
    door("matching:morning-aside", OPERATOR, post=True, asks=True),
    door("matching:morning-later", OPERATOR, post=True, asks=True),
    door("matching:preview", OPERATOR, post=True),
    door("matching:of-need", OPERATOR, of=things.need),
    door("matching:overview", OPERATOR, of=things.need),
    door("matching:why", OPERATOR, of=things.need),
    door("matching:unanswered", OPERATOR),
    door("matching:cascade", OPERATOR, of=things.need),
    door("matching:dismissal", OPERATOR, of=things.need, post=True),
    door("matching:restoring", OPERATOR, of=things.need, post=True),
    door("matching:of-commitment", OPERATOR, of=things.commitment),
    # territories
    door("territories:search", *EVERYBODY),
    door("territories:commune", *EVERYBODY, of=lambda: (cast.roubaix().code,), shared=True),
    # needs
    door("needs:list", OPERATOR, PARTNER),
    door("needs:page", OPERATOR, PARTNER, of=things.need, strange=things.strange_need),
    door("needs:new", OPERATOR),
    door("needs:read", OPERATOR, post=True),
    door("needs:record", OPERATOR, post=True),
    door("needs:capture", OPERATOR, of=things.draft),
    door("needs:of-interaction", OPERATOR, of=things.draft),
    door("needs:of-organisation", OPERATOR, of=things.organisation, shared=True),
    door("needs:edit", OPERATOR, of=things.need, both=True),
    door("needs:add_line", OPERATOR, of=things.need, both=True),
    door("needs:line", OPERATOR, of=lambda: (*things.need(), 1), both=True),
    door("needs:less", OPERATOR, of=lambda: (*things.need(), 1), post=True),
    door("needs:open", OPERATOR, of=things.need, post=True),
    door("needs:hold", OPERATOR, of=things.need, post=True),
    door("needs:close", OPERATOR, of=things.need, post=True),
    door("needs:reopen", OPERATOR, of=things.need, post=True),
    door("needs:repeat", OPERATOR, of=things.need, post=True),
    door("needs:duplicate", OPERATOR, of=things.need, post=True),
    # commitments
    door("commitments:list", OPERATOR, PARTNER),
    door("commitments:page", OPERATOR, PARTNER, of=things.own_commitment, strange=things.strange_commitment),
    door("commitments:new", OPERATOR),
    door("commitments:read", OPERATOR, post=True),
    door("commitments:record", OPERATOR, post=True),
    door("commitments:capture", OPERATOR, of=things.draft),
    door("commitments:of-interaction", OPERATOR, of=things.draft),
    door("commitments:of-organisation", OPERATOR, of=things.organisation, shared=True),
    door("commitments:edit", OPERATOR, of=things.commitment, both=True),
    door("commitments:add_line", OPERATOR, of=things.commitment, both=True),
    door("commitments:line", OPERATOR, of=lambda: (*things.commitment(), 1), both=True),
    door("commitments:less", OPERATOR, of=lambda: (*things.commitment(), 1), post=True),
    door("commitments:open", OPERATOR, of=things.commitment, post=True),
    door("commitments:hold", OPERATOR, of=things.commitment, post=True),
    door("commitments:close", OPERATOR, of=things.commitment, post=True),
    door("commitments:reopen", OPERATOR, of=things.commitment, post=True),
    door("commitments:confirm", OPERATOR, of=things.commitment, post=True),
    door("commitments:share", OPERATOR, of=things.commitment, post=True),
    # introductions
    door("introductions:list", OPERATOR),
    door("introductions:propose", OPERATOR, both=True, asks=True),
    door("introductions:space", PARTNER),
    door("introductions:told", PARTNER, of=things.sent, post=True),
    door("introductions:of-need", OPERATOR, of=things.need),
    door("introductions:of-commitment", OPERATOR, of=things.commitment),
    door("introductions:answer", open_to_all=True, of=things.personal_link, both=True),
    door("introductions:seen", open_to_all=True, of=things.personal_link),
    door("introductions:seen-of", OPERATOR, of=lambda: (cast.claire().pk,), shared=True),
    door("introductions:page", OPERATOR, of=things.introduction),
    door("introductions:consent", OPERATOR, of=lambda: (*things.introduction(), "demandeur"), post=True),
    door("introductions:withdrawal", OPERATOR, of=lambda: (*things.introduction(), "demandeur"), post=True),
    door("introductions:question", OPERATOR, of=lambda: (*things.introduction(), "demandeur"), post=True),
    door("introductions:sending", OPERATOR, of=things.introduction, post=True),
    door("introductions:contact", OPERATOR, of=things.introduction, post=True),
    door("introductions:success", OPERATOR, of=things.introduction, post=True),
    door("introductions:no-help", OPERATOR, of=things.introduction, post=True),
    door("introductions:unreachable", OPERATOR, of=things.introduction, post=True),
    door("introductions:expiry", OPERATOR, of=things.introduction, post=True),
    door("introductions:cancellation", OPERATOR, of=things.introduction, post=True),
    door("introductions:refusal", OPERATOR, of=things.introduction, post=True),
    door("introductions:reopening", OPERATOR, of=things.introduction, post=True),
    # directory
    door("directory:list", OPERATOR, STEWARD),
    door("directory:search", OPERATOR),
    door("directory:new", OPERATOR, both=True),
    door("directory:quick", OPERATOR, post=True),
    door("directory:duplicates", OPERATOR),
    door(
        "directory:page",
        OPERATOR,
        STEWARD,
        PARTNER,
        of=things.organisation,
        shared=True,
        strange=things.strange_organisation,
    ),
    door("directory:edit", OPERATOR, of=things.organisation, shared=True, both=True),
    door("directory:person_new", OPERATOR, of=things.organisation, shared=True, both=True),
    door("directory:channel_new", OPERATOR, of=things.organisation, shared=True, both=True),
    door("directory:person", OPERATOR, of=things.somebody, shared=True, both=True),
    door("directory:merge_people", OPERATOR, of=things.somebody, shared=True, post=True, asks=True),
    door("directory:channel_retire", OPERATOR, of=things.telephone, shared=True, post=True),
    door(
        "directory:merge",
        OPERATOR,
        of=lambda: (*things.organisation(), *things.strange_organisation()),
        shared=True,
        both=True,
    ),
    door("directory:undo", OPERATOR, of=things.organisation, shared=True, post=True, asks=True),
    # letters
    door("desk:letters", OPERATOR),
    door("desk:letter", OPERATOR, of=things.letter),
    door("desk:resend", OPERATOR, of=things.letter, post=True),
    # allocations and outcomes
    door("allocations:of-need", OPERATOR, of=things.need),
    door("allocations:promise", OPERATOR, of=things.need, both=True),
    door("allocations:of-commitment", OPERATOR, of=things.commitment),
    door("allocations:share", OPERATOR, of=things.commitment, both=True),
    door("allocations:of-introduction", OPERATOR, of=things.introduction),
    door("allocations:page", OPERATOR, of=things.promise),
    door("allocations:confirm", OPERATOR, of=things.promise, post=True),
    door("allocations:deliver", OPERATOR, of=things.promise, post=True),
    door("allocations:take-back", OPERATOR, of=things.promise, post=True),
    door("allocations:release", OPERATOR, of=things.promise, post=True),
    door("allocations:fail", OPERATOR, of=things.promise, post=True),
    door("allocations:correct", OPERATOR, of=things.promise, post=True),
    door("outcomes:of-need", OPERATOR, of=things.need),
    door("outcomes:record", OPERATOR, of=things.need, both=True),
    door("outcomes:words", OPERATOR, of=things.words, both=True),
    # report
    door("report:review", OPERATOR, STEWARD),
    door("report:equity", OPERATOR, STEWARD),
    door("report:equity-rows", OPERATOR, STEWARD),
    door("report:targets", STEWARD, both=True),
    door("report:rows", OPERATOR, STEWARD, of=lambda: ("contacts",), shared=True),
    # catalogue
    door("catalogue:list", OPERATOR, STEWARD, ADMIN),
    door("catalogue:add", STEWARD, ADMIN, both=True),
    door("catalogue:edit", STEWARD, ADMIN, of=things.category, shared=True, both=True),
    door("catalogue:retire", STEWARD, ADMIN, of=things.category, shared=True, post=True),
]
