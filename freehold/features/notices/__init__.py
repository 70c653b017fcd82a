"""Telling others what happened: webhooks for programs, notices and mails for people, all fed by one outbox."""
