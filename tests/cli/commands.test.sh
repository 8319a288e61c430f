# Commands around the manager itself, and PM2's name.
. "$(dirname "$0")/lib.sh"

prompt() { echo .exit | timeout 10 script -qec "$galley" /dev/null; }
check "galley alone in a terminal opens a prompt" says "Welcome to Galley" prompt
check "help shows what there is" says "Usage: galley" g help
check "help tells about one command" says "galley reload" g help reload
check "completion is for bash" bash -n <(g completion bash)
check "and zsh" says "#compdef galley" g completion zsh
check "and fish" says "complete -c galley" g completion fish
check "ping starts a manager" says pong g ping
check "a setting is kept" g set metrics-port 0
check "and shown" [ "$(g get metrics-port)" = 0 ]
g start steady.sh --silent
pid=$(g pid steady)
port=$((20000 + RANDOM % 10000))
g set metrics-port "$port" --silent
check "update puts a new manager in the old one's place" g update
check "apps notice nothing" [ "$(g pid steady)" = "$pid" ]
scrape() { exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' >&3 && cat <&3; }
check "figures are served to Prometheus" says 'galley_up{name="steady",namespace="default",id="0"} 1' scrape
check "and printed" says 'galley_restarts_total{name="steady"' g metrics
check "jlist is JSON with PM2's names" says '"pm_id":0' g jlist
check "env shows the environment" says "GALLEY_HOME: " g env steady
check "report tells of the manager" says "root: version" g report
check "sendSignal sends one" g sendSignal SIGKILL steady
check "which has its effect" within 2 restarts_are steady 1
check "a signal that is none is an error" fails g sendSignal SIGNONE steady
printf 'while read -r line; do echo "got $line"; done\n' >reads.sh
g start reads.sh --silent
check "send types a line" g send reads hello
check "which the app reads" within 2 has "$GALLEY_HOME/logs/reads-out.log" "got hello"
check "init writes an ecosystem file" g init
check "and never over another" fails g init
check "startup can show its unit" says "ExecStart=" g startup --print
check "flush wants no app" g flush
check "monit needs a terminal and says so" says "needs a terminal" g monit
if command -v script >/dev/null; then
    (sleep 1; printf q) | TERM=xterm timeout 10 script -qc "stty rows 24 cols 80; '$galley' monit" screen >/dev/null
    check "monit shows the apps in 80 columns" has screen steady
    check "and ends on q" has screen "choose"
fi

mkdir bin
ln -s "$galley" bin/pm2
export PM2_HOME=$work/home/pm2
p() { timeout 30 bin/pm2 "$@"; }
check "under the name pm2 it speaks as PM2" says "[PM2] PM2 Successfully daemonized" p start steady.sh
check "about the same things" says "[PM2] Applying action restartProcessId on app [steady](ids: [ 0 ])" p restart steady
check "errors too" says "[PM2][ERROR] Process or Namespace nosuch not found" p stop nosuch
check "the list is saved where PM2 has it" p save
check "in its form" has "$PM2_HOME/dump.pm2" '"pm_exec_path"'
check "delete ends it" p delete all
check "a dump of PM2 can be resurrected" p resurrect
check "with its name" says steady p list
check "an unknown command is an error" fails p nosuch
echo '{"apps":[{"name":"one","script":"./steady.sh"},{"name":"two","script":"./steady.sh","instances":2}]}' >two.json
check "it says which apps of a file are new" says "Applications one, two not running, starting..." p restart two.json
check "and what became of each" says "Applying action restartProcessId on app [two](ids: [ " p restart two.json
check "or was launched" says "App [one] launched (1 instances)" eval "p delete one; p reload two.json"
check "scaling to what there is is an error" fails p scale two 2
check "which says so" says "Nothing to do" p scale two 2
check "kill says so as PM2 does" says "[PM2] [v] PM2 Daemon Stopped" p kill

ln -s "$galley" bin/pm2-runtime
printf 'echo ran\nexit 5\n' >once.sh
timeout 20 bin/pm2-runtime once.sh --no-autorestart >ran 2>/dev/null
check "pm2-runtime stays in the foreground and has the app's exit code" [ $? = 5 ]
check "and its output" has ran ran
check "a command of PM2's that is missing says why" says "log rotation" bin/pm2 install pm2-logrotate
check "under either name" says "version control" g deploy production
check "and fails" fails g deploy production
