"""The operator's commands, each a thin call into the house."""
