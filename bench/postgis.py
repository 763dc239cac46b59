"""A PostgreSQL cluster with PostGIS of its own, below a temporary folder: no network, only a socket in that folder, gone at the end.
initdb refuses to run as root; then the user that Debian's package makes runs it."""
import atexit
import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile

USER = "postgres"


class Cluster:
    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found:
            sys.exit("no PostgreSQL server is installed (postgresql-15, postgresql-15-postgis-3)")
        self.bin = os.path.dirname(found[-1])
        self.as_user = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        self.folder = tempfile.mkdtemp(prefix="knoop-pg-")
        if self.as_user:
            os.chown(self.folder, pwd.getpwnam(USER).pw_uid, -1)
        atexit.register(self.close)
        self.data = os.path.join(self.folder, "data")
        self.run("initdb", "--pgdata", self.data, "--auth", "trust", "--username", USER, "--no-sync")
        options = (f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off -c shared_buffers=1GB "
                   "-c maintenance_work_mem=512MB -c work_mem=64MB -c max_wal_size=8GB -c jit=off")
        self.run("pg_ctl", "--pgdata", self.data, "--log", os.path.join(self.folder, "log"), "--wait", "-o", options, "start")

    def run(self, program, *words, text=None):
        done = subprocess.run([*self.as_user, os.path.join(self.bin, program), *words], input=text, capture_output=True, text=True,
                              cwd=self.folder, check=False)
        if done.returncode != 0:
            sys.exit(f"{program} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def sql(self, text):
        """What the statements print, without decoration."""
        return self.run("psql", "--host", self.folder, "--username", USER, "--dbname", USER, "--no-psqlrc", "--quiet", "--tuples-only",
                        "--no-align", "--set", "ON_ERROR_STOP=1", text=text).strip()

    def close(self):
        if os.path.exists(os.path.join(self.data, "postmaster.pid")):
            subprocess.run([*self.as_user, os.path.join(self.bin, "pg_ctl"), "--pgdata", self.data, "--mode", "immediate", "stop"],
                           capture_output=True, cwd=self.folder, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
