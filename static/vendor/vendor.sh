#!/bin/sh
# Fetches the third-party files of package-lock.json into this folder. The result is committed, so that neither
# node nor a network is needed to run Joinery. Run it after changing a version here; two runs give the same files.
#   sh static/vendor/vendor.sh           fetch, copy, write SHA256SUMS
#   sh static/vendor/vendor.sh --lock    the same, after writing package-lock.json anew from package.json
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The lock names versions and checksums, and no host: where packages come from is the machine's own setting.
printf 'omit-lockfile-registry-resolved=true\nfund=false\naudit=false\n' > "$work/.npmrc"
cp "$here/package.json" "$work/"
cd "$work"
if [ "${1:-}" = "--lock" ]; then
    npm install --package-lock-only --ignore-scripts >/dev/null
    node -e '
        const fs = require("fs"), lock = JSON.parse(fs.readFileSync("package-lock.json"));
        for (const found of Object.values(lock.packages)) delete found.funding;
        fs.writeFileSync("package-lock.json", JSON.stringify(lock, null, 2) + "\n");'
    cp package-lock.json "$here/"
fi
cp "$here/package-lock.json" "$work/"
npm ci --ignore-scripts >/dev/null

rm -rf "$here/inter" "$here/sortablejs"
mkdir -p "$here/inter/files" "$here/sortablejs"
inter=node_modules/@fontsource-variable/inter
cp "$inter/wght.css" "$inter/LICENSE" "$here/inter/"
cp "$inter"/files/inter-*-wght-normal.woff2 "$here/inter/files/"
cp node_modules/sortablejs/Sortable.min.js node_modules/sortablejs/LICENSE "$here/sortablejs/"

cd "$here"
find inter sortablejs -type f | LC_ALL=C sort | xargs sha256sum > SHA256SUMS
chmod 644 SHA256SUMS
echo "vendored:"
sed -n 's/^    "\(.*\)": "\([0-9.]*\)",\{0,1\}$/  \1 \2/p' package.json
