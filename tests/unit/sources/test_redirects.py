"""Redirects stay where we were sent by the operator."""

import pytest

from digest.sources.redirects import allowed


@pytest.mark.parametrize(
    ("url", "location", "there"),
    [
        ("https://a.example/x", "/y?z=1", "https://a.example/y?z=1"),
        ("https://a.example/x/", "y", "https://a.example/x/y"),
        ("http://a.example/x", "https://a.example/x", "https://a.example/x"),
        ("http://a.example:80/x", "https://A.example:443/", "https://A.example:443/"),
        ("http://a.example:8000/x", "http://a.example:8000/y", "http://a.example:8000/y"),
        ("https://a.example/x", "http://a.example/x", ""),
        ("http://a.example:8000/", "https://a.example/", ""),
        ("https://a.example/", "https://a.example:8443/", ""),
        ("https://a.example/", "https://b.example/", ""),
        ("https://a.example/", "//b.example/", ""),
        ("https://a.example/", "https://a.example@b.example/", ""),
        ("https://a.example/", "ftp://a.example/", ""),
        ("https://a.example/", "javascript:alert(1)", ""),
        ("https://a.example/", "https://a.example:x/", ""),
        ("https://a.example/", "https://[", ""),
        ("https://a.example/", "", ""),
    ],
)
def test_where_an_answer_may_send_us(url: str, location: str, there: str):
    assert allowed(url, location) == there
