"""Whether a folded word can be a Vietnamese syllable, so that "asdf" is no name."""

from __future__ import annotations

import re

_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|g|h|k|l|m|n|p|r|s|t|v|x|f|j|w|z"
_RIME = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|e|ec|ech|em|en|eng|enh|eo|ep|et|eu|i|ia|ich|iec|iem|ien|ieng|iep|iet|ieu|im|in|inh|ip|it|iu|"
    "o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oat|oay|oc|oe|oem|oen|oeo|oet|oi|om|on|ong|ooc|oong|op|ot|"
    "u|ua|uc|ue|uech|uenh|ui|um|un|ung|uo|uoc|uoi|uom|uon|uong|uop|uot|uou|up|ut|uu|ua|uan|uang|uat|uay|ue|ui|uy|uya|uych|uyen|uyet|uyn|uynh|uyt|uyu|"
    "y|yem|yen|yet|yeu|yn|ynh"
)
_SYLLABLE = re.compile(rf"(?:{_ONSET})?(?:{_RIME})$")


def is_syllable(bare: str) -> bool:
    """Whether the folded word has the shape of a syllable, of Tày, Dao and Mông names too."""
    return bool(_SYLLABLE.match(bare))
