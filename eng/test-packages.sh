#!/usr/bin/env bash
# Packs Maep.Transforms and the tool maep for this machine, installs both from a folder as a user would, and runs them.
# Everything goes to a temporary folder: no cache and no tool store ever sees the unpublished versions.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
feed=$work/feed

version=$(dotnet msbuild src/Maep.Cli -getProperty:Version)
platform=$(dotnet msbuild src/Maep.Cli -getProperty:NETCoreSdkRuntimeIdentifier)
onnxruntime=$(sed -n 's/.*"Microsoft.ML.OnnxRuntime" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)

dotnet pack -c Release src/Maep.Transforms --output "$feed"
dotnet pack -c Release src/Maep.Cli --output "$feed" -p:ToolPackageRuntimeIdentifiers="$platform"
ls -l "$feed"

# The user's packages are read where they are, so that nothing is downloaded twice.
cache=$(dotnet msbuild src/Maep.Transforms -getProperty:NuGetPackageRoot) # known from the restore above on
export NUGET_PACKAGES=$work/packages
if [ -e "${cache}maep.transforms/$version" ]; then
  cache= # a published one of the same version would hide ours
fi

cp -r eng/package-test "$work/app"
dotnet build -c Release "$work/app" -p:MaepVersion="$version" -p:OnnxRuntimeVersion="$onnxruntime" \
  -p:RestoreAdditionalProjectSources="$feed" -p:RestoreAdditionalProjectFallbackFolders="$cache"
if grep -i torch "$work/app/obj/project.assets.json"; then
  echo "Maep.Transforms brings TorchSharp along." >&2
  exit 1
fi
dotnet "$work/app/bin/Release/net10.0/PackageTest.dll"

dotnet tool install Maep.Cli --version "$version" --tool-path "$work/tools" --source "$feed"
cd "$work"
unset MAEP_DATA MAEP_WEIGHTS
tools/maep --help
tools/maep demo --data-root nowhere --samples 40 --output demo.html
test -s demo.html
