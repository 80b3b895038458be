# shellcheck shell=bash
# What every command of the sandbox shares: where things lie, step lines with their time, and
# processes that are remembered by pid *and* start time, so that a recycled pid is never signalled.
# It starts and ends nothing by itself.

set -euo pipefail

SANDBOX_HOME=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
TREE=$(cd -- "$SANDBOX_HOME/../.." && pwd)
SANDBOX_CACHE=${SANDBOX_CACHE:-$TREE/build/sandbox}
COMPOSE_DIR=$SANDBOX_CACHE/compose
COMPOSE_BINARY=$COMPOSE_DIR/root/usr/libexec/docker/cli-plugins/docker-compose
TRAEFIK_VERSION=3.7.15
TRAEFIK_BINARY=$SANDBOX_CACHE/traefik-$TRAEFIK_VERSION/traefik

TRAEFIK_IMAGE=alcedo-traefik:$TRAEFIK_VERSION

# The shared network lies in the sandbox's own network namespace: these addresses can meet nobody.
# Traefik's address is fixed and outside the range the engine hands out, so that a restart keeps it.
SHARED_SUBNET=172.31.240.0/22
SHARED_RANGE=172.31.242.0/23
SHARED_ADDRESS=172.31.240.2

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Which engine, and behind plus signs what is special about it: SANDBOX_ENGINE=26.1+live-restore.
#   20.10   Debian 12's own     26.1   Debian 13's (trixie)     28   whatever sid has now
#   +live-restore    containers outlive dockerd
#   +api-1.44        refuses API versions below, as Engine 29 does
#   +snapshotter     containerd's image store, Engine 29's default
choose_engine() {  # version[+option...]
  local option
  ENGINE=$1
  ENGINE_VERSION=${1%%+*}
  case $ENGINE_VERSION in
    20.10) ENGINE_SUITE='' ;;
    26.1) ENGINE_SUITE=trixie ;;
    28) ENGINE_SUITE=sid ;;
    *) die "SANDBOX_ENGINE=$1: there is no engine '$ENGINE_VERSION' here, but 20.10, 26.1 and 28" ;;
  esac
  for option in $(engine_options); do
    case $ENGINE_VERSION+$option in
      *+live-restore | 26.1+api-1.44 | 28+api-1.44 | 26.1+snapshotter | 28+snapshotter) ;;
      20.10+api-1.44 | 20.10+snapshotter) die "SANDBOX_ENGINE=$1: 20.10 knows no '$option'" ;;
      *) die "SANDBOX_ENGINE=$1: there is no option '$option', but live-restore, api-1.44 and snapshotter" ;;
    esac
  done
  ENGINE_DIR=$SANDBOX_CACHE/engine-$ENGINE_VERSION
}

engine_options() {
  tr + ' ' <<<"${ENGINE#"$ENGINE_VERSION"}"
}

engine_has() {  # option
  [[ " $(engine_options) " == *" $1 "* ]]
}

need_root() {
  [ "$(id -u)" = 0 ] || die "needs root (network namespaces and dockerd do): run it with sudo"
}

# step "text" command...: one line with what was done and how long it took; the output of a failed
# step is shown, that of a good one is not. One job, one line: the caller never prints on its own.
step() {
  local text=$1 log began code=0
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/alcedo-step.XXXXXX")
  began=${EPOCHREALTIME/,/.}
  # Not `"$@" || code=$?`: there `set -e` is off, and a failed line in the middle would go unnoticed.
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1
  code=$?
  set -e
  step_line "$text" "$began" "$([ $code = 0 ] || echo FAILED)"
  if [ $code != 0 ]; then
    sed 's/^/    /' "$log" | tail -n 40 >&2
  fi
  rm -f "$log"
  return $code
}

step_line() {  # text, start in seconds, remark
  awk -v text="$1" -v from="$2" -v to="${EPOCHREALTIME/,/.}" -v remark="${3:-}" 'BEGIN {
    printf "  %-62s %6.1f s%s\n", text, to - from, remark == "" ? "" : "  " remark }'
}

# Field 22 of /proc/PID/stat; the name in field 2 may hold blanks and brackets, so cut behind it.
start_time() {
  local stat=
  # `read` and not $(<...): the latter ends the whole shell when the file has just gone.
  { IFS= read -r -d '' stat <"/proc/$1/stat"; } 2>/dev/null || [ -n "$stat" ] || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  [ "$1" != Z ] || return 1
  echo "${20}"
}

remember() {  # file, pid
  local started
  started=$(start_time "$2") || return 1
  echo "$2 $started" >"$1"
}

# Prints the pid if the remembered process is still the same one, fails otherwise.
remembered() {
  local pid started
  [ -s "$1" ] || return 1
  read -r pid started <"$1" || return 1
  [ "$(start_time "$pid")" = "$started" ] || return 1
  echo "$pid"
}

wait_gone() {  # pid, tenths of a second
  local left=$2
  while start_time "$1" >/dev/null; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    sleep 0.1
  done
}

# The sandbox folder as an absolute path; it may not exist yet.
sandbox_dir() {
  [ $# = 1 ] && [ -n "$1" ] || die "which sandbox? give its folder"
  local dir
  dir=$(realpath -m -- "$1")
  case $dir in *[!A-Za-z0-9._/-]*) die "$dir: letters, digits, '.', '_' and '-' only" ;; esac
  echo "$dir"
}

# Two marks by which everything of a sandbox is found again, with nothing but its folder's name:
# the source of the tmpfs on its /run (any process in its mount namespace shows it; namespace numbers
# are recycled, so they prove nothing), and the parent of its containers' control groups.
sandbox_mark() {
  echo "alcedo-sandbox:$1"
}

sandbox_cgroup() {
  echo "alcedo-sandbox-$(printf %s "$1" | sha256sum | cut -c 1-12)"
}

# Runs a command inside the namespaces of the sandbox, in the caller's working folder, as that same
# pid (exec): whoever started it can signal it. A folder made with `up --host` has no namespaces.
enter() {  # dir, command...
  local dir=$1 holder
  shift
  if [ -s "$dir/host" ]; then exec env -C "$PWD" "$@"; fi
  holder=$(remembered "$dir/pids/holder") || die "$dir: no sandbox is up there"
  # --root: in a chroot, entering a mount namespace would otherwise leave it.
  exec nsenter --target "$holder" --net --mount --root -- env -C "$PWD" "$@"
}

choose_engine "${SANDBOX_ENGINE:-20.10}"

# The unpacked packages' own libraries, for programs of theirs whose libraries a bare Debian lacks.
engine_libraries() {
  find "$ENGINE_DIR/root" -type d -path '*/lib/*-linux-gnu' -printf '%p:' | sed 's/:$//'
}

# What dockerd and the CLI need to run from the unpacked packages.
engine_environment() {  # flavour of iptables
  local libraries
  libraries=$(engine_libraries)
  echo "PATH=$ENGINE_DIR/bin:$ENGINE_DIR/iptables-$1:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  echo "LD_LIBRARY_PATH=$libraries"
  echo "XTABLES_LIBDIR=$(find "$ENGINE_DIR/root" -type d -name xtables | head -n 1)"
}
