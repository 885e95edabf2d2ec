"""Compiles what is known of prompts, and a policy, into the configuration of gateways; checks such files."""
