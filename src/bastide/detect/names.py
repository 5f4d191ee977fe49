"""What rules call the fields of events: CloudTrail's own names, OCSF's, and those of the Elastic Common Schema.

A name ends up as a path in a table of the lake (`api.operation`), or as a path in JSON that a column keeps
(`api.request.data` and below). Names are compared without regard to case.
"""

from __future__ import annotations

import re

CLOUDTRAIL = {
    "eventname": "api.operation",
    "eventsource": "api.service.name",
    "eventid": "metadata.uid",
    "awsregion": "cloud.region",
    "recipientaccountid": "cloud.account.uid",
    "eventtype": "metadata.event_code",
    "eventversion": "metadata.product.version",
    "apiversion": "api.version",
    "vpcendpointid": "src_endpoint.uid",
    "useragent": "http_request.user_agent",
    "errorcode": "api.response.error",
    "errormessage": "api.response.message",
    "requestid": "api.request.uid",
    "useridentity.type": "actor.user.type",
    "useridentity.arn": "actor.user.uid",
    "useridentity.accountid": "actor.user.account.uid",
    "useridentity.identityprovider": "actor.idp.name",
    "useridentity.sessioncontext.attributes.mfaauthenticated": "actor.session.is_mfa",
    "useridentity.invokedby": "actor.invoked_by",
    "useridentity.sessioncontext.sessionissuer.arn": "actor.session.issuer",
}
"""CloudTrail's fields that a column has unchanged; any other is read from the JSON of the event."""

JSON_COLUMNS = {"requestparameters": "api.request.data", "responseelements": "api.response.data"}
"""CloudTrail's objects that a column keeps as JSON."""

UNMAPPED = frozenset({
    "readonly", "managementevent", "eventcategory", "additionaleventdata", "serviceeventdetails", "sharedeventid",
    "tlsdetails", "vpcendpointaccountid", "sessioncredentialfromconsole", "insightdetails", "addendum",
    "edgedevicedetails",
})  # fmt: skip
"""CloudTrail's fields that the column `unmapped` keeps: it is shorter than the whole event."""

RECORD = frozenset({
    "addendum", "additionaleventdata", "apiversion", "awsregion", "edgedevicedetails", "errorcode", "errormessage",
    "eventcategory", "eventcontext", "eventid", "eventname", "eventsource", "eventtime", "eventtype", "eventversion",
    "insightdetails", "managementevent", "readonly", "recipientaccountid", "requestid", "requestparameters",
    "resources", "responseelements", "serviceeventdetails", "sessioncredentialfromconsole", "sharedeventid",
    "sourceipaddress", "tlsdetails", "useragent", "useridentity", "vpcendpointaccountid", "vpcendpointid",
})  # fmt: skip
"""The names with which a field of CloudTrail's record begins."""

ECS = {
    "event.action": "eventName",
    "event.code": "eventName",
    "event.provider": "eventSource",
    "event.id": "eventID",
    "event.original": "raw_data",
    "event.type": "eventType",
    "event.category": "eventCategory",
    "error.code": "errorCode",
    "error.message": "errorMessage",
    "source.ip": "sourceIPAddress",
    "source.address": "sourceIPAddress",
    "src_ip": "sourceIPAddress",
    "client.ip": "sourceIPAddress",
    "user.name": "userIdentity.userName",
    "user.id": "userIdentity.principalId",
    "user_agent.original": "userAgent",
    "cloud.account.id": "recipientAccountId",
    "cloud.region": "awsRegion",
    "aws.cloudtrail.additional_eventdata": "additionalEventData",
    "aws.cloudtrail.flattened.additional_eventdata": "additionalEventData",
    "aws.cloudtrail.flattened.request_parameters": "requestParameters",
    "aws.cloudtrail.flattened.response_elements": "responseElements",
    "aws.cloudtrail.flattened.service_event_details": "serviceEventDetails",
    "aws.cloudtrail.console_login.additional_eventdata.mfa_used": "additionalEventData.MFAUsed",
    "aws.cloudtrail.console_login.additional_eventdata.mobile_version": "additionalEventData.MobileVersion",
    "aws.cloudtrail.console_login.additional_eventdata.login_to": "additionalEventData.LoginTo",
    "aws.cloudtrail.user_identity.session_context.mfa_authenticated":
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "aws.cloudtrail.user_identity.session_context.creation_date":
        "userIdentity.sessionContext.attributes.creationDate",
}  # fmt: skip
"""Names of the Elastic Common Schema and of its integration for CloudTrail; a longer path may follow."""

COMPUTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "sourceipaddress": (
        'coalesce("src_endpoint.ip", "src_endpoint.domain")', ("src_endpoint.ip", "src_endpoint.domain"),
    ),
    "eventtime": ("strftime(make_timestamp(\"time\" * 1000), '%Y-%m-%dT%H:%M:%SZ')", ("time",)),
    # A name beside an issuer is that of the role which was assumed: then the record has no `userName` of its own.
    "useridentity.username": (
        'case when "actor.session.issuer" is null then "actor.user.name" end',
        ("actor.session.issuer", "actor.user.name"),
    ),
    "useridentity.sessioncontext.sessionissuer.username": (
        """case when "actor.session.issuer" is not null then split_part("actor.session.issuer", '/', -1) end""",
        ("actor.session.issuer",),
    ),
    "useridentity.sessioncontext.sessionissuer.type": (
        """case when contains("actor.session.issuer", ':role/') then 'Role'
        when contains("actor.session.issuer", ':user/') then 'IAMUser'
        when suffix("actor.session.issuer", ':root') then 'Root' end""",
        ("actor.session.issuer",),
    ),
    "useridentity.sessioncontext.sessionissuer.accountid": (
        """case when "actor.session.issuer" is not null then split_part("actor.session.issuer", ':', 5) end""",
        ("actor.session.issuer",),
    ),
    # The other things that these columns hold are of a person from the identity center.
    "useridentity.principalid": (
        """case when "actor.idp.uid" is null or "actor.user.type" is distinct from 'IdentityCenterUser'
        then "actor.user.uid_alt" end""",
        ("actor.idp.uid", "actor.user.type", "actor.user.uid_alt"),
    ),
    "useridentity.accesskeyid": (
        """case when "actor.user.type" is distinct from 'IdentityCenterUser'
        then "actor.user.credential_uid" end""",
        ("actor.user.type", "actor.user.credential_uid"),
    ),
    # Of the Elastic Common Schema: `failure` where there is an error.
    "event.outcome": (
        """case when "api.response.error" is null and "api.response.message" is null
        then 'success' else 'failure' end""",
        ("api.response.error", "api.response.message"),
    ),
}  # fmt: skip
"""CloudTrail's fields that follow from columns, as SQL, and what that reads: far cheaper than the event's JSON."""

_SNAKE = "aws.cloudtrail."


def _both(known: dict[str, str]) -> dict[str, str]:
    """Names as files of Parquet and as texts have them: with `_` and with `-`."""
    return {**known, **{name.replace("_", "-"): path for name, path in known.items()}}


