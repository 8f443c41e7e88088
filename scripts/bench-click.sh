#!/usr/bin/env bash
# What a click costs on each platform beside the least that could answer one: alternating
# runs, so that a machine that is busy for a while is so for both, and the ratios of the medians:
# of the time on the clock, and of the processor's, which is steadier where others work too.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for _ in $(seq "$rounds"); do
	for which in Click Floor; do
		${GO:-go} test -run '^$' -bench "Benchmark$which" -benchmem -benchtime 5000x ./bot | grep '^Benchmark' | tee -a "$out"
	done
done
awk '
	{ of = $1; sub(/-[0-9]+$/, "", of); times[of] = times[of] " " $3; busy[of] = busy[of] " " $5; allocs[of] = $(NF - 1) }
	function median(list, n, v, i, j, t) {
		n = split(list, v, " ")
		for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
		return v[int((n + 1) / 2)]
	}
	function beside(click, floor) { return sprintf("%4.0f us beside %4.0f: %.2f times", median(click) / 1000, median(floor) / 1000, median(click) / median(floor)) }
	END {
		for (of in times) if (of ~ /Click/) {
			floor = of; sub(/Click/, "Floor", floor); click = of; sub(/[^\/]*\//, "", click)
			printf "%-12s clock %s; processor %s; %d allocations beside %d\n", click, beside(times[of], times[floor]), beside(busy[of], busy[floor]), allocs[of], allocs[floor] | "sort"
		}
	}' "$out"
