#!/usr/bin/env python
import sys
sys.exit("no settings here")
