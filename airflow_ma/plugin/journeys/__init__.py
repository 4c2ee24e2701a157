"""The list of journeys and one journey as the builder sees it."""
