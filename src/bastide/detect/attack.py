"""ATT&CK's tactics for clouds, in the order of an attack: facts of the matrix, as tags of rules name them."""

from __future__ import annotations

TACTICS = {
    "reconnaissance": ("TA0043", "Reconnaissance"),
    "resource-development": ("TA0042", "Resource Development"),
    "initial-access": ("TA0001", "Initial Access"),
    "execution": ("TA0002", "Execution"),
    "persistence": ("TA0003", "Persistence"),
    "privilege-escalation": ("TA0004", "Privilege Escalation"),
    "defense-evasion": ("TA0005", "Defense Evasion"),
    "stealth": ("TA0005", "Defense Evasion"),
    "defense-impairment": ("TA0005", "Defense Evasion"),
    "credential-access": ("TA0006", "Credential Access"),
    "discovery": ("TA0007", "Discovery"),
    "lateral-movement": ("TA0008", "Lateral Movement"),
    "collection": ("TA0009", "Collection"),
    "command-and-control": ("TA0011", "Command and Control"),
    "exfiltration": ("TA0010", "Exfiltration"),
    "impact": ("TA0040", "Impact"),
}
"""Id and name by the word that tags have."""

_ORDER = list(dict.fromkeys(uid for uid, _ in TACTICS.values()))


def tactic(word: str) -> tuple[str, str] | None:
    """Id and name of a tactic by its tag, None for a word that is none."""
    return TACTICS.get(word.lower().replace("_", "-"))


def in_order(words: set[str]) -> list[str]:
    """Names of tactics, each once, as an attack goes through them."""
    found = {known for word in words if (known := tactic(word))}
    return [name for _, name in sorted(found, key=lambda one: _ORDER.index(one[0]))]


TECHNIQUES = {
    "T1005": "Data from Local System",
    "T1020": "Automated Exfiltration",
    "T1021": "Remote Services",
    "T1021.004": "SSH",
    "T1021.007": "Cloud Services",
    "T1021.008": "Direct Cloud VM Connections",
    "T1040": "Network Sniffing",
    "T1046": "Network Service Discovery",
    "T1048": "Exfiltration Over Alternative Protocol",
    "T1049": "System Network Connections Discovery",
    "T1053.007": "Container Orchestration Job",
    "T1059.009": "Cloud API",
    "T1069.003": "Cloud Groups",
    "T1070": "Indicator Removal",
    "T1071.003": "Mail Protocols",
    "T1071.004": "DNS",
    "T1072": "Software Deployment Tools",
    "T1074.002": "Remote Data Staging",
    "T1078": "Valid Accounts",
    "T1078.001": "Default Accounts",
    "T1078.004": "Cloud Accounts",
    "T1082": "System Information Discovery",
    "T1087.004": "Cloud Account",
    "T1090.003": "Multi-hop Proxy",
    "T1098": "Account Manipulation",
    "T1098.001": "Additional Cloud Credentials",
    "T1098.003": "Additional Cloud Roles",
    "T1098.004": "SSH Authorized Keys",
    "T1098.006": "Additional Container Cluster Roles",
    "T1102": "Web Service",
    "T1110": "Brute Force",
    "T1110.001": "Password Guessing",
    "T1110.003": "Password Spraying",
    "T1110.004": "Credential Stuffing",
    "T1119": "Automated Collection",
    "T1133": "External Remote Services",
    "T1136.003": "Cloud Account",
    "T1190": "Exploit Public-Facing Application",
    "T1195": "Supply Chain Compromise",
    "T1199": "Trusted Relationship",
    "T1201": "Password Policy Discovery",
    "T1204.003": "Malicious Image",
    "T1213": "Data from Information Repositories",
    "T1213.006": "Databases",
    "T1484": "Domain or Tenant Policy Modification",
    "T1484.002": "Trust Modification",
    "T1485": "Data Destruction",
    "T1485.001": "Lifecycle-Triggered Deletion",
    "T1486": "Data Encrypted for Impact",
    "T1489": "Service Stop",
    "T1490": "Inhibit System Recovery",
    "T1491.002": "External Defacement",
    "T1496": "Resource Hijacking",
    "T1496.001": "Compute Hijacking",
    "T1496.003": "SMS Pumping",
    "T1496.004": "Cloud Service Hijacking",
    "T1498": "Network Denial of Service",
    "T1518.001": "Security Software Discovery",
    "T1525": "Implant Internal Image",
    "T1526": "Cloud Service Discovery",
    "T1528": "Steal Application Access Token",
    "T1530": "Data from Cloud Storage",
    "T1531": "Account Access Removal",
    "T1535": "Unused/Unsupported Cloud Regions",
    "T1537": "Transfer Data to Cloud Account",
    "T1538": "Cloud Service Dashboard",
    "T1546": "Event Triggered Execution",
    "T1548": "Abuse Elevation Control Mechanism",
    "T1548.005": "Temporary Elevated Cloud Access",
    "T1550.001": "Application Access Token",
    "T1552": "Unsecured Credentials",
    "T1552.001": "Credentials In Files",
    "T1552.005": "Cloud Instance Metadata API",
    "T1553": "Subvert Trust Controls",
    "T1555.006": "Cloud Secrets Management Stores",
    "T1556": "Modify Authentication Process",
    "T1556.006": "Multi-Factor Authentication",
    "T1556.009": "Conditional Access Policies",
    "T1562": "Impair Defenses",
    "T1562.001": "Disable or Modify Tools",
    "T1562.007": "Disable or Modify Cloud Firewall",
    "T1562.008": "Disable or Modify Cloud Logs",
    "T1567": "Exfiltration Over Web Service",
    "T1567.002": "Exfiltration to Cloud Storage",
    "T1568.002": "Domain Generation Algorithms",
    "T1571": "Non-Standard Port",
    "T1572": "Protocol Tunneling",
    "T1578": "Modify Cloud Compute Infrastructure",
    "T1578.001": "Create Snapshot",
    "T1578.002": "Create Cloud Instance",
    "T1578.003": "Delete Cloud Instance",
    "T1578.004": "Revert Cloud Instance",
    "T1578.005": "Modify Cloud Compute Configurations",
    "T1580": "Cloud Infrastructure Discovery",
    "T1584.001": "Domains",
    "T1595": "Active Scanning",
    "T1606.002": "SAML Tokens",
    "T1609": "Container Administration Command",
    "T1610": "Deploy Container",
    "T1611": "Escape to Host",
    "T1613": "Container and Resource Discovery",
    "T1619": "Cloud Storage Object Discovery",
    "T1621": "Multi-Factor Authentication Request Generation",
    "T1648": "Serverless Execution",
    "T1651": "Cloud Administration Command",
    "T1654": "Log Enumeration",
    "T1666": "Modify Cloud Resource Hierarchy",
}
"""Names of the techniques that concern clouds, by id."""


def technique(uid: str) -> str:
    """The name of a technique; empty for one that is not of clouds."""
    return TECHNIQUES.get(uid.upper(), "")
