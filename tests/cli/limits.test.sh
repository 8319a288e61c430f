# What restarts an app without being asked.
. "$(dirname "$0")/lib.sh"

mkdir -p src/deep node_modules
cp steady.sh src/watched.sh
(cd src && g start watched.sh --watch --ignore-watch "*.log" --watch-delay 100 --silent)
touch src/some.log
sleep 0.4
check "an ignored file changes nothing" restarts_are watched 0
touch src/deep/new.txt
check "a changed file restarts" within 3 restarts_are watched 1
mkdir src/deep/later && sleep 0.5
before=$(field watched ↺)
echo x >src/deep/later/file
check "also in a folder that is new" within 3 restarts_at_least watched $((before + 1))
g stop watched --silent
touch src/deep/new.txt
sleep 0.4
check "a stopped app stays stopped" status_is watched stopped

g start steady.sh --name clock --cron "* * * * * *" --silent
check "cron restarts by the clock" within 4 restarts_at_least clock 1
check "a bad cron expression is refused" fails g start steady.sh --name never --cron "* * *"
g delete all --silent

cat >eats.sh <<'X'
x=$(head -c 40000000 /dev/zero | tr '\0' x)
sleep 1000
X
g start eats.sh --max-memory-restart 30M --silent
check "too much memory restarts" within 9 restarts_at_least eats 1
g delete all --silent

cat >family.sh <<'X'
sleep 1000 &
echo "child $!"
trap '' INT
wait
sleep 1000
X
g start family.sh --interpreter bash --kill-timeout 300 --silent
check "a child of an app runs" within 2 has "$GALLEY_HOME/logs/family-out.log" child
child=$(sed -n 's/child //p' "$GALLEY_HOME/logs/family-out.log")
check "an app that ignores SIGINT is killed after kill_timeout" g stop family
check "with its children" within 2 fails kill -0 "$child"

if [ "$(id -u)" = 0 ]; then
    chmod 755 "$work"
    printf 'id -u\nsleep 1000\n' >who.sh
    g start who.sh --uid nobody --silent
    check "an app can be another user's" within 2 has "$GALLEY_HOME/logs/who-out.log" "$(id -u nobody)"
    check "a user that is not there is an error" says "no user" g start who.sh --name ghost --uid nosuchuser
    check "another user cannot talk to the manager" fails setpriv --reuid nobody --clear-groups "$galley" list
fi
check "the home is the user's alone" [ "$(stat -c %a "$GALLEY_HOME")" = 700 ]
check "and its socket" [ "$(stat -c %a "$GALLEY_HOME/control.sock")" = 600 ]
check "and what it knows of apps" [ "$(find "$GALLEY_HOME" -type f -perm /077 | wc -l)" = 0 ]
