"""Spells lines as people type them: reads a JSON list of texts, writes `{spelling: [texts]}` in the same order.

`python spell.py --seed 7 < texts.json`, with any Python from 3.10 on: the app measures in the spellings that the training
makes, and imports nothing of this folder.
"""

from __future__ import annotations

import argparse
import json
import sys

from components.noise import SPELLINGS, spelt


def main() -> None:
    """Spell the texts of standard input in every way."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seed", type=int, default=7, help="another one makes other slips")
    seed = options.parse_args().seed
    texts = json.load(sys.stdin)
    json.dump({spelling: [spelt(text, spelling, seed) for text in texts] for spelling in SPELLINGS}, sys.stdout)


if __name__ == "__main__":
    main()
