"""What leaves our hands: training data, the batch plan, the settings of caches."""
