"""The preflight: whether mail of this installation can arrive, as values that are easy to test.

Probes (`resolver`, `http`, and those that the transport and the store bring) speak to the world;
checks turn what they found into verdicts, and ask the world nothing themselves.
"""

from digest.doctor.check import Check, Verdict

__all__ = ["Check", "Verdict"]
