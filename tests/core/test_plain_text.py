"""A NUL in what is sent: refused in an address, taken out of what is posted, and everything else stays as typed."""

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.test import RequestFactory

from callcare.core.plain_text import PlainTextMiddleware

pass_on = PlainTextMiddleware(lambda request: HttpResponse())


def test_what_is_posted_loses_its_nul_and_nothing_else():
    request = RequestFactory().post("/", {"line": "deux\x00 PC", "gives": ["name", "em\x00ail"], "note": "é ’"})
    pass_on(request)
    assert dict(request.POST.lists()) == {"line": ["deux PC"], "gives": ["name", "email"], "note": ["é ’"]}
    with pytest.raises(AttributeError):
        request.POST["line"] = "changed"


def test_what_holds_none_is_not_touched():
    request = RequestFactory().post("/", {"line": "deux PC"})
    before = request.POST
    pass_on(request)
    assert request.POST is before


@pytest.mark.parametrize("address", ["/besoins/%00/", "/besoins/?q=%00"])
def test_an_address_is_refused(address):
    with pytest.raises(BadRequest):
        pass_on(RequestFactory().get(address))
