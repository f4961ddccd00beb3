"""How sure is sure. One place, so that a measurement of the model changes one line (confidences are calibrated)."""

INTENT_SURE = 0.60
"""At or above: the wish is served."""
INTENT_UNSURE = 0.30
"""Below: not understood. Between the two the procedure decides, or the ladder asks."""
WEIGHTY_SURE = 0.97
"""At or above: a task for a clerk is made, or something ended, without asking first."""
GUESS = 0.45
"""With NLU down: an intent guessed from plain words is served from here; what cannot be undone is asked about anyway."""
KIND_SURE = 0.90
"""Below, with a procedure that is sure: what is asked about it (papers, fee, days …) is asked back."""
KIND_OFFERED = 0.05
"""Kinds of question at or above are among the choices."""
PROCEDURE_SURE = 0.65
"""At or above, and with no rival: taken without asking."""
PROCEDURE_UNSURE = 0.20
"""Candidates at or above are offered: "ý bác là 1 … 2 …?"."""
PROCEDURE_TOLD = 0.05
"""The same where a text itself tells died from lost: then the wrong side is left out, however likely."""
PROCEDURE_RIVAL = 0.25
"""A second candidate at or above makes even a sure one a question."""
URGENT = 0.35
"""Missing a cry for help costs more than a needless call, so its bar is low."""
URGENT_NAMED = 0.70
"""The same where the message surely names a procedure: a lost card is no danger."""
MENU = 4
"""More choices than this are not read to the end on a small screen."""
STALE_HOURS = 12
"""After this a digit is asked about: nobody remembers what "1" meant yesterday."""
PART_SURE = 0.85
"""Of half a message: at or above, it is a service asked for beside the other half."""
MISSES = 3
"""The third misunderstanding in a row goes to a person."""
CALL_HOURS = 4
"""Within this time after a call for a person, another misunderstanding calls nobody else."""
MEDIA_KEPT = 8
"""Photos kept before a form is open."""
MEDIA_OF_CASE = 40
"""Photos listed in a draft; older ones stay with its dossier."""
STORY_LENGTH = 3000
"""Characters of a told story; the rest is for the desk."""
