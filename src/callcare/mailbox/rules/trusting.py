"""What our own mail server says of the sender. What others wrote under that header is not heard."""

import re

from callcare.mailbox.rules import words
from callcare.mailbox.rules.mime import Headers
from callcare.mailbox.rules.readings import Ours

LONGEST = 10_000

_QUOTED = re.compile(r'"(?:[^"\\]|\\.){0,1000}"')
_METHOD = re.compile(r"\s{0,20}(dmarc|dkim|spf)(?:/\d{1,3})?\s{0,5}=\s{0,5}([a-z]{1,20})\b", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(header\.d|header\.from|header\.i|smtp\.mailfrom|smtp\.helo)\s{0,5}=\s{0,5}([^\s;]{1,255})", re.IGNORECASE
)


def is_authenticated(headers: Headers, ours: Ours, sender: str) -> bool | None:
    """Did our own server find the sender's domain genuine? None when it did not say."""
    for value in headers.get("authentication-results", []):
        said = _without_comments(words.plain(value[:LONGEST]))
        server, _, results = said.partition(";")
        name = (server.split() or [""])[0].lower()
        if name in ours.servers:  # the topmost one: ours is written last, over whatever the mail brought
            return _verdict(results, sender.rpartition("@")[2])
    return None


def _verdict(results: str, domain: str) -> bool | None:
    found = [(item, method) for item in results.split(";") if (method := _METHOD.match(item))]
    if not found:
        return None
    verdicts = {(method[1].lower(), method[2].lower()) for _, method in found}
    dmarc = {result for method, result in verdicts if method == "dmarc"}
    if "fail" in dmarc:
        return False
    if "pass" in dmarc:
        return True
    return any(method[2].lower() == "pass" and _speaks_for(item, method[1].lower(), domain) for item, method in found)


def _speaks_for(item: str, method: str, domain: str) -> bool:
    """Is what passed the domain that the mail shows as its sender?"""
    wanted = {"dkim": {"header.d", "header.i"}, "spf": {"smtp.mailfrom"}}.get(method, set())
    domains = {
        found[2].lower().rpartition("@")[2].strip("\"'<>")
        for found in _PROPERTY.finditer(item)
        if found[1].lower() in wanted
    }
    return bool(domain) and any(
        one and (domain == one or domain.endswith(f".{one}")) and "." in one for one in domains
    )


def _without_comments(said: str) -> str:
    """Comments and quoted words may hold anything, also something that looks like a result."""
    said = _QUOTED.sub('"', said)
    kept: list[str] = []
    depth = 0
    for char in said:
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(char)
    return "".join(kept)
