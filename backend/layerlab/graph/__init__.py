"""Graphs: from a list of nodes to a checked plan, and from the plan to a network that can be watched."""
