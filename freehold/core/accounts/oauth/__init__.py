"""The hub as an authorisation server: applications, devices, codes, grants, and the keys that it signs with."""
