"""What the error codes of AWS mean for a collection, where a collector does not say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bastide.sources.aws.calls import Outcome

DENIED = frozenset({
    "AccessDenied", "AccessDeniedException", "AccessDeniedFault", "AuthFailure", "AuthorizationError",
    "AuthorizationErrorException", "AuthorizationException", "Client.UnauthorizedOperation", "ForbiddenException",
    "Forbidden", "InsufficientPrivilegesException", "NotAuthorized", "NotAuthorizedException", "UnauthorizedException",
    "UnauthorizedOperation", "UnauthorizedAccess", "403", "AllAccessDisabled", "KMSAccessDeniedException",
})  # fmt: skip
NOT_OFFERED = frozenset({
    "OptInRequired", "SubscriptionRequiredException", "NotSignedUp", "UnknownOperationException",
    "AWSServiceAccessNotEnabledException", "ServiceNotAvailableInRegion", "NoSuchRegion",
})  # fmt: skip
THROTTLED = frozenset({
    "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException",
    "SlowDown", "Throttling", "ThrottlingException", "ThrottledException",
    "TooManyRequestsException", "TransactionInProgressException", "429",
})  # fmt: skip
AGAIN = frozenset({
    "InternalError", "InternalFailure", "InternalServerError", "InternalServerException", "InternalServiceError",
    "InternalServiceException", "ServerException", "ServiceException", "ServiceUnavailable",
    "ServiceUnavailableException", "RequestTimeout", "RequestTimeoutException", "RequestTimeTooSkewed", "Unavailable",
    "500", "502", "503", "504", "ReportInProgress",
})  # fmt: skip
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})


def outcome_of(
    code: str, absent: tuple[str, ...] = (), not_offered: tuple[str, ...] = (), message: str = ""
) -> Outcome:
    """What an error means that is final. `absent` and `not_offered` have codes, or `Code: words of the message`."""
    if any(_is(code, message, one) for one in absent):
        return "absent"
    if any(_is(code, message, one) for one in not_offered):
        return "not offered"
    if code in DENIED:
        return "denied"
    return "not offered" if code in NOT_OFFERED else "failed"


def _is(code: str, message: str, told: str) -> bool:
    """Whether an error is meant: some services say with one code that they are off and that a call is not allowed."""
    name, colon, words = told.partition(": ")
    return code == name and (not colon or words.lower() in message.lower())


def is_throttle(code: str) -> bool:
    """Whether the call came too fast."""
    return code in THROTTLED


def is_expired(code: str) -> bool:
    """Whether the credentials were good once."""
    return code in EXPIRED


def is_worth_another(code: str) -> bool:
    """Whether the same call may succeed later.

    A status in place of a code is an error whose body was not whole, or that somebody between us and AWS has said.
    """
    return code in THROTTLED or code in AGAIN or code in EXPIRED or (code.isdigit() and code not in DENIED)
