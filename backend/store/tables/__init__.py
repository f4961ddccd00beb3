"""The tables. Nouns that cannot be retrofitted stand from the first migration.

`*_sealed` columns hold AES-GCM blobs with a key id (`backend.store.vault`); `*_index` columns hold blind indexes, so that
a phone, an identity number or a word of a name can be found without being readable. Every table names its retention class
in `info["retention"]`; `docs/retention.md` says how long each lives.
"""

from backend.store.base import Base
from backend.store.tables.dossiers import Dossier, Event, Notice, Party, Task
from backend.store.tables.messages import Attachment, Conversation, Message
from backend.store.tables.people import Consent, Contact, Person, PersonWord
from backend.store.tables.queue import Counter, Job, LookupTry, ProviderToken, TransferCode
from backend.store.tables.staff import ReadLog, Staff, StaffSession

__all__ = [
    "Base",
    "Attachment",
    "Consent",
    "Contact",
    "Conversation",
    "Counter",
    "Dossier",
    "Event",
    "Job",
    "LookupTry",
    "Message",
    "Notice",
    "Party",
    "Person",
    "PersonWord",
    "ProviderToken",
    "ReadLog",
    "Staff",
    "StaffSession",
    "Task",
    "TransferCode",
]
