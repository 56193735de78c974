"""sipgate.io: the generic dialect in a form. Answer and hang-up are only sent to who asks for them in the reply to
newCall. It names the call as its own origin where nothing was transferred: the fold takes that for no origin."""

from xml.sax.saxutils import quoteattr

from callcare.calls.rules.adapters.adapter import Adapter, Options, Reply
from callcare.calls.rules.adapters.generic import read, sample
from callcare.calls.rules.requests import Request, Unreadable, fields_of, text_of


def reply(request: Request, options: Options, address: str) -> Reply:
    """To a new call: please tell us of its answer and its end, at the same address. The other replies are not read."""
    try:
        is_new = text_of(fields_of(request).get("event")) == "newCall"
    except Unreadable:
        is_new = False
    where = quoteattr(address)
    asked = f" onAnswer={where} onHangup={where}" if is_new else ""
    return Reply("application/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n<Response{asked}/>'.encode())


ADAPTER = Adapter(provider="sipgate", read=read, reply=reply, sample=sample)
