# The command line of `galley [options] script`: what runs, and what a mistake says.
set -u
galley=$(cd "$(dirname "$0")/../.." && pwd)/build/galley
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
failures=0
# is WHAT EXPECTED ACTUAL
is() {
    [ "$2" = "$3" ] && return
    echo "$1: expected '$2', got '$3'"
    failures=$((failures + 1))
}

echo 'console.log(process.argv.slice(2).join("+"), __filename === require.main.filename)' >app.js
is 'a script with arguments' 'a+-b+--c true' "$("$galley" app.js a -b --c)"
is 'an extension left out' 'x true' "$("$galley" ./app x)"
is '-e' '3' "$("$galley" -e 'console.log(1 + 2)')"
is '-p' '[ 1, 2 ]' "$("$galley" -p '[1, 2]')"
is '-e with modules by name' "$folder" "$("$galley" -e 'console.log(path.dirname(path.join(os.homedir() && process.cwd(), "x")))')"
is 'a piped script' 'piped' "$(echo 'console.log("piped")' | "$galley")"
is 'a piped script with arguments' 'a b' "$(echo 'console.log(...process.argv.slice(2))' | "$galley" - a b)"
echo 'globalThis.before = "required"' >before.js
is '-r' 'required' "$("$galley" -r ./before.js -p before)"
is 'NODE_OPTIONS' 'required' "$(NODE_OPTIONS='--require ./before.js' "$galley" -p before)"
is 'execArgv' '--no-warnings' "$("$galley" --no-warnings -p 'process.execArgv[0]')"
is '--stack-trace-limit' '2' "$("$galley" --stack-trace-limit=1 -p 'new Error("x").stack.split("\n").length')"
is '--expose-gc' 'function' "$("$galley" --expose-gc -p 'typeof gc')"
is '-v' "$("$galley" -p process.version)" "$("$galley" -v)"
"$galley" -h | grep -q -- '--eval' || is '-h' 'text about --eval' ''

# fails CODE PATTERN COMMAND...
fails() {
    local code=$1 pattern=$2 text
    shift 2
    text=$("$@" 2>&1 </dev/null)
    is "$* exits" "$code" "$?"
    grep -q -- "$pattern" <<<"$text" || is "$* says" "$pattern" "$text"
}
fails 9 'bad option: --nonsense' "$galley" --nonsense app.js
fails 9 'requires an argument' "$galley" -r
fails 9 'not allowed in NODE_OPTIONS' env NODE_OPTIONS=--test "$galley" app.js
fails 1 "Cannot find module '$folder/nothing.js'" "$galley" nothing.js
printf 'let fine = 1;\nlet x = ;\n' >broken.js
fails 1 "broken.js:2" "$galley" broken.js
fails 1 "SyntaxError: Unexpected token ';'" "$galley" broken.js
fails 1 'SyntaxError' "$galley" --check broken.js
fails 0 '' "$galley" --check app.js
echo 'export default 1' >module.mjs
echo 'import one from "./module.mjs"; console.log(one + await 1)' >importing.mjs
is 'a module that imports another' 2 "$("$galley" importing.mjs)"
echo 'import { two } from "./module.mjs"' >wrong.mjs
fails 1 "does not provide an export named 'two'" "$galley" wrong.mjs
echo 'function deep() { null.x } deep()' >engine.js
fails 1 'at deep (.*engine.js:1:' "$galley" engine.js
exit $failures
