"""A log of every source as it is delivered: name of the file, content, and what is in the lake afterwards."""

from __future__ import annotations

import gzip
import json
from typing import Any

A, R = "111111111111", "eu-west-1"

FLOW_5 = (
    "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr "
    "pkt-dstaddr protocol bytes packets start end action tcp-flags log-status flow-direction traffic-path region\n"
    f"5 vpc-1 subnet-1 i-1 eni-1 {A} IPv4 203.0.113.7 10.0.0.5 40000 443 203.0.113.7 10.0.0.5 6 840 8 1793527200 "
    "1793527260 ACCEPT 19 OK ingress - eu-west-1\n"
)
FLOW_2 = (
    f"2 {A} eni-0abc 10.0.0.5 198.51.100.9 443 50000 6 10 8400 1793527200 1793527260 REJECT OK\n"
    f"2 {A} eni-0abc - - - - - - - 1793527300 1793527360 - NODATA\n"
)
GUARDDUTY: dict[str, Any] = {
    "schemaVersion": "2.0", "accountId": A, "region": R, "partition": "aws", "id": "f1",
    "arn": f"arn:aws:guardduty:{R}:{A}:detector/d1/finding/f1", "type": "UnauthorizedAccess:IAMUser/TorIPCaller",
    "resource": {"resourceType": "AccessKey", "accessKeyDetails": {"userName": "ana", "principalId": "AIDA1"}},
    "service": {
        "serviceName": "guardduty", "detectorId": "d1", "archived": False, "count": 3,
        "eventFirstSeen": "2026-11-01T09:00:00Z", "eventLastSeen": "2026-11-01T10:00:00Z",
        "action": {"actionType": "AWS_API_CALL", "awsApiCallAction": {"api": "ListBuckets", "serviceName": "s3",
                   "remoteIpDetails": {"ipAddressV4": "198.51.100.1"}}},
    },
    "severity": 5, "createdAt": "2026-11-01T10:00:00.000Z", "updatedAt": "2026-11-01T10:00:00.000Z",
    "title": "A key was used from Tor.", "description": "It was.",
}  # fmt: skip
ASFF: dict[str, Any] = {
    "SchemaVersion": "2018-10-08", "Id": "s1", "ProductArn": f"arn:aws:securityhub:{R}::product/aws/securityhub",
    "ProductName": "Security Hub", "Region": R, "GeneratorId": "security-control/S3.1", "AwsAccountId": A,
    "CreatedAt": "2026-11-01T10:00:00Z", "UpdatedAt": "2026-11-01T11:00:00Z", "Severity": {"Label": "HIGH"},
    "Title": "S3 blocks public access", "Description": "…", "Types": ["Software and Configuration Checks"],
    "Remediation": {"Recommendation": {"Text": "Block it.", "Url": "https://example.com"}},
    "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::data", "Partition": "aws", "Region": R}],
    "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.1", "AssociatedStandards": [{"StandardsId": "cis"}]},
    "Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE",
}  # fmt: skip
VULNERABILITY = {key: value for key, value in ASFF.items() if key != "Compliance"} | {
    "Id": "v1",
    "Vulnerabilities": [{
        "Id": "CVE-2026-1", "Cvss": [{"BaseScore": 9.8, "Version": "3.1", "BaseVector": "AV:N"}],
        "VulnerablePackages": [{"Name": "openssl", "Version": "3.0", "Epoch": "1", "FixedInVersion": "3.1"}],
        "Vendor": {"Name": "NVD"}, "FixAvailable": "YES",
    }],
}  # fmt: skip
DNS = {
    "version": "1.100000", "account_id": A, "region": R, "vpc_id": "vpc-1", "query_timestamp": "2026-11-01T10:00:00Z",
    "query_name": "evil.example.", "query_type": "A", "query_class": "IN", "rcode": "NXDOMAIN",
    "answers": [{"Rdata": "192.0.2.1", "Type": "A", "Class": "IN"}], "srcaddr": "10.0.0.5", "srcport": "5353",
    "transport": "UDP", "srcids": {"instance": "i-1"}, "firewall_rule_action": "BLOCK", "firewall_rule_group_id": "g1",
}  # fmt: skip
WAF = {
    "timestamp": 1793527200123, "formatVersion": 1, "webaclId": f"arn:aws:wafv2:{R}:{A}:regional/webacl/shop/1",
    "terminatingRuleId": "sqli", "terminatingRuleType": "REGULAR", "action": "BLOCK", "httpSourceName": "ALB",
    "httpSourceId": "app/shop/1", "responseCodeSent": 403, "labels": [{"name": "awswaf:managed"}],
    "httpRequest": {
        "clientIp": "203.0.113.7", "country": "NL", "uri": "/login", "args": "a=1'--", "httpVersion": "HTTP/2.0",
        "httpMethod": "POST", "requestId": "r1",
        "headers": [{"name": "Host", "value": "shop.example"}, {"name": "User-Agent", "value": "curl/8"}],
    },
}  # fmt: skip
EKS = {
    "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "u1", "stage": "ResponseComplete",
    "requestURI": "/api/v1/namespaces/kube-system/secrets/x?y=1", "verb": "get",
    "user": {"username": "system:anonymous", "groups": ["system:unauthenticated"]}, "sourceIPs": ["203.0.113.7"],
    "userAgent": "kubectl/1.31", "objectRef": {"resource": "secrets", "namespace": "kube-system", "name": "x"},
    "responseStatus": {"code": 403, "reason": "Forbidden"}, "requestReceivedTimestamp": "2026-11-01T10:00:00.123456Z",
    "stageTimestamp": "2026-11-01T10:00:00.2Z", "annotations": {"authorization.k8s.io/decision": "forbid"},
}  # fmt: skip
ITEM = {
    "configurationItemVersion": "1.3", "configurationItemCaptureTime": "2026-11-01T10:00:00.000Z",
    "configurationStateId": 1, "awsAccountId": A, "configurationItemStatus": "OK", "resourceType": "AWS::S3::Bucket",
    "resourceId": "data", "resourceName": "data", "ARN": "arn:aws:s3:::data", "awsRegion": R,
    "configuration": {"name": "data"}, "tags": {"owner": "ana"},
}  # fmt: skip
ANALYZER = {
    "version": "1.0", "id": "a1", "status": "ACTIVE", "resourceType": "AWS::S3::Bucket",
    "resource": "arn:aws:s3:::data",
    "createdAt": "2026-11-01T10:00:00Z", "analyzedAt": "2026-11-01T10:00:00Z", "updatedAt": "2026-11-01T10:00:00Z",
    "accountId": A, "region": R, "principal": {"AWS": "*"}, "action": ["s3:GetObject"], "isPublic": True,
}  # fmt: skip
OCSF = {
    "class_uid": 6003, "category_uid": 6, "activity_id": 1, "type_uid": 600301, "severity_id": 1,
    "time": 1793527200000, "metadata": {"version": "1.1.0", "uid": "o1", "product": {"name": "X", "vendor_name": "Y"}},
    "cloud": {"provider": "AWS", "region": R, "account": {"uid": A}}, "api": {"operation": "PutObject"},
    "actor": {"user": {"uid": "u"}}, "src_endpoint": {"ip": "203.0.113.7"}, "unmapped": {"x": "1"},
    "resources": [{"uid": "arn:aws:s3:::data", "type": "AWS::S3::Bucket"}],
}  # fmt: skip
ALB = (
    "https 2026-11-01T10:00:00.186641Z app/shop/50dc 203.0.113.7:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 34 366 "
    '"GET https://shop.example:443/cart?id=1 HTTP/1.1" "curl/8 \\"x\\"" ECDHE-RSA TLSv1.2 '
    f"arn:aws:elasticloadbalancing:{R}:{A}:targetgroup/t/1 "
    '"Root=1-58" "shop.example" "-" 0 2026-11-01T10:00:00.0Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1\n'
)
ALB_6 = ALB.replace("203.0.113.7:2817", "[2001:db8::5]:2817").replace('\\"x\\"', "[x]")
"""A client that came by IPv6, with brackets in the name of its program."""
INSIGHT: dict[str, Any] = {
    "eventVersion": "1.09", "eventTime": "2026-11-01T10:00:00Z", "awsRegion": R, "eventID": "n1",
    "eventType": "AwsCloudTrailInsight", "recipientAccountId": A, "sharedEventID": "sh1", "eventCategory": "Insight",
    "insightDetails": {"state": "Start", "eventSource": "ssm.amazonaws.com", "eventName": "GetParameter",
                       "insightType": "ApiCallRateInsight", "insightContext": {"statistics": {}}},
}  # fmt: skip
UNUSED = {key: value for key, value in ANALYZER.items() if key not in ("principal", "action", "isPublic")} | {
    "id": "a2", "findingType": "UnusedIAMRole", "resourceType": "AWS::IAM::Role", "resource": f"arn:aws:iam::{A}:role/r"
}  # fmt: skip
NOTICE = json.dumps({
    "version": "0", "id": "e2", "detail-type": "Config Configuration Item Change", "source": "aws.config",
    "detail": {"messageType": "ConfigurationItemChangeNotification", "recordVersion": "1.3",
               "configurationItemDiff": {"changeType": "CREATE"}, "configurationItem": ITEM},
})  # fmt: skip
CLB = (
    "2026-11-01T10:00:00.945958Z old 203.0.113.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "
    '"GET http://old.example:80/ HTTP/1.1" "curl/8" - -\n'
)
NLB = (
    f"tls 2.0 2026-11-01T10:00:00 net/n/1 l1 203.0.113.7:51341 10.0.0.1:443 5 2 98 246 - arn:aws:acm:{R}:{A}:c/1 - "
    "ECDHE-RSA tlsv12 - n.example - - - 2026-11-01T10:00:00\n"
)
CLOUDFRONT = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status "
    "cs(Referer) cs(User-Agent) cs-uri-query x-edge-result-type x-edge-request-id x-host-header cs-protocol\n"
    "2026-11-01\t10:00:00\tLHR50\t392\t203.0.113.7\tGET\td1.cloudfront.net\t/a%20b\t404\t-\tcurl/8%20x\tq=1\tError\t"
    "RID1==\twww.example\thttps\n"
)
CLOUDFRONT_2 = {
    "timestamp(ms)": "1793527200123", "x-edge-location": "LHR50-P2", "c-ip": "2001:db8::7", "cs-method": "POST",
    "cs(Host)": "d1.cloudfront.net", "cs-uri-stem": "/a", "sc-status": "403", "cs(User-Agent)": "curl/8%20x",
    "cs(Referer)": "-", "x-edge-request-id": "RID2==", "x-host-header": "www.example", "time-taken": "0.015",
    "DistributionId": "E1AAAAAAAAAAAA", "c-country": "NL", "asn": "64496", "sc-bytes": "500",
}  # fmt: skip
S3 = (
    f"{'7' * 64} data [01/Nov/2026:10:00:00 +0000] 203.0.113.7 arn:aws:iam::{A}:user/ana 3E57427F REST.GET.OBJECT "
    'a/b%2Bc "GET /data/a/b%2Bc?x=1?y HTTP/1.1" 403 AccessDenied 243 - 7 - "-" "aws-cli \\"2\\"" - h1= SigV4 ECDHE '
    "AuthHeader data.s3.amazonaws.com TLSv1.2 - -\n"
)
SUBSCRIPTION = json.dumps({
    "messageType": "DATA_MESSAGE", "owner": A, "logGroup": "/aws/eks/shop/cluster",
    "logEvents": [{"id": "1", "timestamp": 1793527200000, "message": json.dumps(EKS)}],
})  # fmt: skip
ENVELOPE = json.dumps({
    "version": "0", "id": "e1", "detail-type": "GuardDuty Finding", "source": "aws.guardduty", "account": A,
    "time": "2026-11-01T10:00:00Z", "region": R, "resources": [], "detail": GUARDDUTY,
})  # fmt: skip
RESULT = (
    '"eventID","eventTime","eventSource","eventName","awsRegion","recipientAccountId","userIdentity.arn","sourceipaddress","readOnly"\n'
    f'"q1","2026-11-01 10:00:00.000","kms.amazonaws.com","Decrypt","{R}","{A}","arn:aws:iam::{A}:user/ana",'
    '"203.0.113.7","true"\n'
)
LB = f"AWSLogs/{A}/elasticloadbalancing/{R}/2026/11/01/"


