"""What an account says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.posture.account import ask_account
from tests.sources.aws.conftest import ACCOUNT, aws, credentials, moto_url

__all__ = ["aws", "credentials", "moto_url"]


def test_who_it_is(aws: Callable[..., Any]) -> None:
    found = ask_account()
    assert (found.account, found.contact) == (ACCOUNT, ("", ""))
    assert found.where == "the account of the current credentials"
    aws("iam").create_account_alias(AccountAlias="shop-prod")
    aws("account").put_alternate_contact(
        AlternateContactType="SECURITY", Name="Ada", EmailAddress="ada@example.com", PhoneNumber="1", Title="x"
    )
    found = ask_account()
    assert found.contact == ("Ada", "ada@example.com")
    assert found.where == "the account of the current credentials (shop-prod)"


def test_no_such_profile(credentials: None) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        ask_account("nowhere")
