"""Promises, and their proofs."""
