#!/usr/bin/env bash
# swift-run.sh ROOT PROJECT FOLDER COMMAND… - run COMMAND in FOLDER with the files of ROOT (swift-root.sh), and PROJECT at its own path.
# Mounts live and die with the command; only CI and SWIFT_* of the environment pass.
set -euo pipefail

root=$1 project=$(realpath "$2") folder=$(realpath "$3")
shift 3
export root project
exec unshare --mount --pid --fork --kill-child bash -euc '
  mount --make-rprivate /
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/tmp"
  mkdir -p "$root$project"
  mount --bind "$project" "$root$project"
  folder=$1; shift
  passed=(); for name in CI ${!SWIFT_@}; do [ -z "${!name:-}" ] || passed+=("$name=${!name}"); done
  exec chroot "$root" /usr/bin/env -i HOME=/tmp LANG=C.UTF-8 PATH=/usr/libexec/swift/bin:/usr/bin:/bin "${passed[@]}" \
    bash -c "cd \"\$1\"; shift; exec \"\$@\"" _ "$folder" "$@"' _ "$folder" "$@"
