"""The threshold of a semantic cache, tuned on judged pairs of logged questions."""
