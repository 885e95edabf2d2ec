"""What models and the suite's own code say of answers: asked all at once, judged when scores are made."""
