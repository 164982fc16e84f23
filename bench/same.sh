#!/bin/sh
# Do two checkouts make the same, to the bit? bench/same.sh [--training N] [--only TEXT] OLD [NEW]
# Wants a JDK 25: JAVA_HOME, one in /usr/lib/jvm, or the java of the path.
set -eu
for home in "${JAVA_HOME:-/nonexistent}" /usr/lib/jvm/*25* ''; do
  [ -z "$home" ] || grep -qs '^JAVA_VERSION="2[5-9]' "$home/release" || continue
  exec "${home:+$home/bin/}java" "$(dirname "$0")/src/main/java/io/zoetrope/bench/same/Same.java" "$@"
done
