"""Rasa components of Một Cửa. Rasa finds them as `components.*` from this project's folder, as its own commands do.

They import `bot.text`, so the repository root is put on the path here: neither PYTHONPATH nor an installed
package is needed, whether `rasa` is called by hand or by `server.py`.
"""

import sys
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parents[3])
if _ROOT not in sys.path:
    sys.path.append(_ROOT)
