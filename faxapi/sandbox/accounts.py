"""The simulated accounts of each provider, told apart by their logins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from faxapi.sandbox import imagicle, interfax, openfax
from faxapi.sandbox.admin import Admin
from faxapi.sandbox.asmx import Method, user_of
from faxapi.sandbox.imagicle import ImagicleSandbox, basic_login
from faxapi.sandbox.inbound import Inbound
from faxapi.sandbox.interfax import InterFaxSandbox
from faxapi.sandbox.limits import LockOut, RateLimit
from faxapi.sandbox.openfax import OpenfaxSandbox
from faxapi.sandbox.queries import Queries
from faxapi.sandbox.rules import unknown
from faxapi.sandbox.world import World

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from faxapi.wire.rest import RestOperation
    from faxapi.wire.soap import SoapOperation

    RestMethod = Callable[[Request], Response]

StateT = TypeVar("StateT")
OperationT = TypeVar("OperationT")
RequestT = TypeVar("RequestT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Login:
    """What opens an account.

    Attributes:
        name: Tells it from the provider's others; "" for the one that is always there.
        username: The user name; "" where the secret is all.
        secret: The password or key.
    """

    name: str
    username: str
    secret: str = field(repr=False)

    def values(self) -> dict[str, str]:
        """It by the keywords of the client."""
        if not self.username:
            return {"api_key": self.secret}
        return {"username": self.username, "password": self.secret}


class Accounts(Generic[StateT, OperationT, RequestT, ResultT]):
    """A provider's accounts, each with a state of its own.

    Args:
        first: The account that is always there; who has no other belongs to it.
        methods: What an account answers.
        login: The account's login, by the request.
    """

    def __init__(
        self,
        first: StateT,
        methods: Callable[[StateT], Mapping[OperationT, Callable[[RequestT], ResultT]]],
        login: Callable[[OperationT, RequestT], str],
    ) -> None:
        self._all = {"": first}
        self._make = methods
        self._made = {"": methods(first)}
        self._login = login

    def add(self, login: str, state: StateT) -> None:
        """Add an account."""
        self._all[login] = state

    def methods(self) -> Mapping[OperationT, Callable[[RequestT], ResultT]]:
        """What all of them answer: each call goes to the account that it is for."""
        return {operation: partial(self._run, operation) for operation in self._made[""]}

    def _run(self, operation: OperationT, request: RequestT) -> ResultT:
        login = self._login(operation, request)
        if login not in self._all:
            login = ""
        if login not in self._made:
            # Not before somebody calls, since there may be thousands.
            self._made[login] = self._make(self._all[login])
        return self._made[login][operation](request)


class Fleet:
    """All accounts of the three providers.

    Args:
        world: Makes what an account lives in, of a part of the data set and a number of faxes.
        faxes: How many each provider's first account has.
        limit: Counts queries.
        lock_out: Counts wrong passwords.
    """

    def __init__(
        self,
        world: Callable[[str, int], World],
        faxes: int,
        limit: RateLimit,
        lock_out: LockOut,
    ) -> None:
        self._world = world
        self._limit = limit
        self._lock_out = lock_out
        self.interfax = InterFaxSandbox(world("interfax", faxes), interfax.acme(), limit, lock_out)
        self.openfax = OpenfaxSandbox(world("openfax", faxes))
        self.imagicle = ImagicleSandbox(world("imagicle", faxes))
        self._interfax = Accounts(self.interfax, _interfax_methods, _interfax_login)
        self._openfax = Accounts(self.openfax, OpenfaxSandbox.methods, _openfax_login)
        self._imagicle = Accounts(
            self.imagicle, ImagicleSandbox.methods, lambda _, request: basic_login(request)[0]
        )
        self.logins = {
            "interfax": [Login("", interfax.PRIMARY, interfax.PASSWORD)],
            "openfax": [Login("", "", openfax.API_KEY)],
            "imagicle": [Login("", imagicle.USERNAME, imagicle.PASSWORD)],
        }

    def logins_of(self, provider: str) -> list[Login]:
        """What opens the accounts of a provider.

        Raises:
            ConfigurationError: There is no such provider.
        """
        if provider not in self.logins:
            unknown("provider", provider, list(self.logins))
        return self.logins[provider]

    def soap(self) -> dict[str, Mapping[SoapOperation[Any], Method]]:
        """What the providers with SOAP answer."""
        return {"interfax": self._interfax.methods(), "openfax": self._openfax.methods()}

    def rest(self) -> dict[str, Mapping[RestOperation[Any], RestMethod]]:
        """What the providers with REST answer."""
        return {"imagicle": self._imagicle.methods()}

    def add_interfax(self, faxes: int) -> InterFaxSandbox:
        """Add an account with one user at InterFax."""
        login = self._new_login("interfax")
        user = interfax.new_user(login.username, login.secret, "12125550100", primary=True)
        world = self._world(f"interfax {login.name}", faxes)
        account = InterFaxSandbox(world, [user], self._limit, self._lock_out)
        self._interfax.add(login.username, account)
        return account

    def add_openfax(self, faxes: int) -> OpenfaxSandbox:
        """Add an account at Openfax."""
        login = self._new_login("openfax")
        account = OpenfaxSandbox(self._world(f"openfax {login.name}", faxes), login.secret)
        self._openfax.add(login.secret, account)
        return account

    def add_imagicle(self, faxes: int) -> ImagicleSandbox:
        """Add a user with faxes of their own at Imagicle."""
        login = self._new_login("imagicle")
        world = self._world(f"imagicle {login.name}", faxes)
        account = ImagicleSandbox(world, {login.username: login.secret})
        self._imagicle.add(login.username, account)
        return account

    def _new_login(self, provider: str) -> Login:
        known = self.logins[provider]
        name = f"{provider}{len(known):04}"
        known.append(Login(name, "" if provider == "openfax" else name, f"{name}Key"))
        return known[-1]


def _interfax_methods(account: InterFaxSandbox) -> Mapping[SoapOperation[Any], Method]:
    services = (account, Queries(account), Inbound(account), Admin(account))
    return {operation: run for each in services for operation, run in each.methods().items()}


def _interfax_login(operation: SoapOperation[Any], values: Mapping[str, Any]) -> str:
    """The primary user: other users' names begin with theirs and a dot."""
    return user_of(operation, values).partition(".")[0]


def _openfax_login(_operation: SoapOperation[Any], values: Mapping[str, Any]) -> str:
    return values["APIKey"] or ""
