#!/usr/bin/env bash
# Checks docs/model/pair.pml with spin: every rule in place, no reachable state may break an
# assertion; one rule taken away, pan has to find a schedule that does.
#   docs/model/run.sh            what `make test` runs
#   docs/model/run.sh --large    also what needs up to 2 GB and some minutes
#   docs/model/run.sh probe      only what has this in its name
#   docs/model/run.sh -v NAME    and show the schedule that was found
# Needs spin and a C compiler. Exit status 0 when all is as it has to be.
set -euo pipefail

verbose=0
large=0
if [ "${1:-}" = --large ]; then large=1; shift; fi
if [ "${1:-}" = -v ]; then verbose=1; shift; fi
only=${1:-}
model=$(cd "$(dirname "$0")" && pwd)/pair.pml
# Megabytes for one search. One that does not fit is not complete, and fails.
memory=720
slots=22
at_once=$(nproc)
if [ $large = 1 ]; then memory=2400 slots=24 at_once=1; fi
[ "$at_once" -le 2 ] || at_once=2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# search FOLDER NAME holds|breaks SPIN-FLAGS...: leaves its line in FOLDER/line.
search() {
    local place=$1 name=$2 expected=$3 begin=$SECONDS found=unclear states mark=ok
    shift 3
    cd "$place"
    # Breadth first finds a shortest schedule, and needs more memory.
    local how=(-O2)
    [ $verbose = 0 ] || how=(-O2 -DBFS)
    if spin -a "$@" "$model" >pan.out 2>&1 &&
        cc -w -DSAFETY -DMEMLIM=$memory "${how[@]}" -o pan pan.c >>pan.out 2>&1; then
        ./pan -m1000000 -w$slots >pan.out 2>&1 || true
    fi
    if grep -q 'errors: 0$' pan.out && ! grep -q 'Search not completed' pan.out; then
        found=holds
    elif grep -q 'assertion violated' pan.out; then
        found=breaks
    fi
    states=$(sed -n 's/^ *\([0-9e+.]*\) states, stored.*/\1/p' pan.out)
    [ $found = "$expected" ] || mark=FAILED
    printf '%-6s %-44s %-8s %9s states %5.0f MB %3d s\n' $mark "$name" $found "${states:-0}" \
        "$(sed -n 's/^ *\([0-9.]*\)\ttotal actual memory.*/\1/p' pan.out)" $((SECONDS - begin)) >line
    if [ $found = unclear ]; then tail -n 20 pan.out >>line; fi
    if [ $found = breaks ] && { [ $verbose = 1 ] || [ "$expected" = holds ]; }; then
        spin -k pair.pml.trail "$@" "$model" | grep -E '^ *(node|--)' | tail -n 80 >>line || true
    fi
}

