#!/usr/bin/env bash
# Boots this machine's own systemd, with nothing but itself, as PID 1 of namespaces of its own. Its root is
# a copy-on-write view of this one: what it changes is gone with it. The network namespace stays the
# caller's. Ends, with all that runs in it, when this process does.
#
#   boot_systemd.sh FOLDER CGROUP [FROM:TO...]     TO (a path in that root) shows FROM
set -euo pipefail
mkdir -p "$1"
mkdir "$2"
echo $$ >"$2/cgroup.procs"
exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child --propagation private \
  bash -euo pipefail -c '
    folder=$1
    shift 2
    mount -t tmpfs tmpfs "$folder"
    mkdir "$folder"/{up,work,root}
    mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/up,workdir=$folder/work" "$folder/root"
    cd "$folder/root"
    mkdir -p host-proc
    mount --bind /proc host-proc
    for each in "$@"; do
      to=$folder/binds${each#*:}
      mkdir -p "${to%/*}"
      if [ -d "${each%%:*}" ]; then mkdir "$to"; else : >"$to"; fi
      mount --bind "${each%%:*}" "$to"
    done
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount -t cgroup2 cgroup2 sys/fs/cgroup
    for each in run tmp dev; do mount -t tmpfs tmpfs "$each"; done
    mkdir dev/shm dev/pts
    for each in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "dev/${each%:*}" c 1 "${each#*:}"; done
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    for each in "$@"; do
      to=$PWD${each#*:}
      mkdir -p "${to%/*}"
      if [ -d "$folder/binds${each#*:}" ]; then mkdir -p "$to"; else : >"$to"; fi
      mount --move "$folder/binds${each#*:}" "$to"
    done
    printf "[Unit]\nDescription=nothing but itself\n" >etc/systemd/system/bare.target
    ln -sf bare.target etc/systemd/system/default.target
    echo 0123456789abcdef0123456789abcdef >etc/machine-id
    exec env -i container=alcedo PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      chroot . /lib/systemd/systemd --system --show-status=no
  ' -- "$@"
