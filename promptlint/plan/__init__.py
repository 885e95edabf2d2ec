"""What to do first, in dollars: usage and what was found of prompts -> savings in the order to do them."""
