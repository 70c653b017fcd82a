"""The audit's lines, their chain and the signed checkpoints over it, as values that anybody can verify."""
