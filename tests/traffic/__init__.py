"""Traffic: sources, engines, findings, matching, pages."""
