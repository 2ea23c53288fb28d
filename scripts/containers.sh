#!/usr/bin/env bash
# Build the containers and bring all of docker-compose.yml up, by podman, with nothing of Docker and no registry of
# images; ask of them what an operator relies on; take everything down again. Some 5 minutes, as root on Debian.
# Where it cannot be done it says NOT TESTED and why, which under REQUIRE_ALL=1 is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

not_tested() {
    echo "NOT TESTED: containers: $*" >&2
    [ "${REQUIRE_ALL:-0}" = 1 ] && exit 1
    exit 0
}
say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }
fail() {
    echo "FAILED: $*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || not_tested "needs root, for podman and debootstrap"
command -v apt-get >/dev/null 2>&1 || not_tested "needs Debian, of which the stand-ins for the base images are made"
source_list=/etc/apt/sources.list.d/debian.sources
mirror=$(awk '/^URIs:/ {print $2; exit}' "$source_list" 2>/dev/null ||
    awk '$1 == "deb" {for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) {print $i; exit}}' /etc/apt/sources.list)
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$mirror" ] && [ -n "$suite" ] || not_tested "apt does not tell where its packages come from"

for program in podman buildah runc debootstrap catatonit iptables newuidmap; do
    command -v "$program" >/dev/null 2>&1 && continue
    say "installing what containers need"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        podman buildah runc netavark aardvark-dns debootstrap uidmap catatonit iptables >/dev/null ||
        not_tested "podman cannot be installed"
    break
done
scripts/bootstrap.sh requirements-dev.lock

# Everything that podman keeps is in this folder, so that nothing of this machine's own is seen or left changed.
D=$(mktemp -d /tmp/assessor-containers.XXXXXX)
mkdir "$D/networks"
cat >"$D/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$D/graph"
runroot = "$D/runroot"
CONF
# runc and lower limits: a host that is itself a container may have mixed cgroups and no right to raise limits.
cat >"$D/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "$D/tmp"
[network]
network_config_dir = "$D/networks"
CONF
: >"$D/registries.conf" # no registry at all: an image that was not made here is not found
export CONTAINERS_STORAGE_CONF=$D/storage.conf CONTAINERS_CONF=$D/containers.conf
export CONTAINERS_REGISTRIES_CONF=$D/registries.conf BUILDAH_FORMAT=docker TMPDIR=$D
unset DATABASE_URL ${!SMTP_@} ${!ASSESSOR_@} # what is tested is what stands in the files

project=assessor-$$
export SUBNET=172.31.$(($$ % 250)).0/24
export POSTGRES_PASSWORD='of /this@test: $alone' ASSESSOR_DEMO=1 ASSESSOR_PUBLIC_URL=https://assess.example.cn
compose() { # seconds, arguments
    timeout "$1" "$D/venv/bin/podman-compose" -p "$project" "${@:2}"
}

finish() {
    code=$?
    trap - EXIT INT TERM
    if [ "$code" != 0 ]; then
        for name in db app plant; do
            podman container exists "${project}_${name}_1" 2>/dev/null || continue
            echo "--- the last lines of $name" >&2
            podman logs --tail 30 "${project}_${name}_1" >&2 || true
        done
    fi
    podman rm -af -t 10 >/dev/null 2>&1 || true
    podman pod rm -af >/dev/null 2>&1 || true
    podman volume rm -af >/dev/null 2>&1 || true
    podman network prune -f >/dev/null 2>&1 || true
    umount "$D/graph/overlay" 2>/dev/null || true
    case "$D" in /tmp/assessor-containers.*) rm -rf --one-file-system "$D" ;; esac
    [ ! -e "$D" ] || echo "Left over: $D" >&2
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

cat <<'NOTE'
STAND-INS: no registry of images is asked. python:3.11-slim is a Debian made by debootstrap with its own Python;
postgres:16 is that Debian with its own PostgreSQL and an entry point of ours; podman stands in for Docker.
This proves: our Dockerfile builds; the services start, find each other, are healthy, keep what they should, and live
without root, rights and a writable root. It does NOT prove: the official images, the Docker engine, its
compose, or that it waits for `service_healthy` (podman-compose does not; the program waits by itself).
NOTE

base() {
    timeout 600 debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates \
        "$suite" "$D/rootfs" "$mirror" >"$D/debootstrap.log" 2>&1 || {
        tail -5 "$D/debootstrap.log" >&2
        fail "debootstrap"
    }
    # As in the official image: `python` and `pip` install for the whole system. The host's certificates, since what
    # this machine reaches a package index through may have its own.
    ln -sf /usr/bin/python3 "$D/rootfs/usr/local/bin/python"
    ln -sf /usr/bin/pip3 "$D/rootfs/usr/local/bin/pip"
    rm -f "$D"/rootfs/usr/lib/python3*/EXTERNALLY-MANAGED
    cp /etc/ssl/certs/ca-certificates.crt "$D/rootfs/etc/ssl/certs/ca-certificates.crt"
    tar -C "$D/rootfs" -c . | podman import -q \
        --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' \
        --change 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt' \
        --change 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
        --change 'CMD ["python3"]' - localhost/python:3.11-slim >/dev/null
    rm -rf "$D/rootfs"
}

build() { # name, folder: quiet unless it fails
    timeout 900 podman build --network=host -t "localhost/$1" "$2" >"$D/build.log" 2>&1 || {
        tail -40 "$D/build.log" >&2
        fail "building $1"
    }
}

until_healthy() { # service, seconds
    local end=$((SECONDS + $2))
    until podman healthcheck run "${project}_$1_1" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "$1 is not healthy after $2 s"
        sleep 0.5
    done
    say "$1 is healthy"
}

inside() { # service, command: in its container
    podman exec "${project}_$1_1" "${@:2}"
}

podman info >/dev/null 2>"$D/podman.log" || not_tested "podman does not work here: $(tail -1 "$D/podman.log")"
say "making the stand-in for python:3.11-slim (Debian $suite)"
base
podman run --rm --network none python:3.11-slim true 2>"$D/podman.log" ||
    not_tested "podman starts no container here: $(tail -1 "$D/podman.log")"
say "making the stand-in for postgres:16"
build postgres:16 scripts/containers/postgres
say "building our image"
build plant-assessor .
say "our image: $(podman image inspect plant-assessor --format '{{.Size}}' | awk '{printf "%d MB", $1 / 1e6}') with its base"
.venv/bin/uv venv --quiet "$D/venv"
.venv/bin/uv pip install --quiet --python "$D/venv/bin/python" podman-compose==1.6.0

PORT=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PORT
say "bringing it up"
compose 300 --profile plant up -d >"$D/up.log" 2>&1 || {
    tail -40 "$D/up.log" >&2
    fail "bringing it up"
}
until_healthy db 120
until_healthy app 120
until_healthy plant 120

visit() { .venv/bin/python scripts/containers/visit.py "$1" "http://127.0.0.1:$PORT" "$D/visit.json"; }
visit save
say "as by a proxy: healthy, the front page, the demo, an answer saved; cookies for TLS alone"
podman restart -t 30 "${project}_app_1" >/dev/null 2>>"$D/podman.log"
until_healthy app 120
visit "find"
say "the answer and the session are there after a restart"
visit guess
say "who guesses is counted by the address that the proxy saw"

for service in app db plant; do
    users=$(podman top "${project}_${service}_1" user | tail -n +2)
    [ -n "$users" ] || fail "the processes of $service cannot be listed"
    ! grep -qx root <<<"$users" || fail "processes of $service are root's"
    for place in / /etc /usr/bin; do
        ! inside "$service" sh -c "echo >$place/written" 2>/dev/null || fail "$service could write to $place"
    done
    facts=$(inside "$service" grep -E '^(CapEff|CapBnd|NoNewPrivs):' /proc/1/status | tr -d '\t')
    [ "$facts" = "$(printf 'CapEff:%016d\nCapBnd:%016d\nNoNewPrivs:1' 0 0)" ] || fail "$service has rights: $facts"
done
# A root that only its owner could not write would do for the above; this one says of itself that it is read-only.
for service in app db plant; do
    inside "$service" grep -qE '^[^ ]+ / [^ ]+ ro[, ]' /proc/mounts || fail "the root of $service is not read-only"
done
say "no process is root's, none has a right of root's, and every root file system is read-only"

knock='import socket, sys; socket.create_connection((sys.argv[1], 5432), 3)'
address=$(inside app getent hosts db | awk '{print $1; exit}')
inside app python -c "$knock" "$address" || fail "the app does not reach the database by its address"
! inside plant python -c "$knock" "$address" 2>/dev/null || fail "the plant reaches the database"
inside plant cat /tmp/plant/network.yaml | podman exec -i "${project}_app_1" tee /tmp/scope.yaml >/dev/null
inside app timeout 120 assessor sample /tmp/scope.yaml -o /tmp/sealed.zip --seconds 10 --json \
    >"$D/sealed.json" 2>"$D/sample.log" || fail "sampling the plant from the app's container"
.venv/bin/python - "$D/sealed.json" <<'PYTHON' || fail "nothing was sampled"
import json, sys
members = json.load(open(sys.argv[1]))["members"]
sys.exit(not any(m["name"] == "samples.parquet" and m["bytes"] > 5000 for m in members))
PYTHON
say "the simulated plant was sampled from the app's container, and does not reach the database"

code=$(inside app assessor invite "A factory" | tail -1)
[ -n "$code" ] || fail "no code by 'assessor invite'"
say "'assessor invite' gives a code"

# The backup of docs/how-to/serve.md, and back.
inside db pg_dump -U assessor -Fc assessor >"$D/assessor.dump"
inside app tar -C /var/lib/assessor -c . >"$D/home.tar"
tar -tf "$D/home.tar" | grep -q signing-key || fail "the signing key is not on its volume"
podman stop -t 30 "${project}_app_1" >/dev/null 2>>"$D/podman.log"
inside db psql -q -U assessor -d assessor -c 'drop schema public cascade; create schema public' 2>/dev/null
podman exec -i "${project}_db_1" pg_restore -U assessor -d assessor --clean --if-exists --exit-on-error <"$D/assessor.dump"
podman start "${project}_app_1" >/dev/null 2>>"$D/podman.log"
until_healthy app 120
visit "find"
podman exec -i "${project}_app_1" tar -C /var/lib/assessor -x <"$D/home.tar" || fail "the folder with the key is not restored"
say "a backup of the database, restored into an empty one, holds the answer; that of the key is taken back"

# Into its own /tmp, where the compose file has this folder: nothing here is to be written over.
compose 300 --profile demo run --rm -T demo \
    demo -o /tmp/demo-output --seconds 10 >"$D/demo.log" 2>&1 || {
    tail -20 "$D/demo.log" >&2
    fail "the demo's container"
}
say "the demo goes the whole way in its container"

compose 120 --profile plant --profile demo down -v -t 30 >"$D/down.log" 2>&1 ||
    fail "taking it down: $(tail -3 "$D/down.log")"
[ -z "$(podman ps -aq)" ] || fail "containers are left over"
[ -z "$(podman volume ls -q)" ] || fail "volumes are left over"
say "containers: all of it passed"
