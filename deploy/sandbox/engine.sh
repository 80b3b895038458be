# shellcheck shell=bash
# The engine of a sandbox and what runs on it from the start: dockerd, images made from one static
# binary each, and Traefik. Included by the commands beside it; every function takes the folder.

engine_version() {
  env "$(engine_environment nft | grep '^LD_')" "$ENGINE_DIR/bin/dockerd" --version |
    sed -n 's/^Docker version \([0-9.]*\).*/\1/p'
}

# A command inside the namespaces with the unpacked engine's environment. The shell becomes it.
engine_exec() {  # dir, command...
  local dir=$1 variables
  shift
  if [ -s "$dir/engine/chosen" ]; then choose_engine "$(<"$dir/engine/chosen")"; fi
  mapfile -t variables < <(engine_environment "$(cat "$dir/engine/iptables" 2>/dev/null || echo nft)")
  enter "$dir" env "${variables[@]}" "$@"
}

engine_in() {  # dir, command...
  (engine_exec "$@")
}

docker_in() {  # dir, arguments...
  local dir=$1
  shift
  engine_in "$dir" DOCKER_HOST="$(docker_host "$dir")" DOCKER_CONFIG="$dir/docker" docker "$@"
}

# Where the engine is: our own socket, or what `up --host` was given.
docker_host() {  # dir
  cat "$1/host" 2>/dev/null || echo "unix://$1/docker.sock"
}

# On a machine's own engine other things live too: there every name of ours says whose it is.
shared_network() {  # dir
  if [ -s "$1/host" ]; then echo alcedo-quickstart; else echo alcedo; fi
}

traefik_name() {  # dir
  if [ -s "$1/host" ]; then echo alcedo-quickstart-traefik; else echo traefik; fi
}

traefik_address() {  # dir
  docker_in "$1" inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' \
    "$(traefik_name "$1")"
}

# dockerd writes its rules with whatever iptables it finds. nft is Debian 12's own choice and works
# in a fresh network namespace; a kernel without nf_tables still has the legacy tables.
choose_iptables() {  # dir
  local flavour
  for flavour in nft legacy; do
    echo "$flavour" >"$1/engine/iptables"
    if engine_in "$1" iptables -t nat -L -n >/dev/null 2>"$1/log/iptables"; then return; fi
  done
  cat "$1/log/iptables" >&2
  die "neither nft nor legacy iptables works in a network namespace of this kernel"
}

# Everything that dockerd would otherwise keep in /etc or /var lies in the folder; its run-time state
# is in /run/docker of the private mount namespace.
#  debug        dockerd then logs every call it gets: what a test counts, and what nobody else can forge
#  key path     20.10 writes /etc/docker/key.json otherwise
#  cgroupfs     no systemd is asked; one parent of our own, so that `down` finds every process
#  container=   dockerd then leaves AppArmor alone: loading docker-default is a change to the machine
#  dns          without one the engine falls back to public servers; there is no way out of here
#  containerd   a process of its own, as under systemd: it and the containers outlive a killed dockerd
engine_config() {  # dir
  local live_restore=false features=''
  if engine_has live-restore; then live_restore=true; fi
  if engine_has snapshotter; then features='"features": {"containerd-snapshotter": true},'; fi
  cat <<JSON
{
  "containerd": "/run/containerd/containerd.sock",
  "live-restore": $live_restore, $features
  "data-root": "$1/engine/data",
  "exec-root": "/run/docker",
  "pidfile": "/run/docker.pid",
  "hosts": ["unix://$1/docker.sock"],
  "debug": true,
  "deprecated-key-path": "$1/engine/key.json",
  "exec-opts": ["native.cgroupdriver=cgroupfs"],
  "cgroup-parent": "/$(sandbox_cgroup "$1")",
  "dns": ["127.0.0.1"],
  "bip": "172.31.239.1/24",
  "default-address-pools": [{"base": "172.31.224.0/21", "size": 27}]
}
JSON
}

containerd_config() {  # dir
  cat <<TOML
version = 2
root = "$1/engine/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "/run/containerd/containerd.sock"
TOML
}

# A program of a session of its own: a Ctrl-C for the command that made the sandbox is not one for it.
# No shell stays behind as its parent, or it would hold the output of whoever called us open.
start_program() {  # dir, name, command...
  local dir=$1 name=$2
  shift 2
  engine_exec "$dir" setsid env "$@" </dev/null &>>"$dir/log/$name.log" &
  remember "$dir/pids/$name" $! || true
}

# Waits until a condition holds, or says the end of the program's log if it has ended or time is up.
wait_for_program() {  # dir, name, tenths of a second, condition...
  local dir=$1 name=$2 tries=$3
  shift 3
  until "$@"; do
    tries=$((tries - 1))
    if [ $tries -le 0 ] || ! remembered "$dir/pids/$name" >/dev/null; then
      tail -n 20 "$dir/log/$name.log" >&2
      return 1
    fi
    sleep 0.1
  done
}

