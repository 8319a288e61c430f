# instances: auto. As many workers as the load needs, none at all when nobody is there.
. "$(dirname "$0")/lib.sh"
node=$(command -v node) || { echo "no node here: nothing to lead"; exit 0; }

cat >busy.js <<'X'
require('http').createServer((request, response) => {
  if (request.url === '/hard') for (const until = Date.now() + 100; Date.now() < until;);
  response.end(`${process.pid}\n`)
}).listen(process.env.PORT)
X
export PORT=$((20000 + RANDOM % 10000))
ask() { exec 3<>"/dev/tcp/127.0.0.1/$PORT" && printf 'GET %s HTTP/1.0\r\n\r\n' "${1-/}" >&3 && tail -1 <&3; }
answers() { [ -n "$(ask 2>/dev/null)" ]; }

g start busy.js -i auto --min-instances 0 --max-instances 2 --scale-down-delay 2s --interpreter "$node" --silent
check "it begins with one worker" count_is busy 1
check "that serves" within 5 answers
(while ask /hard >answers; do :; done) 2>/dev/null &
load=$!
check "load brings another" within 10 count_is busy 2
kill "$load" 2>/dev/null
wait "$load" 2>/dev/null
check "calm takes it away again" within 12 count_is busy 1
check "unused it sleeps" within 12 status_is busy sleeping
check "without a process" [ "$(g pid busy)" = 0 ]
check "a connection wakes it and is answered" answers
check "online again" within 3 status_is busy online
check "it falls asleep again" within 12 status_is busy sleeping
g stop busy --silent
check "stopped is not asleep" status_is busy stopped
