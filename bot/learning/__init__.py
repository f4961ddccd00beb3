"""The learning loop: what was not understood, what officers say it meant, and the models made of that (docs/learning.md)."""
