"""Python loads this before yt-dlp, and it does two things. It closes the ways round the proxy that a page can open:
extractors honour request headers and link fragments that switch the proxy off, and they were seen
to reach ftp servers. Programs other than the two media tools cannot be started either, and nothing
is written outside the run's own folders: old versions took the ending of a name from the page.

And it looks over yt-dlp's shoulder where that reads a playlist: whether it goes on for ever,
which sound is the source's default, and what subtitle tracks are called, stands there and in
nothing that yt-dlp prints.
"""

import functools
import os
import re
import sys
import urllib.parse


def _guard():
    proxy = ('127.0.0.1', int(os.environ['BARKEEP_PROXY_PORT']))
    programs = os.environ['BARKEEP_PROGRAMS'].split(os.pathsep)

    folders = [os.path.realpath(folder) + os.sep for folder in (os.getcwd(), os.environ['HOME'])]
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def is_own(path):
        real = os.path.realpath(os.fsdecode(path))
        return real == os.devnull or any(real.startswith(folder) for folder in folders)

    def audit(event, args):
        if event == 'socket.connect':
            _read_along()
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


def _tell_live():
    print('BARKEEP-LIVE', flush=True)


def _is_live_hls(text):
    """RFC 8216: without an end more pieces may come, unless the type says that none will."""
    return (
        '#EXTINF' in text
        and '#EXT-X-ENDLIST' not in text
        and not re.search(r'#EXT-X-PLAYLIST-TYPE:\s*VOD', text)
    )


def _subtitle_names(text, base):
    """The NAME of each subtitle track of an HLS master playlist, by its address."""
    lines = [line for line in text.splitlines() if re.search(r'^#EXT-X-MEDIA:(.*,)?\s*TYPE=SUBTITLES\b', line)]
    found = [[re.search(rf'[:,]\s*{name}="([^"]*)"', line) for name in ('URI', 'NAME')] for line in lines]
    return {urllib.parse.urljoin(base or '', uri.group(1)): name.group(1) for uri, name in found if uri and name}


def _keep_apart(subtitles, names):
    """yt-dlp takes the tracks of one language for forms of one text, and fetches only the last.

    RFC 8216: a NAME is one track's in its group; in another group the same name is the same text."""
    for language, tracks in list(subtitles.items()):
        first = names.get(tracks[0].get('url')) if tracks else None
        others = [track for track in tracks if names.get(track.get('url'), first) != first]
        for track in others:
            tracks.remove(track)
            name = re.sub(r'[^\w-]+', ' ', names[track['url']]).strip()[:40] or str(len(subtitles))
            subtitles.setdefault(f'{language}.{name}', []).append(track)


def _default_sounds(text, base):
    """Where the default sound of an HLS master playlist is; None for what is in the picture's own pieces."""
    lines = [line for line in text.splitlines() if line.startswith('#EXT-X-MEDIA:')]
    sounds = [line for line in lines if re.search(r'[:,]\s*TYPE=AUDIO\b', line)]
    defaults = [line for line in sounds if re.search(r'[:,]\s*DEFAULT=YES\b', line)]
    found = [re.search(r'[:,]\s*URI="([^"]*)"', line) for line in defaults]
    return {urllib.parse.urljoin(base or '', uri.group(1)) if uri else None for uri in found}


def _prefer(formats, is_default):
    """What a page or yt-dlp itself prefers stays; the default comes before what nobody prefers."""
    for one in formats:
        if one.get('language_preference') in (None, -1) and is_default(one):
            one['language_preference'] = 1


def _around(owner, name, wrap):
    """Newer versions may have other names: then this is not known, and everything else goes on."""
    original = getattr(owner, name, None)
    if original is None:
        return
    static = isinstance(vars(owner).get(name), staticmethod)
    wrapped = functools.wraps(original)(lambda *args, **kwargs: wrap(original, *args, **kwargs))
    setattr(owner, name, staticmethod(wrapped) if static else wrapped)


def _read_hls(original, self, document, url=None, *args, **kwargs):
    formats, subtitles = original(self, document, url, *args, **kwargs)
    _keep_apart(subtitles, _subtitle_names(document, url))
    defaults = _default_sounds(document, url)
    _prefer(formats, lambda one: one.get('url') in defaults)
    for one in formats:
        # yt-dlp takes such pictures for silent as soon as there is another sound beside them.
        if None in defaults and one.get('vcodec') != 'none' and one.get('acodec') == 'none':
            del one['acodec']
    return formats, subtitles


def _read_dash(original, self, document, *args, **kwargs):
    formats, subtitles = original(self, document, *args, **kwargs)
    mains = set()
    for adaptation in document.iter():
        if adaptation.tag.endswith('}AdaptationSet') or adaptation.tag == 'AdaptationSet':
            roles = [child.get('value') for child in adaptation if child.tag.endswith('Role')]
            if 'main' in roles:
                mains.update(child.get('id') for child in adaptation if child.tag.endswith('Representation'))
    # An id is a representation's own, or that behind the manifest's.
    ends = tuple(f'-{main}' for main in mains if main)
    _prefer(
        formats,
        lambda one: one.get('vcodec') == 'none'
        and (one.get('format_id') in mains or str(one.get('format_id')).endswith(ends)),
    )
    for one in formats:
        if document.get('type') == 'dynamic':
            one['barkeep_live'] = True
    return formats, subtitles


def _check_hls(original, manifest, info, *args, **kwargs):
    # Subtitles without an end are no reason: what counts is whether the film has one.
    if info.get('ext') != 'vtt' and _is_live_hls(manifest):
        _tell_live()
    return original(manifest, info, *args, **kwargs)


def _fetch(original, self, name, info, subtitle=False, *args, **kwargs):
    """A subtitle track that cannot be read must not take those after it and the video with it."""
    if info.get('barkeep_live'):
        _tell_live()
    if not subtitle:
        return original(self, name, info, subtitle, *args, **kwargs)
    try:
        result = original(self, name, info, subtitle, *args, **kwargs)
    except OSError:
        raise
    except Exception as error:
        raise ValueError(str(error)) from error
    # It says only "no" of a file that is empty, and goes on as if it were there.
    if result is False or (isinstance(result, tuple) and not result[0]):
        has_place = os.path.isdir(os.path.dirname(name) or '.')
        is_empty = has_place and not os.path.exists(name + '.part')
        raise ValueError('it is empty' if is_empty else 'it could not be fetched')
    return result


_wraps = [
    ('yt_dlp.extractor.common', 'InfoExtractor', '_parse_m3u8_formats_and_subtitles', _read_hls),
    ('yt_dlp.extractor.common', 'InfoExtractor', '_parse_mpd_formats_and_subtitles', _read_dash),
    ('yt_dlp.downloader.hls', 'HlsFD', 'can_download', _check_hls),
    ('yt_dlp.YoutubeDL', 'YoutubeDL', 'dl', _fetch),
]


def _read_along():
    """Once, when yt-dlp first connects: by then all of it is loaded."""
    while _wraps:
        module, owner, name, wrap = _wraps.pop()
        _around(getattr(sys.modules.get(module), owner, None), name, wrap)


if 'BARKEEP_PROXY_PORT' in os.environ:
    _guard()
