"""The plain model of a journey, with no I/O: graph, durations, checks, YAML."""
