# What lives on when something is killed: root, keepers, and all of them at once. Beside Galley's own workers also
# Node's, where there is one.
. "$(dirname "$0")/lib.sh"
node=$(command -v node || echo galley)

cat >web.js <<'E'
require('http').createServer((request, response) => response.end(`${process.pid}\n`)).listen(process.env.PORT)
E
port=$((20000 + RANDOM % 10000))
keepers() { pgrep -f "@keeper $GALLEY_HOME ${1-}"; }
root_pid() { pgrep -f "@root $GALLEY_HOME"; }
program_of() { readlink "/proc/$(keepers "$1")/exe"; }
same_pids() { [ "$(g pid "$1")" = "$2" ]; }
is_alive() { grep -q '^State:.[^Z]' "/proc/$1/status"; }
workers_are() { [ "$(grep -lszF "PM2_HOME=$GALLEY_HOME" /proc/[0-9]*/environ | wc -l)" = "$1" ]; }
other_keeper() { local now; now=$(keepers "$1") && [ "$now" != "$2" ]; }

PORT=$port g start web.js -i 2 --name own --silent
PORT=$((port + 1)) g start web.js -i 2 --name nodes --interpreter "$node" --silent
g start steady.sh --silent
g start steady.sh --name dated --log-date-format YYYY --silent
check "all are online" within 5 status_is nodes online
for app in own nodes steady dated; do declare "$app=$(g pid "$app")"; done

for app in own nodes steady dated; do
    keeper=$(keepers "$app ")
    kill -9 "$keeper"
    check "a killed keeper of $app has a successor" within 1 other_keeper "$app " "$keeper"
    check "which finds its processes" same_pids "$app" "${!app}"
    check "and calls them online" status_is "$app" online
    check "without a restart" restarts_are "$app" 0
done
check "the successor leads on: restart" g restart steady dated own nodes --silent
check "each once" restarts_are own 1
check "the adopted one is gone" within 2 fails is_alive "$steady"
check "what the new ones write still gets its date" within 2 has "$GALLEY_HOME/logs/dated-out.log" "$(date +%Y): steady"
check "reload" g reload nodes --silent
check "scale" g scale own 3
check "in number" count_is own 3
kill -9 "$(g pid own | head -1)"
check "and a worker that dies is replaced" within 3 restarts_at_least own 2
check "soon online" within 3 status_is own online

keeper=$(keepers "own ")
stopped=$(g id own | tr -d '[]' | cut -d, -f1)
g stop "$stopped" --silent
kill -9 "$keeper"
check "a killed keeper has a successor" within 1 other_keeper "own " "$keeper"
check "what was stopped stays stopped" [ "$(field own status | grep -c stopped)" = 1 ]
g start "$stopped" --silent

# Memory under a name belongs to the app, whoever keeps it.
cat >counts.js <<'E'
const cells = new Int32Array(require('galley').sharedMemory('starts', 4));
console.log(`start ${Atomics.add(cells, 0, 1) + 1}`);
setInterval(() => {}, 1000);
E
counted() { grep -qx "start $1" "$GALLEY_HOME"/logs/counts-out*; }
names_are() { [ "$(find /dev/shm -name "galley-*-app.$id-*" | wc -l)" = "$1" ]; }
g start counts.js -i 2 --silent
id=$(sed -n 's/.*"unique_id":"\([^"]*\)".*/\1/p' "$GALLEY_HOME"/apps/counts*/app.json)
check "two processes share what one made" within 3 counted 2
keeper=$(keepers "counts ")
kill -9 "$keeper"
check "a killed keeper of both has a successor" within 1 other_keeper "counts " "$keeper"
check "which restarts them" g restart counts --silent
check "and they find the memory as it was" within 5 counted 4
check "it is there once" names_are 1
g delete counts --silent
check "and gone with the app" within 1 names_are 0

# Under load. What a keeper that deals connections has in its hands dies with it, so those of Node are watched while
# others die.
"$galley" "$load" "$port" 10000 >kept &
one=$!
"$galley" "$load" "$((port + 1))" 10000 close >dealt &
two=$!
for _ in 1 2 3 4 5 6 7 8; do
    kill -9 "$(root_pid)" "$(keepers "steady ")" 2>/dev/null
    sleep 0.2
    kill -9 "$(keepers "own ")" 2>/dev/null
    sleep 0.2
done
check "there is a root again" within 1 root_pid
check "which knows all" within 1 count_is own 3
check "each keeper is there once" [ "$(keepers | wc -l)" = 4 ]
check "and nothing runs twice" within 1 workers_are 7
told() { g metrics | grep -q "^galley_http_requests_total{name=\"$1\".* [1-9]"; }
check "Galley's workers tell how many requests they served" within 5 told own
check "Node's too" within 5 told nodes
# A new program under the running apps.
mkdir new
cp "$galley" new/galley
ln -s "${galley%/*}"/galley-* new/
before="$(keepers | sort) $(g pid own) $(g pid nodes) $(g pid steady)"
check "update puts another program in place" new/galley update
check "of keepers too" [ "$(program_of "own ")" = "$PWD/new/galley" ]
check "all processes are the same" [ "$before" = "$(keepers | sort) $(g pid own) $(g pid nodes) $(g pid steady)" ]
check "and back, with reloads on the way" g reload own nodes --silent
check "back" g update
wait "$one" "$two"
check "no request was lost on Galley's workers, whose keeper died eight times" has kept "0 lost of many"
check "nor on those of an app whose neighbours died" has dealt "0 lost of many"
check "no temporary files are left" [ -z "$(find "$GALLEY_HOME" -name '*.tmp')" ]

g save --silent
ids=$(g id own)
pids=$(keepers; root_pid; g pid own; g pid nodes; g pid steady; g pid dated)
kill -9 $pids
check "after a power cut resurrect brings all back" g resurrect
check "online" within 5 status_is nodes online
check "with their ids" [ "$(g id own)" = "$ids" ]
check "as many processes as there were" [ "$(g pid | wc -l)" = 7 ]
kill -9 "$(root_pid)" $(keepers)
check "if root and keepers die together" within 3 count_is own 3
check "all is online again" within 5 status_is own online
check "and no process is there twice" within 1 workers_are 7
