#!/usr/bin/env bash
# Installs what the tests run against and this machine lacks: with apt-get as root on
# Debian, with npm for the accessibility checker. Where it cannot, it says what stays
# untested; with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }
# Without a font that has them Chromium draws boxes for Chinese letters.
have_chinese() { have fc-list && [ -n "$(fc-list :lang=zh-cn family)" ]; }
have_chromium() { have chromium || have chromium-browser || have google-chrome; }
have_axe() { [ "$(sed -n 's/.*"version": "\(.*\)".*/\1/p' test/browser/node_modules/axe-core/package.json 2>/dev/null | head -1)" = "$axe_version" ]; }
axe_version=$(sed -n 's/.*"axe-core": "\(.*\)".*/\1/p' test/browser/package.json)

wanted=()
want() { "$1" "${@:3}" || wanted+=("$2"); }

# The platforms' own libraries, in these folders, judge what the tests play,
# and others' draw their messages.
peers=(test/slack test/words test/discord test/discord-look test/teams test/graph test/model)
have_peers_of() { [ -f "$1/node_modules/.package-lock.json" ] && [ ! "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]; }
have_peers() {
	local folder
	for folder in "${peers[@]}"; do have_peers_of "$folder" || return; done
}

find_missing() {
	wanted=()
	want have_postgres postgresql
	want have redis-server redis-server
	want have_chromium chromium
	want have_chinese fonts-wqy-microhei
	want have gcc gcc # the race detector needs it
	want have nodejs node
	have_axe && have_peers || want have npm npm
}

install_missing() {
	if [ "$(id -u)" -ne 0 ] || ! have apt-get; then
		echo "Cannot install ${wanted[*]}: that takes root and apt-get. Install them by hand to test everything." >&2
		return
	fi
	echo "Installing ${wanted[*]}"
	local packages=("${wanted[@]}")
	[[ " ${packages[*]} " == *" gcc "* ]] && packages+=(libc6-dev)
	[[ " ${packages[*]} " == *" fonts-wqy-microhei "* ]] && packages+=(fontconfig)
	# RUNLEVEL=1 keeps the packages from starting servers of their own.
	export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
	{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null; } ||
		echo "apt-get could not install ${packages[*]}" >&2
}

install_axe() {
	have npm && npm ci --prefix test/browser --ignore-scripts --no-audit --no-fund --silent ||
		echo "npm could not install axe-core" >&2
}

install_peers() {
	local folder
	for folder in "${peers[@]}"; do
		have_peers_of "$folder" && continue
		have npm && npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent ||
			echo "npm could not install the libraries of $folder" >&2
	done
}

say_untested() {
	local untested=()
	have_postgres || untested+=("PostgreSQL: only SQLite is tested")
	have redis-server || untested+=("Redis: only the embedded one is tested")
	have_chromium || untested+=("Chromium: the playground in a browser is not tested")
	have_chinese || untested+=("Chinese: there is no font for it, and what a browser shows is not tested")
	have_axe || untested+=("axe-core: the playground's accessibility is not tested")
	have_peers_of test/slack || untested+=("Slack's own libraries: the Slack that the tests play is not judged, nor its messages drawn")
	have_peers_of test/discord || untested+=("discord.js: the Discord that the tests play is not judged")
	have_peers_of test/teams || untested+=("Microsoft's own libraries: the Teams that the tests play is not judged, nor the tokens that the bot takes, nor its cards drawn")
	have_peers_of test/graph || untested+=("Microsoft's own clients of Graph: the Graph that the tests play is not judged")
	have_peers_of test/model || untested+=("aimock: what is sent to language models is not judged by another's player of OpenAI")
	have_peers_of test/words || untested+=("n2words: what the rules read in number words is not judged")
	have_peers_of test/discord-look || untested+=("a parser of Discord's Markdown: what Discord reads in its messages is not judged, nor are they drawn")
	have gcc || untested+=("gcc: go test -race will fail")
	[ ${#untested[@]} -eq 0 ] && return
	printf 'NOT TESTED for want of %s\n' "${untested[@]}" >&2
	[ "${CI:-}" != true ]
}

find_missing
[ ${#wanted[@]} -eq 0 ] || install_missing
have_axe || install_axe
have_peers || install_peers
say_untested
