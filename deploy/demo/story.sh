# shellcheck shell=bash
# The story that deploy/quickstart tells: four commits to a Git repository, what Alcedo makes of them
# as it happens, and a table of what every release cost. Wants RUN, TREE, PRESET, BATCH and the sandbox's lib.sh.

APP=shop
HOST=shop.example.com
RATE=100
FIGURES=$TREE/deploy/demo/figures.py

headline() {
  if [ -z "$BATCH" ] && [ -t 1 ]; then
    printf '\n\033[1m%s\033[0m\n' "$*"
    sleep 2  # for a reader
  else
    printf '\n%s\n' "$*"
  fi
}

inside() {
  "$SANDBOX_HOME/in" "$RUN/sandbox" "$@"
}

alcedo() {
  local colour=()
  [ -z "$BATCH" ] || colour=(--no-color)
  "$TREE/build/$PRESET/alcedo" "$@" --socket "$RUN/alcedo.sock" "${colour[@]}"
}

demo_images() {
  local version
  for version in 1 2 3 4; do
    "$SANDBOX_HOME/image" "$RUN/sandbox" "$TREE/build/$PRESET/deploy/demo/demo_service" \
      "alcedo-demo:$version" "ENV VERSION=$version" \
      'HEALTHCHECK --interval=1s --timeout=2s --retries=3 CMD ["/demo_service","probe","http://127.0.0.1:8080/healthz"]'
  done
}

make_repository() {
  git init --quiet --bare --initial-branch=main "$RUN/git/deploy.git"
  git -C "$RUN/git" clone --quiet deploy.git tree
  git -C "$RUN/git/tree" checkout --quiet -B main
  git -C "$RUN/git/tree" config user.name "Quickstart"
  git -C "$RUN/git/tree" config user.email "quickstart@example.invalid"
}

# What a team would write, with short times: the active colour, what each colour runs, how long to watch.
manifest() {  # active colour, blue's version, green's version, watch window, blue's environment
  cat <<YAML
apiVersion: alcedo.dev/v1alpha1
kind: BlueGreen
metadata: {name: $APP}
spec:
  activeColor: $1
  services:
    web:
      image: alcedo-demo:1
  colors:
    blue: {services: {web: {image: "alcedo-demo:$2", environment: {$5}}}}
    green: {services: {web: {image: "alcedo-demo:$3"}}}
  traffic:
    routes:
      - {name: web, service: web, port: 8080, rule: "Host(\`$HOST\`)", entryPoints: [web]}
    steps: [{weight: 50, hold: 5s}]
    drain: {grace: 1s, timeout: 20s}
  health:
    timeout: 10s
    interval: 1s
    minReady: 1s
    checks:
      - {name: healthz, http: {service: web, port: 8080, path: /healthz}}
  watch: {window: $4, failureThreshold: 3, onFailure: Revert}
  standby: {for: 60s, then: Stop}
YAML
}

commit() {  # message; prints the commit
  git -C "$RUN/git/tree" add --all
  git -C "$RUN/git/tree" commit --quiet --message "$1"
  git -C "$RUN/git/tree" push --quiet origin main
  git -C "$RUN/git/tree" rev-parse HEAD
}

remembering() {  # name, command...: starts it in the background, inside, and remembers its pid
  local name=$1
  shift
  (
    # shellcheck disable=SC1091
    source "$RUN/sandbox/env"
    enter "$RUN/sandbox" "$@"
  ) </dev/null &>>"$RUN/$name.log" &
  remember "$RUN/sandbox/pids/$name" $!
}

