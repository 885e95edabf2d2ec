"""What reaches which call of a model, in a module and from one module to another."""
