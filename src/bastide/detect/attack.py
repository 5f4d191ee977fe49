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
