# Where output goes and how it is read back.
. "$(dirname "$0")/lib.sh"

logs=$GALLEY_HOME/logs
g start steady.sh --silent
check "stdout has its file" within 2 has "$logs/steady-out.log" steady
check "stderr has its own" within 2 has "$logs/steady-error.log" complains
check "the kernel writes to it, no process in between" [ "$(readlink "/proc/$(g pid steady)/fd/1")" = "$logs/steady-out.log" ]
check "logs shows the last lines with their app" says "0|steady | steady" g logs --nostream
check "--err only those of stderr" fails says "| steady" g logs steady --err --nostream
check "--raw without the app" says "complains" g logs steady --raw --err --nostream
check "flush empties the files" g flush
check "all of them" [ ! -s "$logs/steady-out.log" ]

cat >ticker.sh <<'X'
i=0
while [ $i -lt 2000 ]; do i=$((i + 1)); echo "line $i of a long log that is to be rotated away"; done
exec sleep 1000
X
g start ticker.sh --log-date-format YYYY --log-max-size 20k --log-keep 2 --silent
check "a date can be put before each line" within 3 has "$logs/ticker-out.log" "$(date +%Y): line"
check "a log that is big enough is put aside, compressed" within 3 test -s "$logs/ticker-out.log.1.gz"
check "so many times and no more" within 3 fails test -e "$logs/ticker-out.log.3.gz"
cat >holder.sh <<'X'
i=0
while :; do i=$((i + 1)); echo "held $i"; sleep 0.05; done
X
g start holder.sh --log-max-size 1k --silent
check "a log that the app holds open is put aside too" within 14 test -s "$logs/holder-out.log.1.gz"
check "with what was in it" says "held 3" zcat "$logs/holder-out.log.1.gz"
check "and the app goes on writing" within 2 test -s "$logs/holder-out.log"
g delete holder --silent
g start steady.sh --name json --log-type json --silent
check "lines can be JSON" within 2 has "$logs/json-out.log" '"type":"out"'
check "files belong to the user alone" [ "$(stat -c %a "$logs/steady-out.log")" = 600 ]
g start steady.sh --name "../escape" --silent
check "a name cannot leave the folder of logs" [ "$(find "$work" -name '*escape*' -not -path "$GALLEY_HOME/*" | wc -l)" = 0 ]

cat >clock.sh <<'X'
read line
while :; do echo "$EPOCHREALTIME"; sleep 0.2; done
X
sed -i '1d' clock.sh
g start clock.sh --interpreter bash --silent
timeout 2 "$galley" logs clock --raw --lines 0 | while read -r stamp; do
    echo $(((${EPOCHREALTIME/./} - ${stamp/./}) / 1000))
done >late
check "a new line is shown within 50 ms" [ "$(sort -n late | awk '{ a[NR] = $1 } END { print (NR > 3 && a[int(NR / 2)] <= 50) }')" = 1 ]

cat >many.sh <<'X'
for i in $(seq 300); do echo "line $i"; done
exec sleep 1000
X
g start many.sh --output /dev/full --time --silent
check "a full disk does not stop the app" within 2 [ "$(g pid many)" -gt 0 ]
check "and is said" within 2 has "$GALLEY_HOME/galley.log" "No space left on device"
check "once" [ "$(grep -c 'No space left' "$GALLEY_HOME/galley.log")" = 1 ]
check "the app is still online" status_is many online
