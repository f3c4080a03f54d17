#!/usr/bin/env bash
# Runs the hooks under pre-commit in a repository made on the spot: a design that passes and one that does not.
#   tests/pre_commit.sh BINARY [HOOK...]   BINARY is what a release would hold; hooks: binary system rust
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
binary=$(realpath "$1")
shift
command -v pre-commit >/dev/null || { echo "skipped: pre-commit is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PRE_COMMIT_HOME=$work/home XDG_CACHE_HOME=$work/cache GIT_CONFIG_GLOBAL=$work/gitconfig
git config --global user.email test@example.org
git config --global user.name test

# The hooks as they are here, committed or not.
git clone --quiet "$here" "$work/hooks"
(cd "$here" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/hooks" 2>/dev/null) || true
git -C "$work/hooks" add --all
git -C "$work/hooks" commit --quiet --allow-empty --message hooks
revision=$(git -C "$work/hooks" rev-parse HEAD)

# A release as the workflow makes it.
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1)
release=$work/releases/v$version
mkdir -p "$release"
cp "$binary" "$release/rackproof-$(uname -m)-unknown-linux-musl"
(cd "$release" && sha256sum rackproof-* >SHA256SUMS)
export RACKPROOF_RELEASES=file://$work/releases
mkdir "$work/bin"
cp "$binary" "$work/bin/rackproof"
export PATH=$work/bin:$PATH

repository() {
    rm -rf "$work/own"
    git init --quiet "$work/own"
    cd "$work/own"
    printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks:\n      - id: %s\n' "$work/hooks" "$revision" "$1" >.pre-commit-config.yaml
    rackproof init cluster.toml >/dev/null
    git add --all
}

must() {
    wanted=$1 what=$2
    shift 2
    code=0
    "$@" >"$work/log" 2>&1 || code=$?
    if [ "$code" != "$wanted" ]; then
        cat "$work/log"
        echo "$what: exit code $code, not $wanted"
        exit 1
    fi
    echo "$what: as it should be"
}

for hook in "${@:-binary}"; do
    id=rackproof-$hook
    [ "$hook" != rust ] || id=rackproof
    repository "$id"
    started=$(date +%s%N)
    must 0 "$id on a design that passes" pre-commit run --all-files --verbose
    echo "$id: $((($(date +%s%N) - started) / 1000000)) ms from nothing to the first result"
    mkdir designs
    printf '[server_model.hci.disks]\nos = { count = 1, capacity = "480" }\n' >designs/wrong.toml
    git add --all
    must 1 "$id on a design with a mistake" pre-commit run --all-files
    grep --quiet 'designs/wrong.toml:2' "$work/log" || { cat "$work/log"; echo "$id does not name the line"; exit 1; }
    must 1 "a commit of it with $id" sh -c 'pre-commit install >/dev/null && git commit --quiet --message wrong'
    rm -r designs
    git add --all
    must 0 "a commit of the design that passes with $id" git commit --quiet --message right
    printf '        args: [--fix]\n' >>.pre-commit-config.yaml
    mkdir designs
    printf '[server_model.hci.disks]\nos = { count = "1" } # one\n' >designs/wrong.toml
    git add --all
    must 1 "$id that fixes a mistake" pre-commit run --all-files
    grep --quiet 'files were modified by this hook' "$work/log" || { cat "$work/log"; echo "$id does not say so"; exit 1; }
    grep --quiet --line-regexp 'os = { count = 1 } # one' designs/wrong.toml || { echo "$id fixes nothing"; exit 1; }
    git add --all
    must 0 "$id after the fix" pre-commit run --all-files
done

repository rackproof-binary
rm -rf "$XDG_CACHE_HOME"
echo "0000  rackproof-$(uname -m)-unknown-linux-musl" >"$release/SHA256SUMS"
must 1 "a binary with another checksum" pre-commit run --all-files
grep --quiet 'the checksum of rackproof-.* is not the one' "$work/log" || { cat "$work/log"; exit 1; }
rm -r "$work/releases"
must 1 "no release" pre-commit run --all-files
grep --quiet 'cannot be fetched; offline, set RACKPROOF_BINARY' "$work/log" || { cat "$work/log"; exit 1; }
