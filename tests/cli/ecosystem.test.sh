# Ecosystem files: several apps in one file, in three languages, with the same meaning.
. "$(dirname "$0")/lib.sh"

cat >shows.sh <<'X'
echo "shows MODE=${MODE-} COLOR=${COLOR-} GONE_SECRET=${GONE_SECRET-} args=$*"
exec sleep 1000
X
cat >one.config.js <<'X'
console.log('a file may print')
module.exports = {
  apps: [
    { name: 'api', script: './shows.sh', args: 'a "b c"', env: { MODE: 'plain' }, env_production: { MODE: 'production' } },
    { name: 'worker', script: 'shows.sh', instances: 2, exec_mode: 'fork', namespace: 'jobs', increment_var: 'COLOR', env: { COLOR: 7 } },
  ],
}
X
cat >two.yaml <<'X'
apps:
  - name: yaml
    script: shows.sh
    filter_env: [SECRET]
    max_memory_restart: 500M
    env: {MODE: from yaml}
X
cat >three.json <<'X'
{ // comments are welcome
  "apps": [{ "name": "json", "script": "shows.sh", "env": { "MODE": "from json" } }]
}
X
said() { grep -qF -- "$2" "$GALLEY_HOME/logs/$1"; }

check "a JavaScript file starts its apps" g start one.config.js --env production
check "each of them" count_is worker 2
check "with the environment that was asked for" within 2 said api-out.log "MODE=production"
check "and the arguments" said api-out.log "args=a b c"
check "increment_var counts up" within 2 said worker-out-2.log "COLOR=8"
check "a namespace is one word for several" g stop jobs
export GONE_SECRET=x
check "a YAML file does too" g start two.yaml
check "what is filtered out of the environment is not there" within 2 said yaml-out.log "MODE=from yaml COLOR= GONE_SECRET= "
check "a JSON file does too" g start three.json
check "with its environment" within 2 said json-out.log "MODE=from json"
check "--only chooses one app" g start one.config.js --only api
check "which is restarted, since it was there" restarts_are api 1
sed -i "s/'plain'/'changed'/" one.config.js
check "a changed file is taken over by restart" g restart one.config.js --only api
check "with what has changed" within 2 said api-out.log "MODE=changed"
check "an ecosystem on stdin works" bash -c "'$galley' start - <three.json"
check "delete takes a file too" g delete three.json
check "and forgets its apps" count_is json 0

cat >bad.yaml <<'X'
apps:
  - name: bad
    script: shows.sh
    max_memory_restart: lots
X
check "a bad value is an error" fails g start bad.yaml
check "that names the key" says "max_memory_restart" g start bad.yaml
check "the value" says "lots" g start bad.yaml
check "and the line" says "bad.yaml:4" g start bad.yaml
check "nothing was started" count_is bad 0
printf 'apps: [' >broken.yaml
check "a file that cannot be read says where" says "line " g start broken.yaml
echo 'throw new Error("my mistake")' >throws.config.js
check "a JavaScript file that throws shows its error" says "my mistake" g start throws.config.js
echo '{"apps":[{"name":"x","script":"shows.sh","max_memory":"1G"}]}' >unknown.json
check "an unknown option is warned of" says 'no option "max_memory"' g start unknown.json
echo '{"apps":[{"name":"y","script":"shows.sh","post_update":["npm ci"],"vizion":false}]}' >useless.json
check "an option of PM2's that does nothing here says so" says '"post_update" has no effect' g start useless.json
check "but not when it is off" fails says vizion g start useless.json
