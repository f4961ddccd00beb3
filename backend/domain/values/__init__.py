"""Reads what people write as values: dates, numbers, names, places. Each reader is in the module of its noun.

`read_…(text, today, **context) -> Read | Ask | Refuse`: sure, doubtful, or not there. No reader raises on any text, and
none returns what it is not sure of. Reasons are keys; their words are the bot's.
"""
