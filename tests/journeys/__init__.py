"""Stories that people live through with the hub, told with the programs that they use."""
