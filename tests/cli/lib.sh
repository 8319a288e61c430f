# What every command test begins with: a private home, words to check with, and an end that leaves nothing.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
galley=${GALLEY:-$root/build/galley}
load=$root/tests/cli/load.js
work=$(mktemp -d)
export GALLEY_HOME=$work/home NO_COLOR=1
unset PM2_HOME
cd "$work" || exit 1
failures=0

finish() {
    timeout 20 "$galley" kill >/dev/null 2>&1
    if ! within 2 fails pgrep -f "$GALLEY_HOME" >"$work/left"; then
        echo "FAILED: processes are left behind"
        xargs -r ps -fp <"$work/left"
        xargs -r kill -9 <"$work/left"
        failures=$((failures + 1))
    fi
    if grep -A20 -E "Sanitizer|runtime error" "$GALLEY_HOME"/*.log; then failures=$((failures + 1)); fi
    cd / && rm -rf "$work"
    [ "$failures" = 0 ] || exit 1
}
trap finish EXIT

g() { timeout 30 "$galley" "$@"; }

# check SENTENCE COMMAND...: the sentence is a promise that the command must keep.
check() {
    local sentence=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "ok: $sentence"
    else
        echo "FAILED: $sentence"
        sed 's/^/    /' "$work/said" | tail -20
        failures=$((failures + 1))
    fi
}

# within SECONDS COMMAND...: true as soon as the command is, false after so long.
within() {
    local until=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    until "$@"; do
        [ "${EPOCHREALTIME/./}" -lt "$until" ] || return 1
        sleep 0.02
    done
}

# column N NAME...: that column of the list, a line a process.
field() { g list --mini-list | awk -v name="$1" -v title="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == title) n = i } NR > 1 && $2 == name { print $n }'; }
status_is() { [ "$(field "$1" status | sort -u)" = "$2" ]; }
count_is() { [ "$(field "$1" id | wc -l)" = "$2" ]; }
restarts_are() { [ "$(field "$1" ↺ | head -1)" = "$2" ]; }
restarts_at_least() { [ "$(field "$1" ↺ | head -1)" -ge "$2" ]; }
fails() { ! "$@"; }
says() { local text=$1; shift; grep -qF -- "$text" <<<"$("$@" 2>&1)"; }
has() { grep -qF -- "$2" "$1"; }

cat >steady.sh <<'X'
echo "steady $$ ${pm_id-} ${NODE_APP_INSTANCE-}"
echo "complains $$" >&2
exec sleep 1000
X
echo 'exit 3' >crash.sh
