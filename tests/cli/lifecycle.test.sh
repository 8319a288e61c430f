# What becomes of an app from its start to its end.
. "$(dirname "$0")/lib.sh"

check "start starts a script" g start steady.sh
check "a started app is online" status_is steady online
check "starting it again is refused" fails g start steady.sh
check "--force starts a second one" g start steady.sh --force
check "which has an id of its own" [ "$(g pid steady | wc -l)" = 2 ]
check "delete by id takes only that one" g delete 1
check "and the other stays" count_is steady 1
first=$(g pid steady)
check "restart gives it another process" g restart steady
check "whose pid is another" [ "$(g pid steady)" != "$first" ]
check "and the old one is gone" fails kill -0 "$first"
check "the restart is counted" restarts_are steady 1
check "reset sets the counter back" g reset steady
check "to zero" restarts_are steady 0
check "stop stops it" g stop steady
check "and it stays in the list" status_is steady stopped
check "start by name starts it again" g start steady
check "and it is online" status_is steady online
check "a killed process is replaced" kill -9 "$(g pid steady)"
check "at once" within 2 restarts_are steady 2
check "scale adds processes" g scale steady 3
check "so many" count_is steady 3
check "scale takes them away, relatively too" g scale steady -2
check "so many" count_is steady 1
check "an app that is not there is an error" fails g stop nosuch
check "which names it" says "nosuch not found" g stop nosuch
check "a script that is not there is an error" fails g start nosuch.js
check "an unknown option is an error" fails g start steady.sh --nosuch
check "arguments after -- are the app's" g start steady.sh --name args --force -- --one "two words"
check "as they were" has "/proc/$(g pid args)/environ" name=args
check "a namespace selects its apps" g start steady.sh --name other --namespace group
check "all at once" g delete group
check "and no others" count_is args 1
check "a regular expression selects too" g delete "/^ar/"
check "delete all" g delete all
check "leaves nothing" [ "$(g jlist)" = "[]" ]
check "ids begin again" g start steady.sh
check "at 0" [ "$(g id steady)" = "[0]" ]
