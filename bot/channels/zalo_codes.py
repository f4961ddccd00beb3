"""Zalo's error codes of the Official Account API and of template messages, with what they ask of us.

Zalo answers HTTP 200 to everything; the code is in the body. A person who refuses messages is not written to on
another channel either; one who merely has no Zalo, or whose window is closed, gets an SMS.
"""

from __future__ import annotations

from bot.channels.base import Codes

STALE_TOKEN = frozenset({"-216", "-220", "-124"})
"""The access token is invalid or expired: refresh it once and try again."""

CODES: Codes = {
    "-32": ("Rate limit exceeded", "busy"),
    "-101": ("Application invalid", "account"),
    "-102": ("Application does not exist", "account"),
    "-103": ("Application not activated", "account"),
    "-104": ("Secret key invalid", "account"),
    "-105": ("Application not linked to the Official Account", "account"),
    "-108": ("Phone number invalid", "bad_number"),
    "-109": ("Template invalid", "content"),
    "-110": ("This version of the Zalo application cannot show it", "not_here"),
    "-111": ("Template data empty", "content"),
    "-112": ("Template data invalid", "content"),
    "-113": ("Button invalid", "content"),
    "-114": ("User cannot receive the message: inactive, or has refused", "refused"),
    "-115": ("Balance or quota used up", "account"),
    "-117": ("No permission for this template", "account"),
    "-118": ("No Zalo account", "not_here"),
    "-119": ("Account cannot receive messages", "not_here"),
    "-124": ("Access token invalid", "account"),
    "-125": ("Official Account id invalid", "account"),
    "-126": ("Development mode: balance used up", "account"),
    "-127": ("Development mode: administrators only", "account"),
    "-131": ("Template not approved", "content"),
    "-132": ("Parameter invalid", "content"),
    "-133": ("Not allowed at night", "night"),
    "-135": ("Official Account may not send template messages", "account"),
    "-136": ("Zalo Cloud Account must be connected", "account"),
    "-137": ("Zalo Cloud Account cannot be charged", "account"),
    "-139": ("User refuses this type of message", "refused"),
    "-140": ("User may not receive this type of message", "refused"),
    "-141": ("User refuses messages of this Official Account", "refused"),
    "-144": ("Daily limit of the Official Account", "busy"),
    "-146": ("Template disabled for its quality", "content"),
    "-147": ("Daily limit of the template", "busy"),
    "-200": ("Sending failed", "busy"),
    "-201": ("Parameter invalid", "content"),
    "-204": ("Official Account disabled", "account"),
    "-205": ("Official Account does not exist", "account"),
    "-209": ("Application not activated", "account"),
    "-211": ("Out of quota", "busy"),
    "-212": ("Official Account not registered for this API", "account"),
    "-213": ("User does not follow the Official Account", "not_here"),
    "-216": ("Access token invalid", "account"),
    "-217": ("User blocks invitations", "not_here"),
    "-219": ("Application removed", "account"),
    "-220": ("Access token expired", "account"),
    "-221": ("Official Account must be verified", "account"),
    "-223": ("Application not authorised", "account"),
    "-224": ("Service plan must be upgraded", "account"),
    "-227": ("User banned, or inactive for 45 days", "not_here"),
    "-230": ("User has not interacted for 7 days", "window_closed"),
    "-234": ("Not allowed at night", "night"),
    "-240": ("API shut down", "content"),
    "-244": ("User refuses this type of message", "refused"),
    "-248": ("Against the policy", "account"),
    "-249": ("Template may not be sent by user id", "content"),
    "-320": ("Zalo Cloud Account not connected", "account"),
    "-321": ("Zalo Cloud Account cannot be charged", "account"),
}
_FAMILIES = {"-112": "-112", "-135": "-135", "-144": "-144", "-147": "-147"}
"""Zalo appends a digit for detail (-1121, -1351 …); the family decides."""


def reason(code: str) -> str:
    """Return the reason key of a code; an unknown one is our content's fault until someone has looked at it."""
    known = CODES.get(code) or CODES.get(_FAMILIES.get(code[:4], ""))
    return known[1] if known else "content"
