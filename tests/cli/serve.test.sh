# serve: a folder over HTTP, kept running as any app.
. "$(dirname "$0")/lib.sh"
port=$((20000 + RANDOM % 10000))
mkdir -p pub/deep
echo start >pub/index.html
echo text >pub/deep/a.txt
echo secret >secret
# get PATH [CURL OPTION...]: the body and, on a line of its own, the status.
get() { local path=$1; shift; curl -s --path-as-is -w '\n%{http_code}\n' "$@" "http://127.0.0.1:$port$path"; }

check "serve starts an app" g serve pub "$port"
check "whose name tells the port" within 5 status_is "static-page-server-$port" online
check "a folder's index is served" within 5 says start get /
check "as HTML" says "text/html" get / -i
check "and files in folders" says text get /deep/a.txt
check "what is not there is not found" says 404 get /nosuch
for path in /../secret /%2e%2e/secret /deep/../../secret /%2e%2e%2fsecret; do
    check "nothing outside of the folder is served: $path" fails says secret get "$path"
done
check "delete ends it" g delete "static-page-server-$port"
check "and frees the port" fails get /
check "--spa and a password" g serve pub "$port" --name page --spa --basic-auth-username me --basic-auth-password pass
check "without it there is nothing" within 5 says 401 get /
check "a wrong one is none" says 401 get / -u me:wrong
check "with it unknown paths are the index" says start get /some/route -u me:pass
check "a folder that is not there is an error" fails g serve nosuch
