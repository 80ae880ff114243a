"""Sharing out accounts: everyone once, a login and a small host never torn."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from faxapi.scale.sharing import Place, Share, share_out

LOGINS = st.integers(0, 30)


@st.composite
def places(draw: st.DrawFn) -> list[Place]:
    """Accounts of a few hosts; a login lies at one of them."""
    found = draw(st.lists(LOGINS, max_size=80))
    hosts = draw(st.lists(st.sampled_from("abcd"), min_size=31, max_size=31))
    return [Place(hosts[login], login) for login in found]


@given(places(), st.integers(1, 12))
def test_each_account_is_in_one_share_with_all_of_its_login(
    accounts: list[Place], size: int
) -> None:
    shares = share_out(accounts, size)
    assert sorted(n for share in shares for n in share.accounts) == [*range(len(accounts))]
    for login in {account.login for account in accounts}:
        holders = [s for s in shares if any(accounts[n].login == login for n in s.accounts)]
        assert len(holders) == 1


@given(places(), st.integers(1, 12))
def test_a_share_is_too_large_only_for_one_login(accounts: list[Place], size: int) -> None:
    for share in share_out(accounts, size):
        logins = {accounts[n].login for n in share.accounts}
        assert len(share.accounts) <= size or len(logins) == 1


@given(places(), st.integers(1, 12))
def test_a_host_is_named_where_several_shares_speak_to_it(accounts: list[Place], size: int) -> None:
    shares = share_out(accounts, size)
    spoken = [{accounts[n].host for n in share.accounts} for share in shares]
    counts = Counter(host for hosts in spoken for host in hosts)
    for share, hosts in zip(shares, spoken, strict=True):
        assert hosts == {share.host} if share.host else all(counts[host] == 1 for host in hosts)
        assert share.host is None or counts[share.host] > 1


def test_hosts_take_turns() -> None:
    accounts = [Place("east", n) for n in range(4)] + [Place("west", n) for n in range(4, 8)]
    shares = share_out([*accounts, Place("north", 8)], 2)
    assert [share.host for share in shares] == ["east", "west", None, "east", "west"]
    assert shares[2] == Share((8,))
