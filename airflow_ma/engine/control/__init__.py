"""Steering a running journey by hand: moving people, pausing, ending."""
