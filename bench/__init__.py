"""How fast contacts move, against hand-written SQL that does the same writes: ``python -m bench``."""
