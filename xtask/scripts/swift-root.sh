#!/usr/bin/env bash
# swift-root.sh CACHE - make, once, a Debian trixie root with Debian's own Swift 6 for machines whose system has none. Prints its path.
# Needs root. Its packages come from the Debian mirror that this machine uses. 2.6 GB, so CACHE outlives a checkout.
set -euo pipefail

cache=$1 made=$1/root
if [ ! -e "$made/.done" ]; then
  command -v mmdebstrap >/dev/null || { apt-get update -qq; apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 mmdebstrap; } >&2
  # The first URI of a deb822 file, or of the first line of a list.
  mirror=$(sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n1)
  [ -n "$mirror" ] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n1)
  [ -n "$mirror" ] || { echo "no Debian mirror is set up on this machine" >&2; exit 1; }
  mkdir -p "$cache"
  exec 9>"$cache/lock"; flock 9 # two checkouts may ask at once
  if [ ! -e "$made/.done" ]; then
    rm -rf "$made" "$made.tmp"
    mmdebstrap --quiet --variant=minbase --aptopt='APT::Install-Recommends "false"' \
      --include=swiftlang,libc6-dev,libstdc++-14-dev trixie "$made.tmp" "$mirror" >&2
    rm -rf "$made.tmp"/var/cache/apt/archives/*.deb "$made.tmp"/var/lib/apt/lists/*
    mv "$made.tmp" "$made"
    touch "$made/.done"
  fi
fi
echo "$made"
