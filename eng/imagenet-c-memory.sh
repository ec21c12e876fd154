#!/bin/sh
# Memory of maep evaluate --imagenet-c over many files: 20,000 hard links to one 32x32 image, resident memory once a second.
# Usage: eng/imagenet-c-memory.sh [COUNT, a multiple of 50] (after dotnet build -c Release src/Maep.Cli)
set -eu
count=${1:-20000}
root=$(cd "$(dirname "$0")/.." && pwd)
maep=$(find "$root/src/Maep.Cli/bin/Release" -name maep.dll | head -1)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A grey square.
echo iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAJklEQVR42u3NMQ0AAAwDoEqv9KrYsQQMkB6LQCAQCAQCgUAg+BIMLd4AWwUPN68AAAAASUVORK5CYII= | base64 -d > "$folder/square.png"
classes=
for class in 0 1 2 3 4 5 6 7 8 9; do
  classes="$classes${classes:+, }\"$class\": [\"n0000000$class\", \"class $class\"]"
  for severity in 1 2 3 4 5; do
    target="$folder/images/fog/$severity/n0000000$class"
    mkdir -p "$target"
    seq -f "$target/%06.0f.png" $((count / 50)) | while read -r file; do ln "$folder/square.png" "$file"; done
  done
done
echo "{ $classes }" > "$folder/classes.json"

(cd "$folder" && exec dotnet "$maep" evaluate --imagenet-c images --classes classes.json --pipeline "$root/models/classifier-shapes10.onnx" --threads 2 --output report) 2> "$folder/progress" > "$folder/output" &
process=$!
while kill -0 $process 2> /dev/null; do
  awk '/VmRSS/ { print $2 }' /proc/$process/status >> "$folder/memory" 2> /dev/null || true
  sleep 1
done
wait $process
tail -1 "$folder/progress"
awk '{ value[NR] = $1 / 1024 } END {
  printf "%d samples; MiB at a quarter, half, three quarters and the end: %.0f %.0f %.0f %.0f\n", NR, value[int(NR / 4)], value[int(NR / 2)], value[int(NR * 3 / 4)], value[NR] }' "$folder/memory"
