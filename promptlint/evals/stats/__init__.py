"""What paired scores prove: tests and intervals of a mean difference; pure, standard library only."""
