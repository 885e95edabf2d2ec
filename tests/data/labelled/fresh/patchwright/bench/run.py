import argparse

p = argparse.ArgumentParser()
p.add_argument("--tasks", type=int, default=60)
p.add_argument("--seed", type=int, default=0)
print(p.parse_args())
