"""Contacts: importing them, and asking which of them match."""
