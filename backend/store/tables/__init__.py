"""The tables. Nouns that cannot be retrofitted stand from the first migration.

`*_sealed` columns hold AES-GCM blobs with a key id (`backend.store.vault`); `*_index` columns hold blind indexes, so that
a phone, an identity number or a word of a name can be found without being readable. Every table names its retention class
in `info["retention"]`; `docs/retention.md` says how long each lives.
"""

from backend.store.base import Base
from backend.store.tables.api import ApiToken, Hook, HookDelivery, KeptAnswer, PortalCase
from backend.store.tables.clocks import Anchor, CalendarDay, Complaint, DueWarning
from backend.store.tables.dossiers import Dossier, Event, Notice, Party, Task
from backend.store.tables.exchange import ExchangeFileIn, ExchangeFileOut, ExchangeIn, ExchangeOut, ExchangePiece, Transfer
from backend.store.tables.messages import Attachment, Conversation, Message
from backend.store.tables.people import Consent, Contact, Person, PersonWord
from backend.store.tables.queue import Counter, Job, LookupTry, ProviderToken, TransferCode
from backend.store.tables.staff import ReadLog, Staff, StaffEvent, StaffSession
from backend.store.tables.understanding import Model, ModelArchive, UnsureLine
from backend.store.tables.workflow import Absence, Consultation, HandOver, Part

__all__ = [
    "Base",
    "Absence",
    "Anchor",
    "ApiToken",
    "Attachment",
    "CalendarDay",
    "Complaint",
    "Consent",
    "Consultation",
    "Contact",
    "Conversation",
    "Counter",
    "Dossier",
    "DueWarning",
    "Event",
    "ExchangeFileIn",
    "ExchangeFileOut",
    "ExchangeIn",
    "ExchangeOut",
    "ExchangePiece",
    "HandOver",
    "Hook",
    "HookDelivery",
    "Job",
    "KeptAnswer",
    "LookupTry",
    "Message",
    "Model",
    "ModelArchive",
    "Notice",
    "Part",
    "Party",
    "Person",
    "PersonWord",
    "PortalCase",
    "ProviderToken",
    "ReadLog",
    "Staff",
    "StaffEvent",
    "StaffSession",
    "Task",
    "Transfer",
    "TransferCode",
    "UnsureLine",
]
