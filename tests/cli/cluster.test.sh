# Cluster mode with real Node workers: one port, and reloads that lose nothing.
. "$(dirname "$0")/lib.sh"
node=$(command -v node) || { echo "no node here: nothing to lead"; exit 0; }

cat >web.js <<'X'
require('http').createServer((request, response) => response.end(`${process.env.VERSION || 'one'} ${process.pid}\n`)).listen(process.env.PORT)
X
export PORT=$((20000 + RANDOM % 10000))
ask() { exec 3<>"/dev/tcp/127.0.0.1/$PORT" && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && tail -1 <&3; }
answers() { ask | grep -q "$1"; }
pids_seen() { for _ in 1 2 3 4 5 6; do ask; done | sort -u | wc -l; }

g start web.js -i 2 --interpreter "$node" --silent
check "workers share a port" within 5 answers one
both_seen() { [ "$(pids_seen)" = 2 ]; }
check "and take turns" within 5 both_seen
check "the mode is cluster" says cluster_mode g describe web
"$node" "$load" "$PORT" 4000 >lost &
under_load=$!
for _ in 1 2 3 4 5; do g reload web --silent; done
wait "$under_load"
check "reloads under load lose no request" has lost "0 lost of many"
before=$(g pid web | head -1)
check "a killed worker is replaced" kill -9 "$before"
check "and the port never closed" answers one
check "a reload can bring a new environment" env VERSION=two "$galley" reload web --update-env
check "which is then served" within 3 answers two
cp web.js good.js
echo 'throw new Error("broken")' >web.js
check "a reload to a version that does not come up fails" fails g reload web
check "the old version goes on" answers two
check "in as many processes" [ "$(g pid web | grep -vc '^0$')" = 2 ]
cp good.js web.js
check "a good version can be reloaded afterwards" g reload web
check "scaling up" g scale web 3
check "adds workers" count_is web 3

cat >ready.js <<'X'
process.send({ type: 'axm:monitor', data: { 'queue length': { value: 17, unit: 'jobs' } } })
process.send({ type: 'axm:action', data: { action_name: 'drop queue', arity: 0 } })
setTimeout(() => process.send('ready'), 300)
setInterval(() => {}, 1000)
process.on('message', (m) => { if (m === 'shutdown') { console.log('asked nicely'); process.exit(0) } })
X
began=${EPOCHREALTIME/./}
g start ready.js --interpreter "$node" --wait-ready --shutdown-with-message --silent
check "start waits for process.send('ready')" [ $(((${EPOCHREALTIME/./} - began) / 1000)) -ge 300 ]
check "what a program measures is shown" says "17 jobs" g describe ready
check "and what it can be asked to do listed" says "drop queue" g jlist
check "stop can be a message" g stop ready
check "which the app got" has "$GALLEY_HOME/logs/ready-out.log" "asked nicely"