start_containerd() {  # dir
  if remembered "$1/pids/containerd" >/dev/null; then return; fi
  containerd_config "$1" >"$1/engine/containerd.toml"
  start_program "$1" containerd containerd --config "$1/engine/containerd.toml"
  wait_for_program "$1" containerd 100 engine_in "$1" test -S /run/containerd/containerd.sock
}

# Also a second time, after dockerd was stopped or killed: without live-restore it then stops what
# survived it, with 10 s of grace, before it answers.
start_engine() {  # dir
  local dir=$1 variables=(container=sandbox)
  if engine_has api-1.44; then variables+=(DOCKER_MIN_API_VERSION=1.44); fi
  choose_iptables "$dir"
  start_containerd "$dir"
  engine_config "$dir" >"$dir/engine/daemon.json"
  # Where process 1 is slow to notice, a killed dockerd is a zombie that its successor takes for alive.
  engine_in "$dir" rm -f /run/docker.pid
  start_program "$dir" dockerd "${variables[@]}" dockerd --config-file "$dir/engine/daemon.json"
  wait_for_program "$dir" dockerd 600 engine_answers "$dir"
}

end_engine() {  # dir, signal
  local pid
  pid=$(remembered "$1/pids/dockerd") || return 0
  kill -s "$2" "$pid"
  # Told to end without live-restore, it stops every container first.
  wait_gone "$pid" 600
}

engine_answers() {  # dir
  [ -S "$1/docker.sock" ] &&
    docker_in "$1" version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# An image of one static binary, from nothing: what `docker import` does, so no build, no registry.
# Every further argument is one change: ENV VERSION=2, LABEL a=b, HEALTHCHECK ... CMD [...].
import_image() {  # dir, binary, reference, change...
  local dir=$1 binary=$2 reference=$3 change
  local -a changes=(--change "ENTRYPOINT [\"/${binary##*/}\"]")
  shift 3
  for change in "$@"; do changes+=(--change "$change"); done
  tar -C "${binary%/*}" --owner=0 --group=0 --mtime=@0 --mode=755 -c "${binary##*/}" |
    docker_in "$dir" import "${changes[@]}" - "$reference"
}

traefik_image() {  # dir
  import_image "$1" "$TRAEFIK_BINARY" "$TRAEFIK_IMAGE"
}

# Without a default certificate Traefik makes an RSA key at every reload, 46-204 ms instead of 4.
default_certificate() {  # dir
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=sandbox.invalid" \
    -keyout "$1/certificates/default.key" -out "$1/certificates/default.pem" 2>/dev/null
  cat >"$1/traefik/dynamic/default-certificate.yaml" <<'JSON'
{"tls":{"stores":{"default":{"defaultCertificate":{"certFile":"/certificates/default.pem","keyFile":"/certificates/default.key"}}}}}
JSON
}

start_traefik() {  # dir
  local dir=$1 tries=100 network address=()
  network=$(shared_network "$dir")
  if [ -s "$dir/host" ]; then
    docker_in "$dir" network create "$network"
  else
    docker_in "$dir" network create --subnet "$SHARED_SUBNET" --ip-range "$SHARED_RANGE" "$network"
    address=(--ip "$SHARED_ADDRESS")
  fi
  default_certificate "$dir"
  # Traefik mounts and watches dynamic/ only; it exists already, or the file provider would be dead.
  # `always`: after a killed dockerd, one with `unless-stopped` stays down until somebody starts it.
  docker_in "$dir" run --detach --name "$(traefik_name "$dir")" --network "$network" "${address[@]}" \
    --restart always --log-opt max-size=20m \
    --volume "$dir/traefik/dynamic:/dynamic:ro" --volume "$dir/certificates:/certificates:ro" \
    "$TRAEFIK_IMAGE" \
    --global.checknewversion=false --global.sendanonymoususage=false --log.level=INFO \
    --providers.file.directory=/dynamic --providers.file.watch=true \
    --providers.providersthrottleduration=200ms \
    --entrypoints.web.address=:80 --entrypoints.web.transport.lifecycle.gracetimeout=10s \
    --entrypoints.websecure.address=:443 \
    --entrypoints.traefik.address=:8080 --api=true --api.insecure=true --ping=true \
    --metrics.prometheus=true --metrics.prometheus.addrouterslabels=true
  # /ping answers 200 only once the file's routes are active (a 404 before is the start, not a no).
  until traefik_answers "$dir"; do
    tries=$((tries - 1))
    if [ $tries -le 0 ]; then
      docker_in "$dir" logs "$(traefik_name "$dir")" >&2
      return 1
    fi
    sleep 0.1
  done
}

traefik_answers() {  # dir
  # shellcheck disable=SC2016
  (enter "$1" bash -c 'exec 3<>"/dev/tcp/$0/8080" && printf "GET /ping HTTP/1.0\r\n\r\n" >&3 &&
    read -r -t 2 line <&3 && [[ $line == *" 200 "* ]]' "$(traefik_address "$1")") 2>/dev/null
}
