"""Python loads this before yt-dlp. It closes the ways round the proxy that a page can open:
extractors honour request headers and link fragments that switch the proxy off, and they were seen
to reach ftp servers. Programs other than the two media tools cannot be started either, and nothing
is written outside the run's own folders: old versions took the ending of a name from the page.
"""

import os
import sys


def _guard():
    proxy = ('127.0.0.1', int(os.environ['BARKEEP_PROXY_PORT']))
    programs = os.environ['BARKEEP_PROGRAMS'].split(os.pathsep)

    folders = [os.path.realpath(folder) + os.sep for folder in (os.getcwd(), os.environ['HOME'])]
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def is_own(path):
        real = os.path.realpath(os.fsdecode(path))
        return real == os.devnull or any(real.startswith(folder) for folder in folders)

    def audit(event, args):
        if event == 'socket.connect' and tuple(args[1][:2]) != proxy:
            raise PermissionError('only the proxy may be reached')
        if event == 'socket.getaddrinfo' and args[0] not in ('127.0.0.1', b'127.0.0.1'):
            raise PermissionError('only the proxy resolves names')
        if event in ('socket.bind', 'socket.sendto', 'socket.sendmsg'):
            raise PermissionError('only the proxy may be reached')
        if event == 'subprocess.Popen' and os.path.realpath(args[0]) not in programs:
            raise PermissionError('only the media tools may be started')
        if event == 'open' and not isinstance(args[0], int) and args[2] & writing and not is_own(args[0]):
            raise PermissionError('only the work folder may be written to')
        if event in ('os.rename', 'os.link', 'os.symlink') and not is_own(args[1]):
            raise PermissionError('only the work folder may be written to')
        if event in ('os.system', 'os.exec', 'os.posix_spawn', 'pty.spawn'):
            raise PermissionError('only the media tools may be started')

    sys.addaudithook(audit)


if 'BARKEEP_PROXY_PORT' in os.environ:
    _guard()
