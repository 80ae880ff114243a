"""Which addresses an account may speak to, and which certificates it trusts."""

import ssl
from pathlib import Path

import pytest

from faxapi.errors import ConfigurationError
from faxapi.transport.tls import Tls, check_base_url


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://fax.example.com", "https://fax.example.com"),
        ("https://fax.example.com/", "https://fax.example.com"),
        ("HTTPS://fax.example.com:8443/fax//", "HTTPS://fax.example.com:8443/fax"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://127.8.9.1:80/x", "http://127.8.9.1:80/x"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_a_good_address(url: str, base: str) -> None:
    assert check_base_url(url, allow_insecure=False) == base


@pytest.mark.parametrize(
    "url",
    [
        "",
        "fax.example.com",
        "//fax.example.com",
        "ftp://fax.example.com",
        "https://",
        "https:///path",
        "https://host:port",
        "https://host:99999",
        "https://[::1",
        "https://fax.example.com\n",
        " https://fax.example.com",
        "https://fax example.com",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ConfigurationError, match="not an http or https address") as caught:
        check_base_url(url, allow_insecure=True)
    assert 'like "https://fax.example.com"' in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@fax.example.com",
        "https://:secret@fax.example.com",
        "https://user@fax.example.com",
        "https://fax.example.com/?key=secret",
        "https://fax.example.com/?",
        "https://fax.example.com/#secret",
        "https://fax.example.com#",
    ],
)
def test_an_address_carries_nothing_else(url: str) -> None:
    with pytest.raises(ConfigurationError, match="a login, a query or a fragment") as caught:
        check_base_url(url, allow_insecure=True)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://fax.example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0",
    ],
)
def test_http_is_refused_beyond_this_machine(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is http, which would send the password") as error:
        check_base_url(url, allow_insecure=False)
    assert "allow_insecure=True" in str(error.value)
    assert check_base_url(url, allow_insecure=True) == url


def test_a_context_is_loaded_once(ca_file: Path) -> None:
    assert Tls().context() is Tls().context()
    assert Tls(ca_file=ca_file).context() is Tls(ca_file=ca_file).context()
    assert Tls(ca_file=ca_file).context() is not Tls().context()
    assert Tls().context().verify_mode is ssl.CERT_REQUIRED
    assert Tls().context().check_hostname


def test_a_context_of_ones_own_is_used_as_it_is() -> None:
    context = ssl.create_default_context()
    assert Tls(ssl_context=context).context() is context


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    with pytest.raises(ConfigurationError, match=r"ca\.pem' does not exist") as caught:
        Tls(ca_file=path).context()
    assert caught.value.__context__ is None
    path.write_text("no certificate")
    with pytest.raises(ConfigurationError, match=r"ca\.pem' is not a file of PEM certificates"):
        Tls(ca_file=path).context()
    with pytest.raises(ConfigurationError, match="is not a file of PEM certificates"):
        Tls(ca_file=tmp_path).context()
    with pytest.raises(ConfigurationError, match="is not a file of PEM certificates"):
        Tls(ca_file=Path("\0")).context()