names=()
# check NAME holds|breaks SPIN-FLAGS...
check() {
    [[ $1 == *"$only"* ]] || return 0
    while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n || true; done
    local place
    place=$folder/$(printf %02d ${#names[@]})
    names+=("$1")
    mkdir "$place"
    (search "$place" "$@") &
}

# Too much for `make test`.
large() {
    if [ $large = 1 ]; then check "$@"; fi
}

none=(-DCRASHES=0 -DMOVES=0)
arbiter=(-DARBITER "${none[@]}")

# Never two open fences, whatever stops, dies or is lost.
check 'lease, a death' holds -DMOVES=0
check 'lease, a move' holds -DCRASHES=0
check 'lease, dead-after of four beats' holds -DDEAD=4 "${none[@]}"
check 'lease, questions that leave late' holds -DSLOW_QUESTION "${none[@]}"
check 'probe' holds -DPROBE "${none[@]}"
# Asking before every opening makes up for the four rules that news must be fresh.
ask=(-DPROBE -DALWAYS_ASK -DOLD_NEWS -DOLD_ANSWERS -DTAKE_BACK_AT_ONCE -DNO_SLEEP_RULE)
check 'probe before every opening' holds "${ask[@]}" "${none[@]}"
large 'probe before every opening, a move' holds "${ask[@]}" -DCRASHES=0
large 'probe, a death' holds -DPROBE -DMOVES=0
large 'probe, a move' holds -DPROBE -DCRASHES=0
check 'arbiter' holds "${arbiter[@]}"
# And in other proportions, L of 1 to 2, where there is room for more faults.
check 'arbiter, a move' holds -DARBITER -DDEAD=3 -DLEASE=1 -DCRASHES=0
large 'arbiter, sleep at any time' holds "${arbiter[@]}" -DDEAD=3 -DLEASE=1 -DWAKES=true
# One of the two dies and its guardian tells: the other one may hold alone.
death=(-DARBITER -DMOVES=0 -DDEAD=3 -DLEASE=2 -DLONG=7 -DMAY_VANISH=false)
large 'arbiter, a death of the first' holds "${death[@]}" -DDIES=0
large 'arbiter, a death of the second' holds "${death[@]}" -DDIES=1
# And once the faults have ended, somebody holds before long.
check 'lease: somebody holds' holds -DCALM -DMOVES=0
check 'arbiter: somebody holds, no beat arrives' holds "${arbiter[@]}" -DCALM -DCUT=true
check 'arbiter: somebody holds, it is lost' holds "${arbiter[@]}" -DCALM -DNO_ARBITER
large 'probe: somebody holds' holds -DPROBE -DCALM "${none[@]}"

# What the lease alone does not cover: two fenced nodes, each late twice by less than a lease.
check 'lease, known gap: two late questions' breaks -DDEAD=4 -DSLOW_QUESTION "${none[@]}"

# One rule less.
check 'lease without "I was fenced"' breaks -DNO_FENCED_RULE -DPLAIN_STORE -DMOVES=0
check 'lease, stored without comparing' breaks -DDEAD=4 -DPLAIN_STORE "${none[@]}"
check 'lease as long as dead-after' breaks -DLONG_LEASE -DMOVES=0
check 'lease counted from the store' breaks -DT0_AT_STORE "${none[@]}"
check 'lease, opened for what one beat paid' breaks -DDEAD=4 -DOPEN_FROM_T0 "${none[@]}"
check 'lease without the rule of sleep' breaks -DNO_SLEEP_RULE -DCRASHES=0
check 'lease, answers of before the sleep count' breaks -DSLOW_QUESTION -DOLD_ANSWERS "${none[@]}"
check 'lease, the guardian tells first' breaks -DTELL_FIRST -DMOVES=0
check 'lease, yielding with an open fence' breaks -DYIELD_OPEN -DCRASHES=0
check 'lease, taken back when time is over' breaks -DTAKE_BACK_AT_ONCE -DCRASHES=0
check 'probe without the probe' breaks -DPROBE -DNO_PROBE "${none[@]}"
check 'probe without the latch' breaks -DPROBE -DNO_LATCH "${none[@]}"
large 'probe, an old release counts' breaks -DPROBE -DOLD_NEWS
# So it is the arbiter that holds where no beat arrives, and the beats that hold where it is lost.
nothing=(-DCUT=true -DNO_ARBITER)
check 'arbiter: nothing arrives and it is lost' breaks "${arbiter[@]}" -DCALM "${nothing[@]}"
check 'arbiter: it is lost, L as without one' breaks "${arbiter[@]}" -DCALM -DNO_ARBITER -DLEASE=4
check 'arbiter, prolonged without it' breaks "${arbiter[@]}" -DFREE_RENEWAL
check 'arbiter, acknowledgements count longer' breaks "${arbiter[@]}" -DLATE_ACKS
check 'arbiter, opening judged when decided' breaks "${arbiter[@]}" -DDECIDED_EARLY
check 'arbiter, won once and for ever' breaks "${arbiter[@]}" -DWON_FOR_EVER
check 'arbiter, won counts from the answer' breaks "${arbiter[@]}" -DWON_AT_ANSWER
check 'arbiter, no answer counts as won' breaks "${arbiter[@]}" -DUNANSWERED
check 'arbiter, a holder may take on what it won' breaks "${arbiter[@]}" -DANY_WIN
check 'arbiter, the taker does not wait' breaks "${arbiter[@]}" -DNO_WAIT
check 'arbiter, another one wrote: waits no longer' breaks "${arbiter[@]}" -DKEEP_SINCE
check 'arbiter, written without comparing' breaks "${arbiter[@]}" -DBLIND_WRITE
large 'arbiter, nobody minds who is alone' breaks "${death[@]}" -DDIES=0 -DNOT_ALONE
large 'arbiter, known gap: alone, written late' breaks "${death[@]}" -DDIES=0 -DALONE_LATE

wait

[ ${#names[@]} -gt 0 ] || { echo "nothing is called so: $only" >&2; exit 2; }
cat "$folder"/*/line
! grep -qE '^FAILED' "$folder"/*/line
