"""The threshold of a semantic cache, tuned on pairs of logged questions that somebody has judged."""