def packed(*lines: Any) -> bytes:
    """Lines of JSON, packed."""
    return gzip.compress("\n".join(json.dumps(line) for line in lines).encode())


SAMPLES: dict[str, tuple[str, str, bytes | str, str, str, Any]] = {
    "lake-result": ("cloudtrail", f"AWSLogs/{'9' * 12}/CloudTrail-Lake/Query/2026/11/01/q/result_1.csv.gz",
                    gzip.compress(RESULT.encode()), "api_activity",
                    "metadata.uid, time, api.operation, actor.user.uid, accountid, region, activity_name",
                    ("q1", 1793527200000, "Decrypt", f"arn:aws:iam::{A}:user/ana", A, R, "Read")),
    "flow-5": ("vpc-flow", f"AWSLogs/{A}/vpcflowlogs/{R}/a.log.gz", gzip.compress(FLOW_5.encode()), "network_activity",
               ("src_endpoint.ip, dst_endpoint.port, action, traffic.bytes, connection_info.direction, "
               "dst_endpoint.instance_uid, start_time"),
               ("203.0.113.7", 443, "Allowed", 840, "Inbound", "i-1", 1793527200000)),
    "flow-2": ("vpc-flow", f"AWSLogs/{A}/vpcflowlogs/{R}/b.log", FLOW_2, "network_activity",
               "action, traffic.packets, cloud.account.uid, region", ("Denied", 10, A, R)),
    "guardduty": ("guardduty", "a.jsonl.gz", packed(GUARDDUTY), "detection_finding",
                  "finding_info.types[1], severity, evidences[1].src_endpoint.ip, resources[1].uid, activity_name",
                  ("UnauthorizedAccess:IAMUser/TorIPCaller", "Medium", "198.51.100.1", "AIDA1", "Create")),
    "eventbridge": ("guardduty", "b.json", ENVELOPE, "detection_finding", "metadata.uid", ("f1",)),
    "asff": ("securityhub", "c.json", json.dumps({"Findings": [ASFF]}), "compliance_finding",
             "compliance.control, compliance.status, severity_id, resources[1].uid, activity_name",
             ("S3.1", "Fail", 4, "arn:aws:s3:::data", "Update")),
    "vulnerability": ("securityhub", "d.json", json.dumps([VULNERABILITY]), "vulnerability_finding",
                      ("vulnerabilities[1].cve.uid, vulnerabilities[1].affected_packages[1].epoch, "
                      "vulnerabilities[1].is_fix_available"), ("CVE-2026-1", 1, True)),
    "dns": ("route53-resolver", "e.log.gz", packed(DNS), "dns_activity",
            "query.hostname, rcode_id, answers[1].rdata, disposition, src_endpoint.instance_uid",
            ("evil.example.", 3, "192.0.2.1", "Blocked", "i-1")),
    "waf": ("waf", "f.gz", packed(WAF), "http_activity",
            "http_request.user_agent, http_request.url.hostname, action, cloud.account.uid, activity_name, region",
            ("curl/8", "shop.example", "Denied", A, "Post", R)),
    "alb": ("alb", f"{LB}a.log.gz", gzip.compress(ALB.encode()), "http_activity",
            ("http_request.url.path, http_request.url.query_string, http_request.url.hostname, src_endpoint.port, "
            "http_response.code, dst_endpoint.ip, cloud.region"),
            ("/cart", "id=1", "shop.example", 2817, 200, "10.0.0.1", R)),
    "alb-6": ("alb", f"{LB}d.log.gz", gzip.compress(ALB_6.encode()), "http_activity",
              "src_endpoint.ip, src_endpoint.port, http_response.code, http_request.user_agent, tls.sni",
              ("2001:db8::5", 2817, 200, "curl/8 [x]", "shop.example")),
    "clb": ("clb", f"{LB}b.log", CLB, "http_activity", "dst_endpoint.name, http_response.code, cloud.account.uid",
            ("old", 200, A)),
    "nlb": ("nlb", f"{LB}c.log.gz", gzip.compress(NLB.encode()), "network_activity",
            "tls.sni, tls.version, traffic.bytes_out, src_endpoint.ip", ("n.example", "tlsv12", 246, "203.0.113.7")),
    "cloudfront": ("cloudfront", "E1AAAAAAAAAAAA.2026-11-01-10.abc.gz", gzip.compress(CLOUDFRONT.encode()),
                   "http_activity", "http_status, http_request.user_agent, metadata.uid, http_request.url.path",
                   (404, "curl/8 x", "RID1==", "/a%20b")),
    "cloudfront-2": ("cloudfront", "E1AAAAAAAAAAAA.2026-11-01-10.def.gz",
                     gzip.compress("".join(json.dumps(CLOUDFRONT_2 | more) + "\n" for more in (
                         {}, {"x-edge-request-id": "RID3=="})).encode()),
                     "http_activity", ("time, http_status, http_request.user_agent, metadata.uid, src_endpoint.ip, "
                     "dst_endpoint.uid, http_request.referrer, duration"),
                     (1793527200123, 403, "curl/8 x", "RID2==", "2001:db8::7", "E1AAAAAAAAAAAA", None, 15)),
    "s3": ("s3-access", "logs/2026-11-01-10-00-00-ABC", S3, "http_activity",
           ("actor.user.uid, api.operation, status_code, http_request.user_agent, dst_endpoint.name, "
           "http_request.url.query_string"),
           (f"arn:aws:iam::{A}:user/ana", "REST.GET.OBJECT", "AccessDenied", 'aws-cli \\"2\\"', "data", "x=1?y")),
    "s3-quotes": ("s3-access", "logs/2026-11-01-10-00-00-ABD", S3.replace('aws-cli \\"2\\"', 'a("b")c'),
                  "http_activity", "http_request.user_agent, tls.version, dst_endpoint.hostname",
                  ('a("b")c', "TLSv1.2", "data.s3.amazonaws.com")),
    "s3-blanks": ("s3-access", "logs/2026-11-01-10-00-00-ABE", S3.replace('aws-cli \\"2\\"', 'a "b" c'),
                  "http_activity", "actor.user.uid, api.operation, tls.version, tls.cipher, dst_endpoint.hostname",
                  (f"arn:aws:iam::{A}:user/ana", "REST.GET.OBJECT", None, None, None)),
    "eks": ("eks-audit", "g.json.gz", gzip.compress(SUBSCRIPTION.encode()), "api_activity",
            "api.operation, actor.user.name, status, resources[1].namespace, src_endpoint.ip",
            ("get", "system:anonymous", "Failure", "kube-system", "203.0.113.7")),
    "eks-owner": ("eks-audit", "n.json.gz", gzip.compress(SUBSCRIPTION.encode()), "api_activity",
                  "cloud.account.uid, accountid", (A, A)),
    "export": ("eks-audit", "exportedlogs/1/kube-apiserver-audit-1/000000.gz",
               gzip.compress(b"2026-11-01T10:00:00.123Z " + json.dumps(EKS).encode() + b"\n"), "api_activity",
               "metadata.uid", ("u1/ResponseComplete",)),
    "config": ("config", f"AWSLogs/{A}/Config/{R}/h.json.gz",
               gzip.compress(json.dumps({"fileVersion": "1.0", "configurationItems": [ITEM]}).encode()),
               "cloud_resources_inventory_info", "resources[1].uid, resources[1].type, status_detail",
               ("arn:aws:s3:::data", "AWS::S3::Bucket", "OK")),
    "analyzer": ("access-analyzer", "i.json", json.dumps(ANALYZER), "detection_finding",
                 "severity, resources[1].uid, status", ("High", "arn:aws:s3:::data", "New")),
    "unused": ("access-analyzer", "k.json", json.dumps(UNUSED), "detection_finding", "message, finding_info.types[1]",
               (f"arn:aws:iam::{A}:role/r is not used", "UnusedIAMRole")),
    "config-change": ("config", "l.json", NOTICE, "cloud_resources_inventory_info", "resources[1].uid, accountid",
                      ("arn:aws:s3:::data", A)),
    "ocsf": ("ocsf-api-activity", "j.json", json.dumps(OCSF), "api_activity",
             "api.operation, metadata.uid, metadata.version, resources[1].uid, unmapped, activity_name",
             ("PutObject", "o1", "1.1.0", "arn:aws:s3:::data", '{"x":"1"}', "Create")),
}  # fmt: skip
"""Source, file, content, table, what is asked of its first row, and the answer."""
