"""Twilio's words: message statuses, and error codes with what they ask of us.

Codes and wording: twilio.com/docs/api/errors; the classes follow RapidPro's experience (nyaruka/courier,
handlers/twiml). In Viet Nam "delivered" says that the operator's centre took it, not that a phone did.
"""

from __future__ import annotations

from bot.channels.base import Codes, Status

STATUSES: dict[str, Status] = {
    "accepted": "accepted", "scheduled": "accepted", "queued": "accepted", "sending": "accepted",
    "sent": "sent", "partially_delivered": "sent", "delivered": "delivered", "read": "seen",
    "undelivered": "failed", "failed": "failed", "canceled": "failed",
}  # fmt: skip

CODES: Codes = {
    "14107": ("Rate limit exceeded", "busy"),
    "20003": ("Permission denied: authentication", "account"),
    "20404": ("The requested resource was not found", "account"),
    "20429": ("Too many requests", "busy"),
    "21211": ("Invalid 'To' phone number", "bad_number"),
    "21212": ("Invalid 'From' phone number", "account"),
    "21408": ("Permission to send an SMS has not been enabled for the region", "account"),
    "21602": ("Message body is required", "content"),
    "21603": ("A 'From' phone number is required", "account"),
    "21604": ("A 'To' phone number is required", "content"),
    "21606": ("'From' is not a valid, message-capable number of this account", "account"),
    "21608": ("'To' is not yet verified (trial account)", "account"),
    "21610": ("Attempt to send to unsubscribed recipient", "refused"),
    "21611": ("This 'From' number has exceeded the maximum number of queued messages", "busy"),
    "21612": ("'To' is not currently reachable using the 'From' number", "bad_number"),
    "21614": ("'To' is not a valid mobile number", "bad_number"),
    "21617": ("The concatenated message body exceeds 1600 characters", "content"),
    "21703": ("The Messaging Service has no phone numbers", "account"),
    "30001": ("Queue overflow", "busy"),
    "30002": ("Account suspended", "account"),
    "30003": ("Unreachable destination handset", "unreachable"),
    "30004": ("Message blocked", "bad_number"),
    "30005": ("Unknown destination handset", "bad_number"),
    "30006": ("Landline or unreachable carrier", "bad_number"),
    "30007": ("Message filtered", "content"),
    "30008": ("Unknown error", "unreachable"),
    "30009": ("Missing inbound segment", "unreachable"),
    "30017": ("Carrier network congestion", "busy"),
    "30018": ("Destination carrier requires sender ID pre-registration", "account"),
    "30024": ("Numeric sender ID is not provisioned on the carrier", "account"),
    "30410": ("Provider timeout", "busy"),
    "63018": ("Rate limit exceeded for channel", "busy"),
    "63038": ("Account exceeded the daily messages limit", "busy"),
}
