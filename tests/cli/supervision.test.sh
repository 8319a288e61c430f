# Restarts: when they come, when they stop coming, and what survives whose death.
. "$(dirname "$0")/lib.sh"

g start crash.sh --max-restarts 3 --silent
check "an app that keeps crashing is given up" within 5 status_is crash errored
check "after as many restarts as it may have" restarts_are crash 2
g start crash.sh --name once --no-autorestart --silent
check "without autorestart it just stops" within 2 status_is once stopped
g start crash.sh --name code --stop-exit-codes 3 --silent
check "an exit code can mean stop" within 2 status_is code stopped
g start crash.sh --name slow --restart-delay 60000 --silent
check "a restart can wait" within 2 says "waiting" g describe slow
g delete all --silent

g start steady.sh -i 2 --name pair --silent
g start steady.sh --name other --silent
other=$(g pid other)
root=$(cat "$GALLEY_HOME/galley.pid")
kill -9 "$root"
check "a killed root is replaced without being asked" within 2 pgrep -f "@root $GALLEY_HOME"
check "and knows the apps" within 2 count_is pair 2
check "which noticed nothing" [ "$(g pid other)" = "$other" ]
old=$(g pid pair)
kill -9 "$(pgrep -f "@keeper $GALLEY_HOME pair")"
check "a killed keeper's app goes on" within 2 status_is pair online
check "in the same processes" [ "$(g pid pair)" = "$old" ]
check "other apps noticed nothing" [ "$(g pid other)" = "$other" ]
check "only one root can be" [ "$(pgrep -cf "@root $GALLEY_HOME")" = 1 ]

g save --silent
ids=$(g id pair)
pkill -9 -f "@(root|keeper) $GALLEY_HOME"
for file in "$GALLEY_HOME"/pids/*.pid; do kill -9 "$(cat "$file")"; done
check "after everything was killed resurrect works" g resurrect
check "and brings back all apps" within 3 count_is pair 2
check "with their ids" [ "$(g id pair)" = "$ids" ]
check "online" within 3 status_is pair online
check "kill ends everything" g kill
check "down to the last process" fails pgrep -f "$GALLEY_HOME"
check "resurrect after kill brings them back too" g resurrect
check "with their ids" [ "$(g id pair)" = "$ids" ]
cat >late.js <<'END'
if (process.argv[2] === 'child') setTimeout(process.exit, 2500)
else require('child_process').fork(__filename, ['child']).on('message', () => console.log('the child reports'))
setInterval(() => {}, 1000)
END
g start late.js --name late --silent
g start late.js --name late-node --interpreter node --silent
check "how late its loop is, a single process tells too" within 6 says "Event Loop Latency" g describe late
check "as Node's does" within 6 says "Event Loop Latency" g describe late-node
check "which their own children do not" fails has "$GALLEY_HOME/logs/late-out.log" "the child"
check "in Node neither" fails has "$GALLEY_HOME/logs/late-node-out.log" "the child"