FLOW = {
    "srcaddr": "src_endpoint.ip",
    "src_ip": "src_endpoint.ip",
    "source.ip": "src_endpoint.ip",
    "srcport": "src_endpoint.port",
    "src_port": "src_endpoint.port",
    "source.port": "src_endpoint.port",
    "dstaddr": "dst_endpoint.ip",
    "dst_ip": "dst_endpoint.ip",
    "destination.ip": "dst_endpoint.ip",
    "dstport": "dst_endpoint.port",
    "dst_port": "dst_endpoint.port",
    "destination.port": "dst_endpoint.port",
    "protocol": "connection_info.protocol_num",
    "network.iana_number": "connection_info.protocol_num",
    "network.transport": "connection_info.protocol_name",
    "bytes": "traffic.bytes",
    "network.bytes": "traffic.bytes",
    "packets": "traffic.packets",
    "network.packets": "traffic.packets",
    "action": "action",
    "event.action": "action",
    "version": "metadata.product.version",
    "type": "connection_info.protocol_ver",
    **_both({
        "account_id": "cloud.account.uid",
        "az_id": "cloud.zone",
        "log_status": "status_code",
        "pkt_dst_aws_service": "dst_endpoint.svc_name",
        "pkt_src_aws_service": "src_endpoint.svc_name",
        "tcp_flags": "connection_info.tcp_flags",
    }),
    **_both({name: f"unmapped.{name}" for name in (
        "ecs_cluster_arn", "ecs_cluster_name", "ecs_service_name", "ecs_task_arn", "ecs_task_id", "encryption_status",
        "pkt_dstaddr", "pkt_srcaddr", "reject_reason", "resource_id", "sublocation_id", "sublocation_type",
        "traffic_path",
    )}),
}  # fmt: skip
DNS = {
    "query_name": "query.hostname",
    "record_type": "query.type",
    "query_type": "query.type",
    "querytype": "query.type",
    "dns.question.type": "query.type",
    "answer": "answers[].rdata",
    "answers": "answers[].rdata",
    "dns.answers.data": "answers[].rdata",
    "srcaddr": "src_endpoint.ip",
    "src_ip": "src_endpoint.ip",
    "source.ip": "src_endpoint.ip",
    "dns.response_code": "rcode",
    "response_code": "rcode",
}
HTTP = {
    "c-ip": "src_endpoint.ip",
    "src_ip": "src_endpoint.ip",
    "source.ip": "src_endpoint.ip",
    "c-useragent": "http_request.user_agent",
    "cs-user-agent": "http_request.user_agent",
    "user_agent.original": "http_request.user_agent",
    "cs-method": "http_request.http_method",
    "http.request.method": "http_request.http_method",
    "url.path": "http_request.url.path",
    "url.query": "http_request.url.query_string",
    "cs-host": "http_request.url.hostname",
    "r-dns": "http_request.url.hostname",
    "url.domain": "http_request.url.hostname",
    "cs-referer": "http_request.referrer",
    "cs-referrer": "http_request.referrer",
    "sc-status": "http_response.code",
    "http.response.status_code": "http_response.code",
}
WAF = {
    "terminatingruleid": "firewall_rule.uid",
    "terminatingruletype": "firewall_rule.type",
    "webaclid": "metadata.product.feature.name",
    "httpsourcename": "dst_endpoint.svc_name",
    "httpsourceid": "dst_endpoint.uid",
    "responsecodesent": "http_response.code",
    "httprequest.clientip": "src_endpoint.ip",
    "httprequest.country": "src_endpoint.location.country",
    "httprequest.httpmethod": "http_request.http_method",
    "httprequest.uri": "http_request.url.path",
    "httprequest.args": "http_request.url.query_string",
}
WAF_RECORD = frozenset({
    "action", "captcharesponse", "challengeresponse", "formatversion", "httprequest", "httpsourceid", "httpsourcename",
    "ja3fingerprint", "ja4fingerprint", "labels", "nonterminatingmatchingrules", "oversizefields",
    "ratebasedrulelist", "requestbodysize", "requestbodysizeinspectedbywaf", "requestheadersinserted",
    "responsecodesent", "rulegrouplist", "terminatingruleid", "terminatingrulematchdetails", "terminatingruletype",
    "timestamp", "webaclid",
})  # fmt: skip
"""What a log of WAF calls fields that columns have, and the names with which its fields begin."""

BALANCER = {
    "elb_status_code": "http_response.code",
    "domain_name": "tls.sni",
    "user_agent": "http_request.user_agent",
    "received_bytes": "traffic.bytes_in",
    "sent_bytes": "traffic.bytes_out",
    "ssl_protocol": "tls.version",
    "ssl_cipher": "tls.cipher",
    "target_status_code": "unmapped.target_status_code",
    "actions_executed": "unmapped.actions_executed",
    "classification": "unmapped.classification",
    "classification_reason": "unmapped.classification_reason",
}
CLOUDFRONT = {
    "cs(host)": "unmapped.cs_Host",
    "cs(user-agent)": "http_request.user_agent",
    "cs(referer)": "http_request.referrer",
    "cs(cookie)": "unmapped.cs_Cookie",
    "cs-protocol": "http_request.url.scheme",
    "cs-bytes": "traffic.bytes_in",
    "sc-bytes": "traffic.bytes_out",
    "x-host-header": "http_request.url.hostname",
    "x-edge-location": "dst_endpoint.zone",
    "x-edge-result-type": "unmapped.x_edge_result_type",
    "x-edge-detailed-result-type": "unmapped.x_edge_detailed_result_type",
    "x-forwarded-for": "http_request.x_forwarded_for",
    "ssl-protocol": "tls.version",
    "ssl-cipher": "tls.cipher",
}
Several = tuple[str, str, tuple[str, ...]]
"""A field with several values as SQL, the one by which correlations group and count, and what is read."""


def _several(values: list[str], *reads: str, counted: str = "") -> Several:
    return f"[one for one in [{', '.join(values)}] if one is not null]", counted or values[0], reads


_PATH, _QUERY, _WHOLE = (f"http_request.url.{part}" for part in ("path", "query_string", "url_string"))
_ASKED = f"""\"{_PATH}\" || coalesce('?' || nullif("{_QUERY}", ''), '')"""
_PORTLESS = f"""regexp_replace("{_WHOLE}", '^([a-z]+://[^/:]+):(80|443)/', '\\1/')"""
_URI = _several([f'"{_WHOLE}"', _PORTLESS, _ASKED], _WHOLE, _PATH, _QUERY, counted=f'coalesce("{_WHOLE}", {_ASKED})')
HTTP_LISTS = {
    **dict.fromkeys(("cs-uri-stem", "c-uri-stem"), _several([f'"{_PATH}"', _ASKED], _PATH, _QUERY)),
    **dict.fromkeys(("cs-uri-query", "c-uri-query"), _several([f'"{_QUERY}"', _ASKED], _PATH, _QUERY)),
    **dict.fromkeys(("c-uri", "cs-uri", "url.original"), _URI),
    "c-uri-extension": _several([f"""nullif(regexp_extract("{_PATH}", '[.]([^./]+)$', 1), '')"""], _PATH),
}
"""Rules for web servers look for paths in the query and for parameters in the stem: both are also path and query. An
address is the whole of it, with and without a port that goes without saying, or path and query: some logs have no more.
"""


