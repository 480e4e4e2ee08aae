#!/usr/bin/env bash
# Builds the fuzz targets with coverage and runs each for a while: scripts/fuzz.sh SECONDS SCRATCH.
# What a run learns stays in SCRATCH/corpus for the next one. A finding ends it with status 1 and the
# command that shows it again.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60} scratch=${2:-.build/fuzz}
swift=${SWIFT:-swift}

HA_BALANCER_FUZZ=1 "$swift" build -c release --scratch-path "$scratch" --product HAFuzz \
    -Xswiftc -sanitize=fuzzer
fuzzer=$scratch/ha-fuzz
"${swift}c" -sanitize=fuzzer "$scratch/release/libHAFuzz.a" -lswiftSynchronization -o "$fuzzer"

for target in configuration runtime-api proxy-header checks glb-control ledger; do
    corpus=$scratch/corpus/$target
    findings=$scratch/findings/$target-
    log=$scratch/$target.log
    mkdir -p "$corpus" "$scratch/findings"
    seeds=()
    [ "$target" != configuration ] || seeds=(Tests/GaleraConfigurations deploy)
    # Swift's own report of a crash would keep libFuzzer from writing the input.
    if ! SWIFT_BACKTRACE=enable=no HA_FUZZ_TARGET=$target "$fuzzer" -max_total_time="$seconds" -timeout=10 -max_len=20000 \
        -dict=Fuzz/$target.dict -artifact_prefix="$findings" -print_final_stats=1 \
        "$corpus" "${seeds[@]}" >"$log" 2>&1; then
        tail -40 "$log" >&2
        echo "fuzz: $target: a finding; again: HA_FUZZ_TARGET=$target $fuzzer ${findings}..." >&2
        exit 1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "fuzz: $target: $runs inputs in $seconds s, $(find "$corpus" -type f | wc -l) kept, no finding"
done