start_alcedo() {
  # shellcheck disable=SC1091
  source "$RUN/sandbox/env"
  local instance=alcedo tries=150
  [ ! -s "$RUN/sandbox/host" ] || instance=quickstart
  remembering alcedo "$TREE/build/$PRESET/alcedo" run \
    --source "git+file://$RUN/git/deploy.git?ref=main&every=1s" \
    --docker "$DOCKER_HOST" --network "$SANDBOX_NETWORK" --instance "$instance" \
    --traefik-dir "$TRAEFIK_DIR" --traefik-api "$TRAEFIK_API" --traefik-entrypoint "web=$ENTRYPOINT_WEB" \
    --state-dir "$RUN/state" --socket "$RUN/alcedo.sock" --listen 127.0.0.1:9644 --resync 5s
  until inside python3 "$FIGURES" ready http://127.0.0.1:9644/readyz; do
    tries=$((tries - 1))
    if [ $tries -le 0 ] || ! remembered "$RUN/sandbox/pids/alcedo" >/dev/null; then
      tail -n 20 "$RUN/alcedo.log"
      return 1
    fi
    sleep 0.2
  done
}

start_load() {
  # shellcheck disable=SC1091
  source "$RUN/sandbox/env"
  remembering load "$TREE/build/$PRESET/deploy/demo/demo_load" --target "$TRAEFIK_ADDRESS:80" \
    --host "$HOST" --rate "$RATE" --out "$RUN/requests.jsonl" --summary "$RUN/requests.json"
  remembering observer python3 "$FIGURES" observe "$TREE/build/$PRESET/alcedo" "$RUN/alcedo.sock" "$APP" \
    "$RUN/seen.jsonl"
}

# Writes what a release asks for and commits it: SHA and BEGAN.
ask_for() {  # message, manifest arguments...
  local message=$1
  shift
  manifest "$@" >"$RUN/git/tree/$APP.yaml"
  BEGAN=$EPOCHREALTIME
  SHA=$(commit "$message")
}

# One release: commit, watch it live, judge it. The exit code of `watch` says how it ended; a failed
# expectation is remembered in FAILED, and the story goes on so that its table is whole.
release() {  # number, expectation, message, manifest arguments...
  local number=$1 expected=$2 message=$3
  shift 3
  ask_for "$message" "$@"
  follow "$number" "$expected" "$message" "$1"
}

follow() {  # number, expectation, message, colour
  local code=0
  printf '  commit %s "%s"\n' "${SHA:0:7}" "$3"
  alcedo watch "$APP" --until idle --commit "$SHA" --timeout 180s 2>&1 | sed --unbuffered 's/^/  /'
  code=${PIPESTATUS[0]}
  python3 "$FIGURES" row "$RUN" "$1" "$4" "$2" "$code" "${BEGAN/,/.}" \
    "$(alcedo get "$APP" -o json 2>/dev/null || echo '{}')" || FAILED=yes
}

tell_story() {
  FAILED=
  mkdir -p "$RUN/git"
  step "images alcedo-demo:1 to 4, each one static binary" demo_images || return 1
  step "a Git repository" make_repository || return 1
  headline "Version 1 is released on blue; nothing serves yet, so there is nothing to switch from."
  ask_for "Shop, version 1" blue 1 1 5s ""
  step "alcedo run, until it says it is ready" start_alcedo || return 1
  follow 1 serving "Shop, version 1" blue
  [ -z "$FAILED" ] || return 1
  start_load
  sleep 2
  printf '  from here on %s requests a second, GET and POST, on kept and new connections\n' "$RATE"

  headline "1. A release under load: version 2 on green, 50/50 for 5 s, then all of it."
  release 2 serving "Ship version 2" green 1 2 8s ""
  headline "2. One that never gets healthy: version 3 on blue."
  release 3 rejected "Ship version 3" blue 3 2 8s 'NEVER_HEALTHY: "1"'
  headline "3. One that turns bad after the switch: version 4 on blue, ill 20 s after its first request."
  release 4 reverted "Ship version 4" blue 4 2 60s 'SICK_AFTER: 20s, SICK_FROM: traffic'

  sleep 2
  printf '\n'
  python3 "$FIGURES" table "$RUN" || FAILED=yes
  [ -z "$FAILED" ]
}
