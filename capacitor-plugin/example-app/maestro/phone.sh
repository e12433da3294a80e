#!/usr/bin/env bash
# phone.sh android|ios build - the example app with the packed plugin (target/dist/*.tgz), and a publisher with releases for it, in target/phone.
# phone.sh android|ios ready - compile and fetch what `run` needs, so that `run` does neither.
# phone.sh android|ios run [starts] - on the emulator or simulator that runs: every flow against `aloft serve`, then the time of load();
#   `starts` only starts the app, where the web view is older than its page.
# Called by `cargo xtask phone`. May touch: target/phone, and the device.
set -euo pipefail

platform=$1 task=$2 only=${3:-}
flows=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$flows/../../.." && pwd)
work=$root/target/phone app=$work/app id=app.aloft.example
address=127.0.0.1:8127
aloft=$root/target/release/aloft
release_flags=(--config "$work/publisher/aloft.toml")

build() {
  local packages=("$root"/target/dist/*.tgz)
  [ -e "${packages[0]}" ] || { echo "make the package first: cargo xtask package" >&2; exit 1; }
  rm -rf "$work"; mkdir -p "$app" "$work/bundles" "$work/publisher" "$work/apps"
  (cd "$flows/.." && tar -c --exclude=node_modules --exclude=maestro .) | tar -x -C "$app"
  cd "$app"
  npm pkg set "dependencies.@aloft/capacitor-updater=file:${packages[0]}"
  npm install --ignore-scripts --no-audit --no-fund

  (cd "$work/publisher" && "$aloft" init --app "$id" --site "$work/site" && "$aloft" keys new)
  ALOFT_KEY=$("$aloft" keys show --json "${release_flags[@]}" | node -pe 'JSON.parse(fs.readFileSync(0)).signing.public_key')
  export ALOFT_KEY ALOFT_FEED=http://$address
  for version in 1.1.0 1.2.0; do bundle "$version" "$version"; done
  VITE_VERSION=2.0.0 npm run build:variants
  mv variants/silent "$work/bundles/2.0.0-silent"
  "build_$platform"
}

bundle() { VITE_VERSION=$1 npm run build && mv dist "$work/bundles/$2"; }

# Web assets that the app ships with, copied into the native project.
builtin() {
  VITE_VERSION=$1 npm run build
  "$aloft" bundle dist --builtin "${release_flags[@]}"
  npx cap sync "$platform"
}

build_android() {
  npx cap add android
  echo 'android.enableR8.fullMode=true' >> android/gradle.properties
  sed -i 's/minifyEnabled false/minifyEnabled true\n            signingConfig signingConfigs.debug/' android/app/build.gradle
  grep -q 'minifyEnabled true' android/app/build.gradle
  local code=1
  for version in 1.0.0 3.0.0; do
    builtin "$version"
    sed -i "s/versionCode [0-9]*/versionCode $code/; s/versionName .*/versionName \"$version\"/" android/app/build.gradle
    (cd android && ./gradlew --no-daemon assembleRelease)
    cp android/app/build/outputs/apk/release/app-release.apk "$work/apps/$version.apk"
    code=$((code + 1))
  done
}

build_ios() {
  mkdir -p dist # `cap add` wants one
  npx cap add ios --packagemanager "${ALOFT_PACKAGE_MANAGER:-SPM}"
  local code=1 project=(-project App.xcodeproj)
  for version in 1.0.0 3.0.0; do
    builtin "$version"
    [ "${ALOFT_PACKAGE_MANAGER:-SPM}" = SPM ] || project=(-workspace App.xcworkspace)
    (cd ios/App && xcodebuild -quiet "${project[@]}" -scheme App -configuration Release -sdk iphonesimulator -arch arm64 \
      -derivedDataPath "$work/derived" "CURRENT_PROJECT_VERSION=$code" "MARKETING_VERSION=$version" build)
    cp -R "$work/derived/Build/Products/Release-iphonesimulator/App.app" "$work/apps/$version.app"
    code=$((code + 1))
  done
}

ready() { mkdir -p "$work"; maestro_is_there; }

run() {
  mkdir -p "$work/report"
  maestro_is_there
  "reach_$platform"
  trap 'kill "$(jobs -p)" 2>/dev/null || true' EXIT
  "install_$platform" 1.0.0
  if [ "$only" = starts ]; then "starts_$platform"; return; fi

  serve
  flow install
  publish 1.1.0
  flow update
  publish 1.2.0
  serve --fault 'drip=2000@artifacts/*#1'
  flow downloading
  "kill_$platform" # as the system does it; Maestro's killApp spares an app in the foreground
  flow killed
  serve
  flow resumed
  publish 2.0.0-silent
  flow broken
  "install_$platform" 3.0.0 # over the one that is there
  flow native
  "starts_$platform"
}

# Some of these releases never say that they are ready.
publish() { "$aloft" publish "$work/bundles/$1" --version "$1" --yes --allow not_ready "${release_flags[@]}"; }

serve() {
  [ -z "${server:-}" ] || { kill "$server"; wait "$server" 2>/dev/null || true; }
  "$aloft" serve "$work/site" --listen "$address" "$@" >> "$work/report/serve.log" 2>&1 &
  server=$!
}

flow() { echo "flow: $1"; "$maestro" test --format junit --output "$work/report/$1.xml" --debug-output "$work/report/$1" "$flows/$1.yaml"; }

reach_android() { adb wait-for-device; adb reverse "tcp:${address##*:}" "tcp:${address##*:}"; }
reach_ios() {
  device=$(xcrun simctl list devices available --json | node "$flows/newest-iphone.mjs")
  xcrun simctl bootstatus "$device" -b
}

install_android() { adb install -r "$work/apps/$1.apk"; }
install_ios() { xcrun simctl install booted "$work/apps/$1.app"; }

# SIGKILL by root, whom emulators of `google_apis` images have; then the process must be gone.
kill_android() {
  local pid
  pid=$(adb shell pidof "$id")
  adb shell su 0 kill -9 "$pid"
  for _ in $(seq 50); do [ "$(adb shell pidof "$id")" = "$pid" ] || return 0; done
  echo "the app survived its kill" >&2
  return 1
}
kill_ios() { xcrun simctl terminate booted "$id"; }

# 20 starts: the app lives, and half of the times that `load()` took are at most 30 ms.
starts_android() {
  adb logcat -c
  for _ in $(seq 20); do
    adb shell am force-stop "$id"
    adb shell am start -W -n "$id/.MainActivity" > /dev/null
    adb shell pidof "$id" > /dev/null || { adb logcat -d > "$work/report/logcat.txt"; echo "the app died at its start" >&2; exit 1; }
  done
  adb logcat -d > "$work/report/logcat.txt"
  sed -n 's/.*Aloft *: load: \([0-9]*\) ms.*/\1/p' "$work/report/logcat.txt" | sort -n > "$work/report/load-ms.txt"
  local count half
  count=$(wc -l < "$work/report/load-ms.txt") half=$(sed -n 10p "$work/report/load-ms.txt")
  echo "load(): p50 ${half:-?} ms of $count starts"
  [ "$count" -ge 20 ] && [ "$half" -le 30 ]
}
starts_ios() { :; } # the library is linked in: there is nothing to load

# Pinned by its digest.
maestro_is_there() {
  maestro=$work/maestro/bin/maestro
  [ ! -e "$maestro" ] || return 0
  local zip=$work/maestro.zip
  curl -fsSL -o "$zip" https://github.com/mobile-dev-inc/maestro/releases/download/cli-2.6.1/maestro.zip
  echo "3440825f514f537c6a96bcf5de995780c2a4a7f83a43208fdc95d4f1fecfad3b  $zip" | shasum -a 256 -c
  unzip -q "$zip" -d "$work"
}

export MAESTRO_CLI_NO_ANALYTICS=1
(cd "$root" && CARGO_TARGET_DIR=$root/target cargo build --release --locked -p aloft-cli)
"$task"
