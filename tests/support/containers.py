"""Build the image of the ``Containerfile`` with buildah, and run it in namespaces of its own.

No container engine is needed: ``unshare`` gives the process a root that cannot be written to, and
number 1, as an engine does. Needs root. The network is that of the machine.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support.nginx import find_free_port
from tests.support.processes import EMPTY, ROOT, Server, responds, run_process, wait_for

BASE: Final = "localhost/base"
IMAGE: Final = "localhost/defects-ical"
# The base that `make container-test` makes; Debian's Python stands for python:3.13-slim.
BASE_ARCHIVE: Final = Path(sys.prefix) / "container-base.tar"
# What pip may need to reach its index, and no more.
PIP_SETTINGS: Final = r"(?m)^(?:global|:env:)\.(cert|index-url|proxy|trusted-host|timeout)='(.*)'$"
CERTIFICATES: Final = "/etc/ssl/certs"
# A root without shells, of which nothing but /dev can be written to. $1 is the root, $2 the folder
# with the schedule, $3 the user, and $4 "writable" for an empty /tmp; the rest is the command.
ENTER: Final = """\
root=$1 schedule=$2 user=$3 tmp=$4
shift 4
mount --bind "$root" "$root"
mount --bind "$schedule" "$root/schedule"
mount -o remount,bind,ro "$root/schedule"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero random urandom; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir -m 1777 "$root/dev/shm"
if test "$tmp" = writable; then mount -t tmpfs tmpfs "$root/tmp"; fi
for shell in sh dash bash rbash; do
    if test -f "$root/usr/bin/$shell"; then mount --bind /dev/null "$root/usr/bin/$shell"; fi
done
mount -o remount,bind,ro "$root"
# What it takes to enter the root; none of it is left to another user.
exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid \\
    chroot --userspec="$user" --groups= "$root" "$@"
"""


@dataclass(frozen=True)
class Image:
    """A built image: the folders with its files and with those of its base, and its settings."""

    root: Path
    base_root: Path
    config: Mapping[str, Any]
    buildah: tuple[str, ...]

    def list_environment(self, changes: Mapping[str, str] = EMPTY) -> list[str]:
        """Return the image's variables, with an operator's changes, as ``env`` takes them."""
        return [*self.config["Env"], *(f"{name}={value}" for name, value in changes.items())]

    def create_container(self, name: str) -> str:
        """Return the name of a new buildah container of an image."""
        command = [*self.buildah, "from", "--pull-never", name]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@dataclass(frozen=True)
class Container:
    """A running image: the server, and the process ID of the service outside its namespace."""

    image: Image
    server: Server
    environment: list[str]
    pid: int

    def run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        """Run a command in the container, as its user and with its variables."""
        enter = ["nsenter", f"--target={self.pid}", "--mount", "--pid"]
        user = [f"--userspec={self.image.config['User']}", "--groups=", str(self.image.root)]
        full = [*enter, "chroot", *user, "/usr/bin/env", "-i", *self.environment, *command]
        return subprocess.run(full, capture_output=True, check=False, timeout=20)


@contextmanager
def build_image(storage: Path) -> Iterator[Image]:
    """Build the image on the base of ``make container-test``; its files are there until the end."""
    folders = ("--root", str(storage / "images"), "--runroot", str(storage / "run"))
    buildah = ("buildah", "--storage-driver", "vfs", *folders)

    def call(*arguments: str) -> str:
        done = subprocess.run([*buildah, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    scratch = call("from", "scratch")
    call("add", "--quiet", scratch, str(BASE_ARCHIVE), "/")
    call("commit", "--quiet", "--rm", scratch, BASE)
    settings = write_pip_settings(storage / "pip.conf")
    volumes = ["--volume", f"{settings}:/etc/pip.conf:ro"]
    volumes += ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"] * Path(CERTIFICATES).is_dir()
    options = ["--isolation", "chroot", "--format", "docker", "--pull-never", *volumes]
    call("bud", *options, "--build-arg", f"BASE={BASE}", "--tag", IMAGE, str(ROOT))
    config = json.loads(call("inspect", "--type", "image", IMAGE))["Docker"]["config"]
    roots = [Path(call("mount", call("from", "--pull-never", name))) for name in (IMAGE, BASE)]
    # An engine makes it for the mount.
    (roots[0] / "schedule").mkdir()
    yield Image(roots[0], roots[1], config, buildah)
    call("umount", "--all")


def write_pip_settings(file: Path) -> Path:
    """Write this machine's way to the package index to a file, for the build alone."""
    pip = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(pip, capture_output=True, text=True, check=True).stdout
    settings = (
        f"{key} = {value}\n" for key, value in dict(re.findall(PIP_SETTINGS, listed)).items()
    )
    file.write_text("[global]\n" + "".join(settings), "utf-8")
    return file


@contextmanager
def start_container(
    image: Image, schedule: Path, changes: Mapping[str, str], *, has_tmp: bool = False
) -> Iterator[Container]:
    """Run the image's own command on a free port until the block ends; do not wait for it.

    ``schedule`` is mounted at /schedule; ``changes`` are variables that an operator sets.
    """
    # The service is another user.
    schedule.chmod(0o755)
    port = find_free_port()
    environment = image.list_environment({"DEFECTS_ICAL_LISTEN_PORT": str(port), **changes})
    command = [*image.config["Entrypoint"], *image.config["Cmd"]]
    arguments = [str(image.root), str(schedule), image.config["User"]]
    arguments += ["writable" if has_tmp else "", "/usr/bin/env", "-i", *environment, *command]
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    with run_process([*unshare, "sh", "-euc", ENTER, "sh", *arguments]) as (process, log):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        pid = int(wait_for(lambda: children.read_text("ascii").split(), process, log)[0])
        program = image.config["Entrypoint"][0].encode()
        wait_for(lambda: program in read_arguments(pid), process, log, pause=0)
        yield Container(image, Server(process, port, log), environment, pid)


@contextmanager
def run_container(
    image: Image, schedule: Path, changes: Mapping[str, str], *, has_tmp: bool = False
) -> Iterator[Container]:
    """Run the image's own command, and wait until it responds. See ``start_container``."""
    with start_container(image, schedule, changes, has_tmp=has_tmp) as container:
        server = container.server
        wait_for(lambda: responds(server), server.process, server.log)
        yield container


def read_arguments(pid: int) -> list[bytes]:
    """Return the command line of a process, from the program of a script on."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return []
    # Before that, it is the shell or `env` that has the program as an argument.
    return words if b"python" in words[0] else []


def measure_bytes(root: Path) -> int:
    """Return the size of a root folder as a layer of an image: that of its tar archive."""
    tar = 'tar --create --one-file-system --directory "$1" --file - . | wc --bytes'
    done = subprocess.run(
        ["/bin/sh", "-euc", tar, "sh", str(root)], capture_output=True, check=True
    )
    return int(done.stdout)
