#!/bin/sh
set -e
exec ./gradlew "${1:+:$1:}testDebugUnitTest"
