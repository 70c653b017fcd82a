"""The pages of a person's webhooks."""
