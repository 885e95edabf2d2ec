class ZeroSumTest { /* for all commands: sum per currency is zero */ }
