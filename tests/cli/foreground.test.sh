# --no-daemon: what runs in a container.
. "$(dirname "$0")/lib.sh"

cat >ends.sh <<'X'
echo to stdout
echo to stderr >&2
sleep 0.3
exit 4
X
g start ends.sh --no-daemon --no-autorestart --raw >out 2>err
check "its exit code is the app's" [ $? = 4 ]
check "the app's stdout is its stdout" has out "to stdout"
check "the app's stderr is its stderr" has err "to stderr"
check "nothing else is on stdout" [ "$(cat out)" = "to stdout" ]
check "nothing is left" fails pgrep -f "$GALLEY_HOME"

timeout 20 "$galley" start steady.sh -i 2 --no-daemon >out 2>err &
foreground=$!
check "lines begin with the app if there is more than one" within 3 has out "1|steady | steady"
check "other commands work meanwhile" count_is steady 2
check "a second manager is refused" fails g start crash.sh --no-daemon
kill -TERM "$(pgrep -P "$foreground" | head -1)"
wait "$foreground"
check "SIGTERM ends it, and that is no failure" [ $? = 0 ]
check "with all its apps" fails pgrep -f "$GALLEY_HOME"

if command -v python3 >/dev/null; then
    cat >takes.py <<'X'
import os, socket
assert os.environ['LISTEN_PID'] == str(os.getpid()) and os.environ['LISTEN_FDS'] == '1'
listener = socket.socket(fileno=3)
while True:
    connection, _ = listener.accept()
    connection.recv(1000)
    connection.sendall(str(os.getpid()).encode() + b'\n')
    connection.close()
X
    port=$((20000 + RANDOM % 10000))
    ask() { exec 3<>"/dev/tcp/127.0.0.1/$port" && echo >&3 && head -1 <&3; }
    g start takes.py --port "$port" --silent
    check "a program of any language is given its listening socket" [ "$(ask)" = "$(g pid takes)" ]
    old=$(g pid takes)
    g stop takes --silent
    (ask >answer) &
    sleep 0.2
    g start takes --silent
    wait $!
    check "a connection that comes while it is down waits" [ "$(cat answer)" = "$(g pid takes)" ]
    check "for another process" [ "$(cat answer)" != "$old" ]
fi
