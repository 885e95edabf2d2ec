"""How containers spell text: readers that know where every character of a value stands."""