def _either_end(word: str, part: str) -> Several:
    """What stands at the end of a flow that the interface is, or apart where a flow does not say which that is."""
    ends = [f"{end}_endpoint.{part}" for end in ("src", "dst")]
    values = [*(f'"{end}"' for end in ends), f"""try(json_extract_string("unmapped", '$.{word}'))"""]
    return _several(values, *ends, "unmapped", counted=f"coalesce({', '.join(values)})")


_DIRECTION = "connection_info.direction"
_SAID = _several([f"""nullif("{_DIRECTION}", 'Unknown')"""], _DIRECTION)
FLOW_LISTS = dict.fromkeys(("flow_direction", "flow-direction"), _SAID) | {
    name: _either_end(word, part)
    for word, part in (("interface_id", "interface_uid"), ("instance_id", "instance_uid"), ("subnet_id", "subnet_uid"),
                       ("vpc_id", "vpc_uid"))
    for name in (word, word.replace("_", "-"))
}  # fmt: skip
_HOSTNAME = "query.hostname"
_ASKED_FOR = _several([f'"{_HOSTNAME}"', f"""rtrim("{_HOSTNAME}", '.')"""], _HOSTNAME)
DNS_LISTS = dict.fromkeys(("query", "queryname", "dns.question.name"), _ASKED_FOR)
"""Rules write names without the dot at their end; Route 53 writes it."""

EKS = {
    "verb": "api.operation",
    "user.username": "actor.user.name",
    "responsestatus.code": "api.response.code",
    "requesturi": "http_request.url.url_string",
    "objectref": "unmapped.objectRef",
    "requestobject": "api.request.data",
    "responseobject": "api.response.data",
    "apigroup": "unmapped.objectRef.apiGroup",
    "hostpath": "api.request.data.spec.volumes.hostPath",
    "capabilities": "api.request.data.spec.containers.securityContext.capabilities",
}
"""What the audit log of Kubernetes calls fields that columns have, or the JSON that they keep.

The last three are no names of the log: rules that others have written call parts of it so.
"""

EKS_RECORD = frozenset({
    "annotations", "apiversion", "auditid", "authenticationmetadata", "impersonateduser", "kind", "level", "metadata",
    "objectref", "requestobject", "requestreceivedtimestamp", "requesturi", "responseobject", "responsestatus",
    "sourceips", "stage", "stagetimestamp", "timestamp", "user", "useragent", "verb",
})  # fmt: skip
DNS_RECORD = frozenset({
    "account_id", "additional_properties", "answers", "firewall_domain_list_id", "firewall_protection",
    "firewall_rule_action", "firewall_rule_group_id", "firewall_rule_threat_type", "query_class", "query_name",
    "query_timestamp", "query_type", "rcode", "region", "srcaddr", "srcids", "srcport", "transport", "version",
    "vpc_id",
})  # fmt: skip
"""The names with which a field of an audit log of Kubernetes, of a log of Route 53 Resolver, begins."""

FLOW_WORDS = {
    **dict.fromkeys(("action", "event.action"), (("ACCEPT", "Allowed"), ("REJECT", "Denied"))),
    **dict.fromkeys(("flow_direction", "flow-direction"), (("ingress", "Inbound"), ("egress", "Outbound"))),
}
HTTP_WORDS = {"action": (("ALLOW", "Allowed"), ("BLOCK", "Denied"))}
"""What the logs call values of a field for which OCSF, and so the column, has other words."""

_HUMP = re.compile(r"_([a-z0-9])")


def cloudtrail_name(field: str) -> str:
    """CloudTrail's own name for what the Elastic Common Schema calls otherwise; any other field as it is."""
    lowered = field.lower()
    parts = lowered.split(".")
    for end in range(len(parts), 0, -1):
        if found := ECS.get(".".join(parts[:end])):
            return ".".join([found, *field.split(".")[end:]])
    if lowered.startswith(_SNAKE):
        return ".".join(_HUMP.sub(lambda hump: hump[1].upper(), part) for part in parts[2:])
    return field
