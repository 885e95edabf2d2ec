"""Makes prompts shorter by edits that are proven: by their contract alone, or by an eval suite as well."""
